package message

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

// fields reads the fields of an object. The first thing that is wrong is kept, with where it stands.
type fields struct {
	at  string // where the object stands: "body.imports[2]"
	v   value
	err *error
}

func (f fields) fail(name, format string, args ...any) {
	if *f.err == nil {
		*f.err = fmt.Errorf("%s: %s", f.name(name), fmt.Sprintf(format, args...))
	}
}

func (f fields) name(name string) string {
	if f.at == "" || name == "" {
		return f.at + name
	}
	return f.at + "." + name
}

// find gives a field; null counts as absent.
func (f fields) find(name string) (value, bool) {
	i := slices.Index(f.v.keys, name)
	if i < 0 || f.v.items[i].kind == isNull {
		return value{}, false
	}
	return f.v.items[i], true
}

var kindNames = map[byte]string{
	isNull: "null", isBool: "true or false", isNumber: "a number", isString: "a text", isArray: "an array", isObject: "an object",
}

// want gives a field of a kind. A missing one is a mistake when it is needed.
func (f fields) want(name string, kind byte, needed bool) (value, bool) {
	v, ok := f.find(name)
	switch {
	case !ok && needed:
		f.fail(name, "is missing")
	case ok && v.kind != kind:
		f.fail(name, "is %s, not %s", kindNames[v.kind], kindNames[kind])
		ok = false
	}
	return v, ok
}

// text is a text that must be there and not be empty; opt one that may be left out.
func (f fields) text(name string) string {
	v, ok := f.want(name, isString, true)
	if ok && v.text == "" {
		f.fail(name, "is empty")
	}
	return v.text
}

func (f fields) opt(name string) string {
	v, _ := f.want(name, isString, false)
	if v.kind != isString {
		return ""
	}
	return v.text
}

func (f fields) flag(name string) bool {
	v, ok := f.want(name, isBool, false)
	return ok && v.text == "true"
}

// num is a whole number from 0 on; 0 when it is left out.
func (f fields) num(name string, needed bool) int {
	n := f.big(name, needed)
	if n > 1<<53 {
		f.fail(name, "%d is too large", n)
		return 0
	}
	return int(n)
}

func (f fields) big(name string, needed bool) uint64 {
	v, ok := f.want(name, isNumber, needed)
	if !ok {
		return 0
	}
	n, err := strconv.ParseUint(v.text, 10, 64)
	if err != nil {
		f.fail(name, "%s is no whole number from 0 on", v.text)
	}
	return n
}

// signed is a whole number; 0 when it is left out.
func (f fields) signed(name string) int {
	v, ok := f.want(name, isNumber, false)
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(v.text, 10, 32)
	if err != nil {
		f.fail(name, "%s is no whole number", v.text)
	}
	return int(n)
}

func (f fields) millis(name string) time.Duration {
	n := f.big(name, false)
	if n > 1<<40 {
		f.fail(name, "%d is too long", n)
		return 0
	}
	return time.Duration(n) * time.Millisecond
}

func (f fields) time(name string, needed bool) time.Time {
	v, ok := f.want(name, isString, needed)
	if !ok {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, v.text)
	if err != nil || !strings.HasSuffix(v.text, "Z") {
		f.fail(name, "%q is no time in UTC of the form 2006-01-02T15:04:05Z", v.text)
		return time.Time{}
	}
	return t.UTC()
}

// path is an absolute path of an instance.
func (f fields) path(name string) string {
	s := f.text(name)
	if s != "" && (s[0] != '/' || s[len(s)-1] == '/' || strings.Contains(s, "//")) {
		f.fail(name, "%q is no path of an instance", s)
	}
	return s
}

func (f fields) id(name string) string {
	s := f.text(name)
	if s != "" && !isID(s) {
		f.fail(name, "%q is no UUID", s)
	}
	return s
}

func (f fields) state(name string) lifecycle.State {
	s := f.text(name)
	state, err := lifecycle.ParseState(s)
	if err != nil && s != "" {
		f.fail(name, "%q is no state", s)
	}
	return state
}

func (f fields) operation(name string) lifecycle.Operation {
	s := f.text(name)
	op, err := lifecycle.ParseOperation(s)
	if err != nil && s != "" {
		f.fail(name, "%q is no recipe", s)
	}
	return op
}

func (f fields) oneOf(name string, words ...string) string {
	s := f.text(name)
	if s != "" && !slices.Contains(words, s) {
		f.fail(name, "%q is none of %s", s, strings.Join(words, ", "))
	}
	return s
}

// object opens an object; each one for every object of an array.
func (f fields) object(name string, needed bool) (fields, bool) {
	v, ok := f.want(name, isObject, needed)
	return fields{at: f.name(name), v: v, err: f.err}, ok
}

func (f fields) each(name string, needed bool, read func(fields)) {
	v, ok := f.want(name, isArray, needed)
	if !ok {
		return
	}
	for i, item := range v.items {
		at := f.name(name) + "[" + strconv.Itoa(i) + "]"
		if item.kind != isObject {
			f.fail(name+"["+strconv.Itoa(i)+"]", "is %s, not an object", kindNames[item.kind])
			return
		}
		read(fields{at: at, v: item, err: f.err})
	}
}

func (f fields) texts(name string, needed bool) []string {
	v, ok := f.want(name, isArray, needed)
	if !ok {
		return nil
	}
	var list []string
	for i, item := range v.items {
		if item.kind != isString || item.text == "" {
			f.fail(name+"["+strconv.Itoa(i)+"]", "is no text, or an empty one")
			return nil
		}
		list = append(list, item.text)
	}
	return list
}

// vars reads variables, sorted by full name.
func (f fields) vars(name string) []model.Variable {
	o, ok := f.object(name, true)
	if !ok {
		return nil
	}
	list := make([]model.Variable, 0, len(o.v.keys))
	for i, key := range o.v.keys {
		switch item := o.v.items[i]; {
		case key == "":
			f.fail(name, "a variable has no name")
		case item.kind == isNull:
			list = append(list, model.Variable{Name: key})
		case item.kind == isString:
			list = append(list, model.Variable{Name: key, Value: model.Text(item.text)})
		default:
			o.fail(key, "is %s, not a text or null", kindNames[item.kind])
		}
	}
	slices.SortFunc(list, func(x, y model.Variable) int { return strings.Compare(x.Name, y.Name) })
	return list
}

func (f fields) imports(name string) []Import {
	var list []Import
	f.each(name, true, func(o fields) {
		list = append(list, Import{Prefix: o.text("prefix"), App: o.text("app"), Path: o.path("path"), Vars: o.vars("vars")})
	})
	return list
}

// files reads references to files; no name leaves the folder of the instance (MS-65).
func (f fields) files(name string) []File {
	var list []File
	f.each(name, false, func(o fields) {
		file := File{
			Name: o.text("name"), SHA256: o.text("sha256"), Size: int64(o.num("size", true)), Mode: o.oneOf("mode", "0644", "0755"),
		}
		if reason := BadName(file.Name); reason != "" {
			o.fail("name", "%q %s", file.Name, reason)
		}
		if !IsSHA256(file.SHA256) {
			o.fail("sha256", "%q is no SHA-256", file.SHA256)
		}
		if text, ok := o.want("data", isString, false); ok {
			file.Data = o.data(text.text, file.Size)
		}
		list = append(list, file)
	})
	return list
}

func (f fields) data(text string, size int64) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		f.fail("data", "is no base64")
	} else if int64(len(data)) != size {
		f.fail("data", "has %d bytes, not %d", len(data), size)
	}
	return data
}

// BadName says what is wrong with the name of a file before it is written (MS-65, PL-22); "" when nothing is.
func BadName(name string) string {
	switch {
	case len(name) > 512:
		return "is longer than 512 bytes"
	case strings.HasPrefix(name, "/"):
		return "is absolute"
	case strings.Contains(name, `\`):
		return "contains a backslash"
	case len(name) > 1 && name[1] == ':':
		return "names a drive"
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "contains a control character"
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return "has an empty part, a . or a .. in it"
		}
	}
	return ""
}

func (f fields) busy() *Busy {
	o, ok := f.object("busy", false)
	if !ok {
		return nil
	}
	return &Busy{Path: o.path("path"), Operation: o.operation("operation"), Since: o.time("since", true)}
}
