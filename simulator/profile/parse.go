package profile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/roboconf/workbench/runtime/lifecycle"
)

// Longest is the longest duration that a profile may give.
const Longest = 24 * time.Hour

// Error is a mistake in a profile.
type Error struct {
	File         string
	Line, Column int // from 1; the column counts characters
	Message      string
}

// Error is file:line:column, then what is wrong.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Parse reads a profile (docs/simulation.md has the format). file only names it in errors. The profile is never nil: lines
// with a mistake are left out, and the error joins an *Error for each of them.
func Parse(file, text string) (*Profile, error) {
	p := &Profile{recipes: map[recipeKey]Rule{}, machines: map[machineKey]Rule{}}
	var problems []error
	number := 0
	for line := range strings.Lines(text) {
		number++
		l := &liner{file: file, number: number, text: strings.TrimRight(line, "\r\n")}
		if err := l.read(p); err != nil {
			problems = append(problems, err)
		}
	}
	return p, errors.Join(problems...)
}

// word is one word of a line; quoted ones may hold blanks.
type word struct {
	text   string
	at     int // byte offset
	quoted bool
}

// liner reads one line.
type liner struct {
	file   string
	number int
	text   string
	words  []word
}

func (l *liner) read(p *Profile) error {
	if err := l.split(); err != nil || len(l.words) == 0 {
		return err
	}
	if len(l.words) < 3 {
		return l.wrong(len(l.text), "a line is: what, operation, duration, as in \"Tomcat start 20s..30s\"")
	}
	rule, err := l.rule(l.words[2:])
	if err != nil {
		return err
	}
	return l.store(p, rule)
}

// store decides what the first two words are about.
func (l *liner) store(p *Profile, r Rule) error {
	subject, name := l.words[0], l.words[1]
	if subject.text == "network" && !subject.quoted {
		if name.text != "latency" {
			return l.wrong(name.at, "the network has only a latency")
		}
		p.latency = &r
		return nil
	}
	if i := slices.Index(actNames[:], name.text); i >= 0 {
		p.machines[machineKey{subject.text, Act(i)}] = r
		return nil
	}
	if subject.text == "machine" && !subject.quoted {
		return l.wrong(name.at, "machines know "+strings.Join(actNames[:], ", "))
	}
	if name.text == "*" {
		p.recipes[recipeKey{subject.text, anyOp}] = r
		return nil
	}
	op, err := lifecycle.ParseOperation(name.text)
	if err != nil {
		return l.wrong(name.at, fmt.Sprintf("%q is no operation: write initialize, deploy, start, update, stop, undeploy or *", name.text))
	}
	p.recipes[recipeKey{subject.text, int(op)}] = r
	return nil
}

// rule reads a duration, then what is known of failures.
func (l *liner) rule(words []word) (Rule, error) {
	var r Rule
	var err error
	if r.Min, r.Max, err = l.span(words[0]); err != nil {
		return r, err
	}
	for words = words[1:]; len(words) > 0; {
		rest, err := l.clause(words, &r)
		if err != nil {
			return r, err
		}
		words = rest
	}
	return r, nil
}

// clause reads one of: fails RATE%, fails first N, exit CODE, "words of the failure".
func (l *liner) clause(words []word, r *Rule) ([]word, error) {
	w := words[0]
	switch {
	case w.quoted:
		r.Message = w.text
		return words[1:], nil
	case w.text == "fails" && len(words) > 2 && words[1].text == "first":
		n, err := l.count(words[2], 1_000_000)
		r.First = n
		return words[3:], err
	case w.text == "fails" && len(words) > 1:
		rate, err := l.percent(words[1])
		r.Rate = rate
		return words[2:], err
	case w.text == "exit" && len(words) > 1:
		n, err := l.count(words[1], 255)
		r.Exit = n
		return words[2:], err
	}
	return nil, l.wrong(w.at, "after the duration come: fails 10%, fails first 2, exit 3, or the words of the failure in quotes")
}

func (l *liner) span(w word) (low, high time.Duration, err error) {
	from, to, ranged := strings.Cut(w.text, "..")
	if low, err = l.duration(from, w.at); err != nil || !ranged {
		return low, low, err
	}
	if high, err = l.duration(to, w.at+len(from)+2); err != nil {
		return 0, 0, err
	}
	if high < low {
		return 0, 0, l.wrong(w.at, "the longer duration comes last")
	}
	return low, high, nil
}

func (l *liner) duration(text string, at int) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > Longest {
		return 0, l.wrong(at, fmt.Sprintf("%q is no duration: write 300ms, 2s, 1m30s or a range like 1s..4s, up to 24h", text))
	}
	return d.Round(time.Millisecond), nil
}

func (l *liner) percent(w word) (float64, error) {
	digits, ok := strings.CutSuffix(w.text, "%")
	rate, err := strconv.ParseFloat(digits, 64)
	if !ok || err != nil || !(rate >= 0 && rate <= 100) {
		return 0, l.wrong(w.at, fmt.Sprintf("%q is no rate: write 0%% to 100%%", w.text))
	}
	return rate / 100, nil
}

func (l *liner) count(w word, most int) (int, error) {
	n, err := strconv.Atoi(w.text)
	if err != nil || n < 1 || n > most {
		return 0, l.wrong(w.at, fmt.Sprintf("%q is no number from 1 to %d", w.text, most))
	}
	return n, nil
}

// split cuts the line into words; # begins a comment.
func (l *liner) split() error {
	for i := 0; i < len(l.text); {
		switch c := l.text[i]; {
		case c == ' ' || c == '\t':
			i++
		case c == '#':
			return nil
		case c == '"':
			end := strings.IndexByte(l.text[i+1:], '"')
			if end < 0 {
				return l.wrong(i, "this quote is not closed")
			}
			l.words = append(l.words, word{l.text[i+1 : i+1+end], i, true})
			i += end + 2
		default:
			end := strings.IndexAny(l.text[i:], " \t#\"")
			if end < 0 {
				end = len(l.text) - i
			}
			l.words = append(l.words, word{l.text[i : i+end], i, false})
			i += end
		}
	}
	return nil
}

func (l *liner) wrong(at int, message string) error {
	at = min(at, len(l.text))
	return &Error{File: l.file, Line: l.number, Column: utf8.RuneCountInString(l.text[:at]) + 1, Message: message}
}
