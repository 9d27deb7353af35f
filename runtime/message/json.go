package message

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// kinds of JSON values.
const (
	isNull   = 'n'
	isBool   = 'b'
	isNumber = '0'
	isString = 's'
	isArray  = 'a'
	isObject = 'o'
)

// value is a JSON value that was read: no type is ever chosen by the sender (MS-52).
type value struct {
	kind  byte
	text  string   // of a string, a number, "true" or "false"
	keys  []string // of an object
	items []value  // of an array or an object
}

// parser reads strict JSON: UTF-8, no NUL, no key twice, no deep nesting, nothing behind (MS-51).
type parser struct {
	src   []byte
	at    int
	depth int
}

func parse(src []byte) (value, error) {
	p := &parser{src: src}
	v, err := p.value()
	if err != nil {
		return v, fmt.Errorf("at byte %d: %w", p.at, err)
	}
	if p.blank(); p.at < len(p.src) {
		return v, fmt.Errorf("at byte %d: something stands behind the value", p.at)
	}
	return v, nil
}

func (p *parser) blank() {
	for p.at < len(p.src) {
		switch p.src[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// got takes a byte if it is the next one.
func (p *parser) got(c byte) bool {
	p.blank()
	if p.at < len(p.src) && p.src[p.at] == c {
		p.at++
		return true
	}
	return false
}

var errEnd = errors.New("the text ends in the middle of a value")

func (p *parser) value() (value, error) {
	p.blank()
	if p.at >= len(p.src) {
		return value{}, errEnd
	}
	switch c := p.src[p.at]; {
	case c == '{' || c == '[':
		return p.nested(c)
	case c == '"':
		s, err := p.str()
		return value{kind: isString, text: s}, err
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	for _, word := range []string{"null", "true", "false"} {
		if end := p.at + len(word); end <= len(p.src) && string(p.src[p.at:end]) == word {
			p.at = end
			if word == "null" {
				return value{kind: isNull}, nil
			}
			return value{kind: isBool, text: word}, nil
		}
	}
	return value{}, fmt.Errorf("no value begins with %q", p.src[p.at])
}

func (p *parser) nested(open byte) (value, error) {
	p.at++
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > MaxDepth {
		return value{}, fmt.Errorf("nested deeper than %d levels", MaxDepth)
	}
	if open == '{' {
		return p.object()
	}
	v := value{kind: isArray}
	if p.got(']') {
		return v, nil
	}
	for {
		item, err := p.value()
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
		if p.got(']') {
			return v, nil
		}
		if !p.got(',') {
			return v, errors.New("a comma or ] is missing in an array")
		}
	}
}

func (p *parser) object() (value, error) {
	v := value{kind: isObject}
	if p.got('}') {
		return v, nil
	}
	var seen map[string]bool
	for {
		if p.blank(); p.at >= len(p.src) || p.src[p.at] != '"' {
			return v, errors.New("a key is missing in an object")
		}
		key, err := p.str()
		if err != nil {
			return v, err
		}
		if seen, err = unique(v.keys, seen, key); err != nil {
			return v, err
		}
		if !p.got(':') {
			return v, errors.New("a colon is missing after a key")
		}
		item, err := p.value()
		if err != nil {
			return v, err
		}
		v.keys, v.items = append(v.keys, key), append(v.items, item)
		if p.got('}') {
			return v, nil
		}
		if !p.got(',') {
			return v, errors.New("a comma or } is missing in an object")
		}
	}
}

// unique refuses a key that was there already; large objects get a set.
func unique(keys []string, seen map[string]bool, key string) (map[string]bool, error) {
	const small = 16
	twice := false
	if len(keys) < small {
		for _, k := range keys {
			twice = twice || k == key
		}
	} else {
		if seen == nil {
			seen = make(map[string]bool, 2*small)
			for _, k := range keys {
				seen[k] = true
			}
		}
		twice = seen[key]
		seen[key] = true
	}
	if twice {
		return seen, fmt.Errorf("key %q stands there twice", key)
	}
	return seen, nil
}

func (p *parser) number() (value, error) {
	from := p.at
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
			p.at++
			continue
		}
		break
	}
	text := string(p.src[from:p.at])
	if _, err := strconv.ParseFloat(text, 64); err != nil || !wellFormed(text) {
		return value{}, fmt.Errorf("%q is no number", text)
	}
	return value{kind: isNumber, text: text}, nil
}

// wellFormed refuses what ParseFloat takes and JSON does not: leading zeros, a missing digit before or after the point.
func wellFormed(s string) bool {
	if s[0] == '-' {
		s = s[1:]
	}
	if s == "" || s[0] < '0' || s[0] > '9' || len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] == '.' && (i+1 == len(s) || s[i+1] < '0' || s[i+1] > '9') {
			return false
		}
	}
	return true
}

// str reads a string; most have no escape.
func (p *parser) str() (string, error) {
	p.at++
	from := p.at
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c == '"':
			s := string(p.src[from:p.at])
			p.at++
			return checked(s)
		case c == '\\':
			return p.escaped(from)
		case c < ' ':
			return "", errors.New("a control character stands in a string")
		}
		p.at++
	}
	return "", errEnd
}

func checked(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", errors.New("a string is not UTF-8")
	}
	for i := 0; i < len(s); i++ {
		if s[i] == 0 {
			return "", errors.New("a string contains NUL")
		}
	}
	return s, nil
}

// escaped goes on after the first backslash of a string that began at from.
func (p *parser) escaped(from int) (string, error) {
	b := append([]byte(nil), p.src[from:p.at]...)
	for p.at < len(p.src) {
		c := p.src[p.at]
		p.at++
		switch {
		case c == '"':
			return checked(string(b))
		case c < ' ':
			return "", errors.New("a control character stands in a string")
		case c != '\\':
			b = append(b, c)
		default:
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			b = utf8.AppendRune(b, r)
		}
	}
	return "", errEnd
}

func (p *parser) escape() (rune, error) {
	if p.at >= len(p.src) {
		return 0, errEnd
	}
	c := p.src[p.at]
	p.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return p.unicode()
	}
	return 0, fmt.Errorf("\\%c is no escape", c)
}

func (p *parser) unicode() (rune, error) {
	r, err := p.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if p.at+2 <= len(p.src) && p.src[p.at] == '\\' && p.src[p.at+1] == 'u' {
		p.at += 2
		low, err := p.hex()
		if err != nil {
			return 0, err
		}
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, nil
		}
	}
	return 0, errors.New("half a surrogate pair stands in a string")
}

func (p *parser) hex() (rune, error) {
	if p.at+4 > len(p.src) {
		return 0, errEnd
	}
	n, err := strconv.ParseUint(string(p.src[p.at:p.at+4]), 16, 32)
	if err != nil {
		return 0, errors.New("\\u needs four hexadecimal digits")
	}
	p.at += 4
	return rune(n), nil
}
