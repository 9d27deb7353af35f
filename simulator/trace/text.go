package trace

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/roboconf/workbench/runtime/lifecycle"
)

// Widths of the columns. They do not depend on the trace: a line can be printed before the next one is known.
const (
	timeWidth = 10
	pathWidth = 24
	moveWidth = 28
)

// Word is the short name of a state, as in "started" for DEPLOYED_STARTED.
func Word(state string) string {
	if s, err := lifecycle.ParseState(state); err == nil {
		return s.Word()
	}
	return state
}

// String is the entry as a line of the text form: virtual seconds, instance, move, reason. A problem has a "!".
func (e Entry) String() string {
	var b strings.Builder
	b.WriteString(Seconds(e.At))
	b.WriteByte(' ')
	pad(&b, e.Path, pathWidth)
	pad(&b, e.move(), moveWidth)
	if e.Problem {
		b.WriteString("! ")
	}
	b.WriteString(strings.ReplaceAll(e.Text, "\n", " "))
	return strings.TrimRight(b.String(), " ")
}

// Seconds is a moment as the text form shows it: "12.345s", aligned to the right.
func Seconds(at time.Duration) string {
	ms := at.Milliseconds()
	return fmt.Sprintf("%*s", timeWidth, fmt.Sprintf("%d.%03ds", ms/1000, ms%1000))
}

func (e Entry) move() string {
	switch {
	case e.Kind == State && e.From == "":
		return "new"
	case e.Kind == State && e.To == "":
		return "gone"
	case e.Kind == State:
		return Word(e.From) + " -> " + Word(e.To)
	case e.Kind == Recipe:
		return e.From + " " + e.To
	}
	return e.Kind
}

// pad writes a column; what is too long for it moves the rest of the line.
func pad(b *strings.Builder, s string, width int) {
	b.WriteString(s)
	b.WriteByte(' ')
	for n := utf8.RuneCountInString(s); n < width; n++ {
		b.WriteByte(' ')
	}
}

// WriteText writes the text form, a line per entry.
func (t *Trace) WriteText(w io.Writer) error {
	out := bufio.NewWriter(w)
	for e := range t.Since(0) {
		if _, err := fmt.Fprintln(out, e); err != nil {
			return fmt.Errorf("write trace: %w", err)
		}
	}
	return out.Flush()
}

// entryJSON is an entry of the form that is saved.
type entryJSON struct {
	Ms      int64  `json:"ms"`
	Kind    string `json:"kind"`
	Path    string `json:"path,omitempty"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Text    string `json:"text,omitempty"`
	Problem bool   `json:"problem,omitempty"`
}

// MarshalJSON gives the form of one line of WriteJSON.
func (e Entry) MarshalJSON() ([]byte, error) {
	return json.Marshal(entryJSON{e.At.Milliseconds(), e.Kind, e.Path, e.From, e.To, e.Text, e.Problem})
}

// UnmarshalJSON reads what MarshalJSON gives; the number of the entry is its place in the trace.
func (e *Entry) UnmarshalJSON(data []byte) error {
	var j entryJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*e = Entry{At: time.Duration(j.Ms) * time.Millisecond, Kind: j.Kind, Path: j.Path, From: j.From, To: j.To, Text: j.Text, Problem: j.Problem}
	return nil
}

// WriteJSON writes one JSON object per line and entry.
func (t *Trace) WriteJSON(w io.Writer) error {
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for e := range t.Since(0) {
		if err := lines.Encode(e); err != nil {
			return fmt.Errorf("write trace: %w", err)
		}
	}
	return out.Flush()
}

// Read reads what WriteJSON wrote.
func Read(r io.Reader) (*Trace, error) {
	t := &Trace{}
	lines := json.NewDecoder(r)
	for {
		var e Entry
		switch err := lines.Decode(&e); {
		case err == io.EOF:
			return t, nil
		case err != nil:
			return nil, fmt.Errorf("read entry %d of a trace: %w", t.n, err)
		case e.Kind == "" || e.At < 0:
			return nil, fmt.Errorf("read entry %d of a trace: it has no kind or a time before the beginning", t.n)
		}
		t.Add(e)
	}
}
