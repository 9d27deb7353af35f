package trace

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func sample() *Trace {
	t := &Trace{}
	t.Add(Entry{Kind: Operation, Text: "deploy all"})
	t.Add(Entry{At: 3200 * time.Millisecond, Kind: State, Path: "/apache vm/apache", From: "DEPLOYED_STOPPED", To: "UNRESOLVED", Text: "misses Tomcat.ip"})
	t.Add(Entry{At: 3201 * time.Millisecond, Kind: Recipe, Path: "/mysql vm/mysql", From: "start", To: Failed, Text: "exit 1\nafter 2s", Problem: true})
	t.Add(Entry{At: 90 * time.Second, Kind: State, Path: "/a very long path/that moves/the rest", From: "NOT_DEPLOYED", Text: "removed"})
	t.Add(Entry{At: 90 * time.Second, Kind: State, Path: "/vm2", To: "NOT_DEPLOYED", Text: "replica of /vm"})
	return t
}

const text = `    0.000s                          operation                    deploy all
    3.200s /apache vm/apache        stopped -> unresolved        misses Tomcat.ip
    3.201s /mysql vm/mysql          start failed                 ! exit 1 after 2s
   90.000s /a very long path/that moves/the rest gone                         removed
   90.000s /vm2                     new                          replica of /vm
`

func TestText(t *testing.T) {
	var out bytes.Buffer
	if err := sample().WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if out.String() != text {
		t.Errorf("got\n%s\nwant\n%s", out.String(), text)
	}
}

func TestSavedTraceIsTheSame(t *testing.T) {
	var out bytes.Buffer
	if err := sample().WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	back, err := Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	if back.Len() != sample().Len() || back.Hash() != sample().Hash() || back.At(1) != sample().At(1) {
		t.Errorf("read back: %d entries, %+v", back.Len(), back.At(1))
	}
}

func TestReadRefusesWhatIsNoTrace(t *testing.T) {
	for _, in := range []string{"{", `{"ms":1}`, `{"ms":-1,"kind":"note"}`, "[]", "3"} {
		if _, err := Read(strings.NewReader(in)); err == nil {
			t.Errorf("%s: read without a complaint", in)
		}
	}
}

// The hash may be asked at any time; it depends on what is in the trace only.
func TestHashGrows(t *testing.T) {
	whole, asked := &Trace{}, &Trace{}
	seen := map[string]bool{}
	for i := range 3 * chunk {
		e := Entry{At: time.Duration(i) * time.Millisecond, Kind: Note, Text: "x"}
		whole.Add(e)
		asked.Add(e)
		if i%100 == 0 {
			seen[asked.Hash()] = true
		}
	}
	if whole.Hash() != asked.Hash() {
		t.Error("asking for the hash changes it")
	}
	if len(seen) != 31 {
		t.Errorf("%d hashes of 31 traces", len(seen))
	}
}

func TestSince(t *testing.T) {
	tr := sample()
	var kinds []string
	for e := range tr.Since(3) {
		kinds = append(kinds, e.Kind)
		if e.Seq != 2+len(kinds) {
			t.Errorf("entry has number %d", e.Seq)
		}
	}
	if len(kinds) != 2 {
		t.Errorf("got %v", kinds)
	}
}

func FuzzRead(f *testing.F) {
	var out bytes.Buffer
	sample().WriteJSON(&out)
	f.Add(out.Bytes())
	f.Add([]byte(`{"ms":9223372036854775807,"kind":"x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tr, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		var out bytes.Buffer
		tr.WriteJSON(&out)
		again, err := Read(&out)
		if err != nil || again.Hash() != tr.Hash() {
			t.Fatalf("what was read is not written: %v", err)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	e := sample().At(1)
	var tr Trace
	for b.Loop() {
		tr.Add(e)
		tr.Hash()
	}
}
