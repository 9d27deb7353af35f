package recipe

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/roboconf/workbench/model/source"
)

// dollars finds $name, ${name}, and names that are put together around an expansion: Tomcat_${i}_ip.
func dollars(text string) iter.Seq[Use] {
	return func(yield func(Use) bool) {
		for at := 0; ; {
			n := strings.IndexByte(text[at:], '$')
			if n < 0 {
				return
			}
			dollar := at + n
			at = dollar + 1
			start := at
			if start < len(text) && text[start] == '{' {
				start++
				for start < len(text) && (text[start] == '!' || text[start] == '#') {
					start++
				}
			}
			end := wordEnd(text, start)
			if end == start || isDigit(text[start]) {
				continue
			}
			if !yield(Use{text[start:end], source.Span{Start: start, End: end}}) {
				return
			}
			if u, ok := around(text, dollar, start, end); ok && !yield(u) {
				return
			}
			at = end
		}
	}
}

// around is the name that an expansion is the middle of: what stands before its dollar and after it are parts of one word.
func around(text string, dollar, start, end int) (Use, bool) {
	first := dollar
	for first > 0 && isWord(text[first-1]) {
		first--
	}
	after := end
	if text[start-1] != '$' {
		if after >= len(text) || text[after] != '}' {
			return Use{}, false
		}
		after++
	} else if after < len(text) && isWord(text[after]) {
		return Use{}, false
	}
	last := wordEnd(text, after)
	if first == dollar || text[dollar-1] != '_' || last == after || text[after] != '_' || isDigit(text[first]) {
		return Use{}, false
	}
	return Use{text[first:dollar] + "*" + text[after:last], source.Span{Start: first, End: last}}, true
}

// accesses are the ways to the environment of other languages: what stands before the name, in quotes or without.
var accesses = map[Language][]string{
	Python: {"environ[", "environ.get(", "getenv(", "environ.pop(", "environ.setdefault("},
	Perl:   {"$ENV{", "getenv("},
	Ruby:   {"ENV[", "ENV.fetch(", "ENV.key?(", "ENV.dig("},
}

// scanEnvironment finds the names that are looked up in the environment.
func scanEnvironment(lang Language, text string) (uses []Use) {
	for _, access := range accesses[lang] {
		for at := 0; ; {
			n := strings.Index(text[at:], access)
			if n < 0 {
				break
			}
			at += n + len(access)
			start := at
			for start < len(text) && (text[start] == ' ' || text[start] == '"' || text[start] == '\'') {
				start++
			}
			quoted := start > at && text[start-1] != ' '
			if end := wordEnd(text, start); end > start && (quoted || lang == Perl) {
				uses = append(uses, Use{text[start:end], source.Span{Start: start, End: end}})
			}
		}
	}
	sortUses(uses)
	return uses
}

func sortUses(uses []Use) {
	slices.SortFunc(uses, func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), strings.Compare(a.Name, b.Name))
	})
}

func wordEnd(text string, at int) int {
	for at < len(text) && isWord(text[at]) {
		at++
	}
	return at
}

func isWord(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
