package target

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The types of properties that a Reader understands (Property.Type).
const (
	TypeText    = "text"
	TypeBool    = "boolean"
	TypeInt     = "integer"
	TypeSeconds = "seconds" // a number, 1.5 is fine; or a Go duration such as 2m
	TypeList    = "list"    // separated by commas
	TypePath    = "path"
)

// Masked is what is shown instead of a secret (TG-161).
const Masked = "••••"

// Reader reads the effective properties of a target by the handler's own description: a key that is not described cannot be read,
// so Describe covers every key (targets.md 16.2). What is wrong is collected, to be told all at once.
type Reader struct {
	about      Description
	properties map[string]string
	findings   []Finding
}

// Read looks at properties through a description. A required key without value is a finding at once.
func Read(about Description, properties map[string]string) *Reader {
	r := &Reader{about: about, properties: properties}
	for _, p := range about.Properties {
		if !p.Required || family(p.Key) != "" {
			continue
		}
		if _, given := r.value(p); !given {
			r.wrong(p.Key, "is required: "+p.Help)
		}
	}
	return r
}

// Findings are what was wrong so far, sorted by key.
func (r *Reader) Findings() []Finding {
	slices.SortStableFunc(r.findings, func(a, b Finding) int { return strings.Compare(a.Key, b.Key) })
	return r.findings
}

// Err is nil when nothing was wrong, else an Error of class Invalid about everything that was.
func (r *Reader) Err(op, scope string) error {
	var wrong []string
	for _, f := range r.Findings() {
		if f.Severe {
			wrong = append(wrong, "the property "+f.Key+" "+f.Text)
		}
	}
	if wrong == nil {
		return nil
	}
	return &Error{Op: op, Scope: scope, Class: Invalid, Err: errors.New(strings.Join(wrong, "; ")), Advice: "correct the target's properties"}
}

// Text is the value of a key, without blanks around it; its default when there is none.
func (r *Reader) Text(key string) string {
	value, _ := r.value(r.property(key))
	return value
}

// Bool is a value that is true or false.
func (r *Reader) Bool(key string) bool {
	text := r.Text(key)
	switch strings.ToLower(text) {
	case "true":
		return true
	case "false", "":
	default:
		r.wrong(key, fmt.Sprintf("is true or false, not %q", text))
	}
	return false
}

// Int is a whole number that is not below least.
func (r *Reader) Int(key string, least int) int {
	text := r.Text(key)
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n < least) {
		r.wrong(key, fmt.Sprintf("is a whole number from %d on, not %q", least, text))
	}
	return max(n, least)
}

// Seconds is a duration that is not negative.
func (r *Reader) Seconds(key string) time.Duration {
	text := r.Text(key)
	if text == "" {
		return 0
	}
	d, err := seconds(text)
	if err != nil {
		r.wrong(key, err.Error())
	}
	return d
}

// longest keeps sums of durations far from overflow: a year.
const longest = 366 * 24 * time.Hour

func seconds(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if n, asNumber := strconv.ParseFloat(text, 64); asNumber == nil {
		d, err = time.Duration(min(n, longest.Seconds())*float64(time.Second)), nil
		if n != n {
			err = errors.New("no number")
		}
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("is a number of seconds (or 2m, 500ms), not %q", text)
	}
	return min(d, longest), nil
}

// List is a value separated by commas; empty items are left out.
func (r *Reader) List(key string) []string {
	var items []string
	for _, item := range strings.Split(r.Text(key), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// OneOf is a value among some; the first one when it is wrong.
func (r *Reader) OneOf(key string, among ...string) string {
	text := r.Text(key)
	if i := slices.IndexFunc(among, func(s string) bool { return strings.EqualFold(s, text) }); i >= 0 {
		return among[i]
	}
	if text != "" {
		r.wrong(key, fmt.Sprintf("is one of %s, not %q", strings.Join(among, ", "), text))
	}
	return among[0]
}

// Family gives the values of a described family, such as env.<NAME>, by what stands for the part in angle brackets.
func (r *Reader) Family(key string) map[string]string {
	prefix, values := family(r.property(key).Key), map[string]string{}
	for k, v := range r.properties {
		if name, ours := strings.CutPrefix(k, prefix); ours && prefix != "" && name != "" {
			values[name] = v
		}
	}
	return values
}

// Unknown tells of keys that nobody described, as hints: a whole data map is merged into properties (TG-21), so they may be meant
// for somebody else. The keys of every target (TG-1) are known; so are the waits (TG-113).
func (r *Reader) Unknown() []Finding {
	var all []Finding
	for _, key := range slices.Sorted(maps.Keys(r.properties)) {
		switch {
		case slices.Contains([]string{"id", "handler", "name", "description", "machine.id", "ip.address", "target.acquired", "running.from", "last.problem"}, key):
		case strings.HasPrefix(key, "wait."), strings.HasPrefix(key, "application."):
		case !r.about.knows(key):
			all = append(all, Finding{Key: key, Text: "is not read by " + r.about.Handler})
		}
	}
	return all
}

// Wrong adds what a handler itself found about a key.
func (r *Reader) Wrong(key, text string) { r.wrong(key, text) }

func (r *Reader) wrong(key, text string) {
	f := Finding{Key: key, Text: text, Severe: true}
	if !slices.Contains(r.findings, f) {
		r.findings = append(r.findings, f)
	}
}

// property finds a described key; another one is a mistake of the handler that any test of it meets.
func (r *Reader) property(key string) Property {
	for _, p := range r.about.Properties {
		if p.Key == key {
			return p
		}
	}
	panic("the handler " + r.about.Handler + " reads the property " + key + " without describing it")
}

// value is the first of the key, then of its aliases, that is not blank; the default otherwise.
func (r *Reader) value(p Property) (value string, given bool) {
	for _, key := range append([]string{p.Key}, p.Aliases...) {
		if text := strings.TrimSpace(r.properties[key]); text != "" {
			return text, true
		}
	}
	return p.Default, false
}

// family is the prefix of a key such as env.<NAME>; "" for a plain key.
func family(key string) string {
	if prefix, _, is := strings.Cut(key, "<"); is {
		return prefix
	}
	return ""
}

func (d Description) find(key string) (Property, bool) {
	for _, p := range d.Properties {
		prefix := family(p.Key)
		if p.Key == key || slices.Contains(p.Aliases, key) || prefix != "" && strings.HasPrefix(key, prefix) && len(key) > len(prefix) {
			return p, true
		}
	}
	return Property{}, false
}

func (d Description) knows(key string) bool {
	_, known := d.find(key)
	return known
}

// secretWords make a key that nobody described a secret all the same.
var secretWords = []string{"password", "secret", "token", "credential", "private"}

// Public is a copy of properties that may be shown: secrets are masked, those that only refer to one (${secret:name}) are not
// (TG-160, TG-161). Keys that nobody described are masked when their name speaks of a secret.
func (d Description) Public(properties map[string]string) map[string]string {
	shown := make(map[string]string, len(properties))
	for key, value := range properties {
		p, known := d.find(key)
		secret := p.Secret
		if !known {
			secret = slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(strings.ToLower(key), w) })
		}
		reference := strings.HasPrefix(value, "${") && strings.HasSuffix(value, "}") && strings.Count(value, "${") == 1
		if secret && value != "" && !reference {
			value = Masked
		}
		shown[key] = value
	}
	return shown
}

// String names the machine without its user data, without the values of its properties: both may hold secrets.
func (s Spec) String() string {
	text := s.Key.String()
	if s.ID != "" {
		text += " (" + s.ID + ")"
	}
	return text
}

// GoString keeps secrets out of %#v too.
func (s Spec) GoString() string { return "target.Spec{" + s.String() + "}" }

// Format keeps secrets out of %+v, which would otherwise print the fields.
func (s Spec) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) } // a formatter has nowhere to tell an error

// Waits describes the family of limits that Converge reads (TG-113); every handler puts it into its description.
func Waits() Property {
	return Property{Key: "wait.<phase>", Type: TypeSeconds, Help: "how long a machine may be creating, stopped, deleting, missing, unknown, in finish"}
}
