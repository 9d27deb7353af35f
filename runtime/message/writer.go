package message

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/roboconf/workbench/model"
)

// writer makes JSON. The first thing that cannot be written is kept in err.
type writer struct {
	b     []byte
	depth int
	comma bool
	err   error
}

func (w *writer) open(c byte) {
	w.sep()
	w.b = append(w.b, c)
	w.comma = false
	if w.depth++; w.depth > MaxDepth && w.err == nil {
		w.err = fmt.Errorf("nested deeper than %d levels", MaxDepth)
	}
}

func (w *writer) close(c byte) {
	w.b = append(w.b, c)
	w.comma = true
	w.depth--
}

func (w *writer) sep() {
	if w.comma {
		w.b = append(w.b, ',')
	}
	w.comma = true
}

func (w *writer) key(name string) {
	w.str(name)
	w.b = append(w.b, ':')
	w.comma = false
}

func (w *writer) str(s string) {
	w.sep()
	w.b = append(w.b, '"')
	plain := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		w.b = append(w.b, s[plain:i]...)
		plain = i + 1
		w.escape(c)
	}
	w.b = append(w.b, s[plain:]...)
	w.b = append(w.b, '"')
	if !utf8.ValidString(s) {
		w.fail(fmt.Errorf("%q is not UTF-8", s))
	}
}

func (w *writer) escape(c byte) {
	switch c {
	case '"', '\\':
		w.b = append(w.b, '\\', c)
	case '\n':
		w.b = append(w.b, `\n`...)
	case '\r':
		w.b = append(w.b, `\r`...)
	case '\t':
		w.b = append(w.b, `\t`...)
	case 0:
		w.fail(fmt.Errorf("a text contains NUL"))
	default:
		w.b = append(w.b, `\u00`...)
		w.b = append(w.b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
	}
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// field writes a text, opt one that is left out when empty.
func (w *writer) field(name, s string) {
	w.key(name)
	w.str(s)
}

func (w *writer) opt(name, s string) {
	if s != "" {
		w.field(name, s)
	}
}

func (w *writer) num(name string, n int64) {
	w.key(name)
	w.sep()
	w.b = strconv.AppendInt(w.b, n, 10)
}

func (w *writer) count(name string, n uint64) {
	w.key(name)
	w.sep()
	w.b = strconv.AppendUint(w.b, n, 10)
}

func (w *writer) flag(name string, on bool) {
	w.key(name)
	w.sep()
	w.b = strconv.AppendBool(w.b, on)
}

func (w *writer) null() {
	w.sep()
	w.b = append(w.b, "null"...)
}

func (w *writer) time(name string, t time.Time) {
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		w.fail(fmt.Errorf("%s: no time is written in the year %d", name, y))
	}
	w.key(name)
	w.sep()
	w.b = append(w.b, '"')
	w.b = t.AppendFormat(w.b, time.RFC3339Nano)
	w.b = append(w.b, '"')
}

func (w *writer) texts(name string, list []string) {
	w.key(name)
	w.open('[')
	for _, s := range list {
		w.str(s)
	}
	w.close(']')
}

// vars writes variables as an object: a value or null for each full name.
func (w *writer) vars(name string, list []model.Variable) {
	w.key(name)
	w.open('{')
	for i, v := range list {
		if slices.ContainsFunc(list[:i], func(o model.Variable) bool { return o.Name == v.Name }) {
			w.fail(fmt.Errorf("variable %s stands there twice", v.Name))
		}
		w.key(v.Name)
		w.value(v.Value)
	}
	w.close('}')
}

func (w *writer) value(v model.Value) {
	if v.Set {
		w.str(v.Text)
	} else {
		w.null()
	}
}

func (w *writer) imports(name string, list []Import) {
	w.key(name)
	w.open('[')
	for _, i := range list {
		w.open('{')
		w.field("prefix", i.Prefix)
		w.field("app", i.App)
		w.field("path", i.Path)
		w.vars("vars", i.Vars)
		w.close('}')
	}
	w.close(']')
}

func (w *writer) files(name string, list []File) {
	w.key(name)
	w.open('[')
	for _, f := range list {
		w.open('{')
		w.field("name", f.Name)
		w.field("sha256", f.SHA256)
		w.num("size", f.Size)
		w.field("mode", f.Mode)
		if f.Data != nil {
			w.field("data", base64.StdEncoding.EncodeToString(f.Data))
		}
		w.close('}')
	}
	w.close(']')
}

func (w *writer) busy(b *Busy) {
	w.key("busy")
	if b == nil {
		w.null()
		return
	}
	w.open('{')
	w.field("path", b.Path)
	w.field("operation", b.Operation.String())
	w.time("since", b.Since)
	w.close('}')
}
