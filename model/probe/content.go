package probe

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/syntax"
)

// content says whether the handler of a section accepts its content (commands-rules-probes.md 4.3).
func (f *File) content(s *Section) bool {
	switch s.Handler.Text {
	case "file":
		return f.file(s)
	case "rest":
		return f.rest(s)
	case "nagios":
		return f.nagios(s)
	case "docker":
		if len(s.Content) > 1 {
			return f.refuse(s.Content[1])
		}
		return true
	}
	return f.common(s)
}

// refuse reports content that a handler does not accept.
func (f *File) refuse(at Word) bool {
	f.report(diag.XProbeInvalidContent, at, diag.Detail{Kind: diag.KindValue, Text: at.Text})
	return false
}

// none reports content that is missing, on the header.
func (f *File) none(s *Section) bool {
	return f.refuse(Word{Span: s.Header})
}

// after cuts words at the start of a text, in any letter case.
func after(text, words string) (rest string, ok bool) {
	rest = text
	for word := range strings.FieldsSeq(words) {
		rest = strings.TrimLeft(rest, " \t")
		if !hasPrefix(rest, word) || len(rest) > len(word) && !isBlank(rest[len(word)]) {
			return text, false
		}
		rest = rest[len(word):]
	}
	return strings.TrimSpace(rest), true
}

// file: one line, a path, perhaps after a word on what to do (PRB-20).
func (f *File) file(s *Section) bool {
	if len(s.Content) == 0 {
		return f.none(s)
	}
	if len(s.Content) > 1 {
		return f.refuse(s.Content[1])
	}
	only := s.Content[0]
	if name, ok := after(only.Text, "delete if exists"); ok {
		if name == "" {
			return f.refuse(only)
		}
		if outside(name) {
			at := only
			if at.Span.Len() == len(at.Text) { // otherwise a parameter stands in the line
				at.Span.Start = at.Span.End - len(name)
			}
			f.report(diag.XProbeDeleteOutside, at, diag.Detail{Kind: diag.KindFile, Text: name})
		}
		return true
	}
	if name, ok := after(only.Text, "notify if not exists"); ok && name == "" {
		return f.refuse(only)
	}
	return true
}

// outside says whether a path leads out of the directory of the instance and of the temporary directory.
func outside(name string) bool {
	if rest, ok := strings.CutPrefix(name, "%TMP%"); ok {
		name = "/tmp" + rest
	}
	clean := path.Clean(name)
	if path.IsAbs(clean) {
		return !strings.HasPrefix(clean, "/tmp/") && !strings.HasPrefix(clean, "/var/tmp/")
	}
	return clean == "." || clean == ".." || strings.HasPrefix(clean, "../")
}

var operators = []string{"==", "=", ">=", ">", "<=", "<"}

// rest: check URL that NAME OPERATOR VALUE, in one line, and nothing else (PRB-21).
func (f *File) rest(s *Section) bool {
	if len(s.Content) == 0 {
		return f.none(s)
	}
	if len(s.Content) > 1 {
		return f.refuse(s.Content[1])
	}
	words := strings.Fields(s.Content[0].Text)
	if len(words) < 6 || !strings.EqualFold(words[0], "check") || !strings.EqualFold(words[2], "that") ||
		!slices.Contains(operators, words[4]) || !isName(words[3], true) || !isWeb(words[1]) {
		return f.refuse(s.Content[0])
	}
	if !isName(words[3], false) || slices.Contains([]string{"status", "body", "latency_ms"}, words[3]) {
		f.report(diag.XProbeExtension, s.Content[0])
	}
	return true
}

// isName says whether a text is made of letters, digits, underscores; perhaps of several such words with dots between them.
func isName(s string, dotted bool) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
			return false
		}
	}
	return dotted || !strings.Contains(s, ".")
}

// isWeb says whether a text is an absolute address of the web. An unknown parameter in it may stand for anything.
func isWeb(s string) bool {
	if strings.Contains(s, "{{") {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// nagios: perhaps where the server is, then a query, perhaps what to compare (PRB-22).
func (f *File) nagios(s *Section) bool {
	query := s.Content
	if len(query) > 0 {
		if address, ok := after(query[0].Text, "nagios configuration at"); ok {
			if !isAddress(address) {
				return f.refuse(query[0])
			}
			query = query[1:]
		}
	}
	if n := len(query); n > 0 {
		if condition, ok := after(query[n-1].Text, "notify if"); ok {
			words := strings.Fields(condition)
			if len(words) < 3 || !slices.Contains(operators, words[1]) {
				return f.refuse(query[n-1])
			}
			f.report(diag.XProbeExtension, query[n-1])
			query = query[:n-1]
		}
	}
	if len(query) == 0 {
		return f.none(s)
	}
	return true
}

// isAddress reads a host, perhaps with a port.
func isAddress(s string) bool {
	host, port, has := strings.Cut(s, ":")
	if host == "" || strings.ContainsAny(s, " \t") {
		return false
	}
	n, err := strconv.Atoi(port)
	return !has || err == nil && n >= 1 && n <= 65535 || strings.Contains(s, "{{")
}

// common is the form of our own handlers: Check SOURCE THAT EXPRESSION.
func (f *File) common(s *Section) bool {
	if len(s.Content) == 0 {
		return f.none(s)
	}
	if len(s.Content) > 1 {
		return f.refuse(s.Content[1])
	}
	words := strings.Fields(s.Content[0].Text)
	that := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, "that") })
	if !strings.EqualFold(words[0], "check") || that < 2 || that == len(words)-1 {
		return f.refuse(s.Content[0])
	}
	return true
}

// words paints those words of the content that belong to the language.
func (f *File) words(s *Section) {
	for _, c := range s.Content {
		if c.Span.Len() != len(c.Text) {
			continue // parameters were replaced
		}
		l := line{text: c.Text, span: c.Span}
		for i, w := range l.fields() {
			if isWord(s.Handler.Text, c.Text, i, strings.ToLower(w.Text)) {
				f.canvas.Paint(w.Span, syntax.ClassKeyword)
			}
		}
	}
}

// isWord says whether a word of a line of content, counted from 0, belongs to the language of the handler.
func isWord(handler, content string, i int, word string) bool {
	starts := func(words string) bool {
		_, ok := after(content, words)
		return ok && i < len(strings.Fields(words))
	}
	switch handler {
	case "file":
		return starts("delete if exists") || starts("notify if not exists")
	case "nagios":
		return starts("nagios configuration at") || starts("notify if")
	case "docker":
		return false
	}
	return i == 0 && word == "check" || i > 1 && word == "that"
}
