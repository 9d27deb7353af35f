package scenario

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Longest is the longest time that a step may take.
const Longest = 1000 * time.Hour

// Error is a mistake in a story.
type Error struct {
	File         string
	Line, Column int // from 1; the column counts characters
	Message      string
}

// Error is file:line:column, then what is wrong.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Parse reads a story (docs/simulation.md has the format). file only names it in errors. The story is never nil: lines
// with a mistake are left out, and the error joins an *Error for each of them.
func Parse(file, text string) (*Story, error) {
	s := &Story{}
	var problems []error
	lines := slices.Collect(strings.Lines(text))
	for i := 0; i < len(lines); i++ {
		l := newLine(file, i+1, lines[i])
		switch {
		case l.empty():
		case l.rest() == "----":
			n := block(lines[i+1:])
			if len(s.Acts) == 0 || s.Acts[len(s.Acts)-1].HasGolden {
				problems = append(problems, l.wrong("---- belongs below a step"))
			} else {
				last := &s.Acts[len(s.Acts)-1]
				last.HasGolden, last.Golden = true, golden(lines[i+1:i+1+n])
			}
			i += n
		default:
			step, err := l.step()
			if err != nil {
				problems = append(problems, err)
				continue
			}
			s.Acts = append(s.Acts, Act{Line: i + 1, Step: step})
		}
	}
	return s, errors.Join(problems...)
}

// block counts the lines before the next empty one.
func block(lines []string) int {
	n := 0
	for n < len(lines) && strings.TrimSpace(lines[n]) != "" {
		n++
	}
	return n
}

// golden joins the lines of a block, each with one line end.
func golden(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight(l, "\r\n") + "\n")
	}
	return b.String()
}

// line reads one line from the left (words) and from the right (last words), since paths may hold blanks.
type line struct {
	file     string
	number   int
	text     string // without comment
	from, to int    // what is not read yet
}

func newLine(file string, number int, text string) *line {
	text = strings.TrimRight(text, "\r\n")
	text, _, _ = strings.Cut(text, "#")
	l := &line{file: file, number: number, text: text, to: len(text)}
	l.trim()
	return l
}

func (l *line) trim() {
	for l.from < l.to && blank(l.text[l.from]) {
		l.from++
	}
	for l.to > l.from && blank(l.text[l.to-1]) {
		l.to--
	}
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

func (l *line) empty() bool  { return l.from == l.to }
func (l *line) rest() string { return l.text[l.from:l.to] }

// first takes the first word.
func (l *line) first() string {
	n := strings.IndexAny(l.rest(), " \t")
	if n < 0 {
		n = len(l.rest())
	}
	w := l.text[l.from : l.from+n]
	l.from += n
	l.trim()
	return w
}

// last takes the last word.
func (l *line) last() string {
	n := strings.LastIndexAny(l.rest(), " \t") + 1
	w := l.rest()[n:]
	l.to = l.from + n
	l.trim()
	return w
}

// got takes the first word when it is that one.
func (l *line) got(w string) bool {
	save := *l
	if l.first() == w {
		return true
	}
	*l = save
	return false
}

// wrong is a mistake at what is not read yet.
func (l *line) wrong(format string, args ...any) error {
	return &Error{l.file, l.number, utf8.RuneCountInString(l.text[:l.from]) + 1, fmt.Sprintf(format, args...)}
}

func (l *line) step() (Step, error) {
	start := *l
	verb := l.first()
	known := readers()
	if read, ok := known[verb]; ok {
		return read(l)
	}
	return nil, start.wrong("%q is no step: write %s", verb, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
}

// path takes what is left, which must be an instance path.
func (l *line) path() (string, error) {
	p := l.rest()
	if !strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/") || strings.Contains(p, "//") || strings.TrimSpace(p) != p {
		return "", l.wrong("an instance path is needed here, like /vm/tomcat")
	}
	l.from = l.to
	return p, nil
}

// nothing complains about what is left.
func end(l *line, s Step) (Step, error) {
	if !l.empty() {
		return nil, l.wrong("nothing more is expected here")
	}
	return s, nil
}

func (l *line) duration() (time.Duration, error) {
	start := *l
	text := l.first()
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > Longest {
		return 0, start.wrong("%q is no duration: write 300ms, 40s, 5m", text)
	}
	return max(d.Round(time.Millisecond), time.Millisecond), nil
}

// lastNumber takes a number from the end.
func (l *line) lastNumber(least, most int) (int, error) {
	n, err := strconv.Atoi(l.last())
	if err != nil || n < least || n > most {
		return 0, l.wrong("the line must end with a number from %d to %d", least, most)
	}
	return n, nil
}

// as cuts "PATH as NAME".
func (l *line) as() (path, name string, err error) {
	i := strings.LastIndex(l.rest(), " as ")
	if i < 0 || strings.TrimSpace(l.rest()[i+4:]) == "" {
		return "", "", l.wrong("write PATH as NAME")
	}
	name = strings.TrimSpace(l.rest()[i+4:])
	l.to = l.from + i
	l.trim()
	path, err = l.path()
	return path, name, err
}
