package local

import (
	"bytes"
	"os"
	"strconv"
	"testing"
)

func FuzzStat(f *testing.F) {
	own, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(own)
	f.Add([]byte("7 (a ) b) (c) S 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0"))
	f.Add([]byte("7 (x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := fromStat(7, text)
		if err == nil && (p.start == "" || p.pid != 7 || p.session < 0) {
			t.Errorf("read as %+v", p)
		}
	})
}

func TestBefore(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"9", "10", true}, {"10", "9", false}, {"10", "10", false}, {"10", "11", true}, {"10", "", false}} {
		if got := before(c.a, c.b); got != c.want {
			t.Errorf("%q before %q: %v", c.a, c.b, got)
		}
	}
}

func TestStat(t *testing.T) {
	p, err := fromStat(7, []byte("7 (a ) b) (c) S 1 8 9 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0\n"))
	if err != nil || p.state != 'S' || p.parent != 1 || p.group != 8 || p.session != 9 || p.start != "4711" {
		t.Errorf("read as %+v, %v", p, err)
	}
	if me, there := inspect(os.Getpid()); !there || me.dead() || me.parent != os.Getppid() {
		t.Errorf("this process is read as %+v", me)
	}
}

// A record is read, or refused: what it names fits its labels.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"format":1,"id":"x","agent":["a"],"labels":{"rbc.domain":"d","rbc.app":"lamp","rbc.scope":"/vm","rbc.gen":"1","rbc.token":"?"}}`))
	f.Add([]byte(`{"format":1}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := folder(t.TempDir())
		if err := os.WriteFile(dir.path("machine.json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		rec, err := dir.record()
		if err == nil && (rec.Key.Token() != rec.Labels["rbc.token"] || rec.ID == "" || len(rec.Agent) == 0) {
			t.Errorf("read as %+v", rec)
		}
		if err := os.WriteFile(dir.path("run.json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = dir.run() // any answer, no panic
	})
}

func FuzzLastWords(f *testing.F) {
	f.Add([]byte("one\ntwo\x1b[0m\n\n"))
	f.Add(bytes.Repeat([]byte{0xff}, 5000))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := t.TempDir() + "/log"
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		words := lastWords(path)
		if len([]rune(words)) > 200 || strconv.Quote(words) != `"`+words+`"` && bytes.ContainsAny([]byte(words), "\x00\x1b\n\r\x7f") {
			t.Errorf("last words: %q", words)
		}
	})
}
