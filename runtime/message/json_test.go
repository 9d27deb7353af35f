package message

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// MS-51: JSON as strict as it gets; the good and the bad of every form.
func TestStrictJSON(t *testing.T) {
	many := make([]string, 40)
	for i := range many {
		many[i] = fmt.Sprintf(`"k%d":%d`, i, i)
	}
	good := map[string]string{
		`"a\"\\\/\b\f\n\r\té😀"`: "a\"\\/\b\f\n\r\té😀",
		`"\u00e9\ud83d\ude00"`:  "é😀",
		` "x" `:                 "x", `0`: "0", `-0`: "-0", `12.5e-3`: "12.5e-3", `1E9`: "1E9", `true`: "true", `false`: "false",
		`null`: "", `[]`: "", `{}`: "", `[ 1 , [ ] ]`: "", "{" + strings.Join(many, ",") + "}": "",
	}
	for text, want := range good {
		if v, err := parse([]byte(text)); err != nil || v.text != want {
			t.Errorf("%s is read as %q, %v", text, v.text, err)
		}
	}
	bad := []string{
		``, ` `, `"`, `"\`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\ud800x"`, `"\ud800\u0041"`, `"\ud800\u00`, "\"\t\"", "\"\\n\x01\"",
		`01`, `-`, `1.`, `.5`, `1.e5`, `1e`, `--1`, `1-2`, `+1`, `tru`, `nul`, `[`, `[1`, `[1,]`, `[1 2]`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,}`,
		`{"a" 1}`, `{a:1}`, `{"a":1 "b":2}`, `{"a":1,"a":2}`, "{" + strings.Join(many, ",") + `,"k0":1}`, "{" + strings.Join(many, ",") + `,"k39":1}`,
		`1e999`, "\"\xc3\x28\"",
	}
	for _, text := range bad {
		if v, err := parse([]byte(text)); err == nil {
			t.Errorf("%q is read as %+v", text, v)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a":[1,-2.5e3,"\ud83d\ude00",null,true,{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := parse(data)
		if err == nil && !json.Valid(data) {
			t.Errorf("%q is read, and is no JSON", data)
		}
		if err == nil && v.kind == isObject && len(v.keys) != len(v.items) {
			t.Error("keys and values of an object do not match")
		}
	})
}
