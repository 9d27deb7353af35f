package process

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/roboconf/workbench/runtime/plugin"
)

// PL-72: both streams, whole lines, the last without its end, CR before LF taken away.
func TestLines(t *testing.T) {
	r, lines := run(t, t.Context(), "#!/bin/bash\nprintf 'a\\r\\n\\nb\\nlast'\nprintf 'e1\\ne2' >&2\n", nil)
	if r.Failed() || fmt.Sprint(lines) != fmt.Sprint(map[string][]string{"err": {"e1", "e2"}, "out": {"a", "", "b", "last"}}) {
		t.Errorf("%+v %q", r, lines)
	}
}

// PL-72: bytes that are no UTF-8 are replaced, long lines cut where a character ends.
func TestBinaryAndLongLines(t *testing.T) {
	var got []plugin.Line
	_, _ = run(t, t.Context(), "#!/bin/bash\nprintf 'x\\xff\\xfey\\x00z\\n'\nhead -c 40000 /dev/zero | tr '\\0' a\nprintf '\\nb'\nprintf '\\303\\251%.0s' {1..10000}\n", func(c *Command) {
		c.Output = func(l plugin.Line) { got = append(got, l) }
	})
	if len(got) != 3 {
		t.Fatalf("%d lines", len(got))
	}
	if got[0].Text != "x\uFFFDy\x00z" || got[0].Cut {
		t.Errorf("%q", got[0].Text)
	}
	if got[1].Text != strings.Repeat("a", maxLine) || !got[1].Cut {
		t.Errorf("%d bytes, cut %v", len(got[1].Text), got[1].Cut)
	}
	if n := len(got[2].Text); n != maxLine-1 || !utf8.ValidString(got[2].Text) || !got[2].Cut {
		t.Errorf("%d bytes, cut %v: %q", n, got[2].Cut, got[2].Text[n-4:])
	}
}

// PL-72: values of secrets never show, whatever their place: across reads, at the limit of a line, longer than another, of several lines.
func TestSecretsAreMasked(t *testing.T) {
	secrets := []string{"hunter2", "hunter2-and-more", "first line\nsecond line", ""}
	var all strings.Builder
	text := "#!/bin/bash\nprintf 'a hunter2 b hunter2-and-more c\\nfirst line\\nsecond line\\nhun'\nsleep 0.05\nprintf 'ter2\\n'\n" +
		"head -c " + strconv.Itoa(maxLine-3) + " /dev/zero | tr '\\0' x\nprintf 'hunter2-and-more tail\\n'\n"
	run(t, t.Context(), text, func(c *Command) {
		c.Secrets, c.Output = secrets, func(l plugin.Line) { all.WriteString(l.Text + "\n") }
	})
	got := strings.Split(all.String(), "\n")
	want := []string{"a " + mask + " b " + mask + " c", mask, mask, mask, strings.Repeat("x", maxLine-3) + mask[:3], ""}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %.200q", got)
	}
}

// PL-72: 200 MB end in a second, in bounded memory, with their head and tail; plugintest has the gigabyte.
func TestMuchOutput(t *testing.T) {
	for name, c := range map[string]struct {
		text        string
		first, last string
	}{
		"lines": {"#!/bin/bash\necho begin\nyes 'a line of a log as recipes print them' | head -c 200000000\necho\necho end\n", "begin", "end"},
		"bytes": {"#!/bin/bash\necho begin\nhead -c 200000000 /dev/zero\necho\necho end\n", "begin", "end"},
	} {
		t.Run(name, func(t *testing.T) {
			before := resident(t)
			var forwarded, logged, left int64
			var first, last string
			peak := int64(0)
			r, _ := run(t, t.Context(), c.text, func(c *Command) {
				c.Output = func(l plugin.Line) {
					if first == "" {
						first = l.Text
					}
					last = l.Text
					left += l.Left
					if l.Left == 0 {
						forwarded += int64(len(l.Text)) + 1
					}
				}
				c.Log = func(l plugin.Line) { logged += int64(len(l.Text)) + 1 }
			})
			peak = resident(t) - before
			if r.Failed() || first != c.first || last != c.last {
				t.Errorf("%+v, from %q to %q", r, first, last)
			}
			if forwarded > maxForward || logged > maxLog+100 {
				t.Errorf("forwarded %d, logged %d", forwarded, logged)
			}
			// Of the line in which the gap ends a rest may be missing.
			if lost := 200_000_000 + int64(len("begin\n\nend\n")) - left - forwarded; name == "lines" && (forwarded < maxForward/2 || lost < 0 || lost > maxLine) {
				t.Errorf("forwarded %d, left out %d, not told of %d", forwarded, left, lost)
			}
			t.Logf("memory grew by %d KiB; forwarded %d, logged %d, left out %d", peak>>10, forwarded, logged, left)
			if peak > 128<<20 { // the race detector multiplies what it is without
				t.Errorf("memory grew by %d MiB", peak>>20)
			}
		})
	}
}

// resident is the memory of this process.
func resident(t testing.TB) int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// PL-72: whoever takes the lines may be slow: the program does not wait for it.
func TestSlowReaderDoesNotBlockTheProgram(t *testing.T) {
	done := t.TempDir() + "/done"
	first := true
	r, _ := run(t, t.Context(), "#!/bin/bash\nyes | head -c 20000000\ntouch "+done+"\n", func(c *Command) {
		c.Output = func(plugin.Line) {
			if first { // holds the first line until the program is through
				first = false
				eventually(t, "the program goes on", func() bool { _, err := os.Stat(done); return err == nil })
			}
		}
	})
	if r.Failed() {
		t.Error(r)
	}
}

// The store never costs more than its bounds, whatever the sizes of writes; what it keeps is the beginning and the end.
func TestStoreIsBounded(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("replay with seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	for _, largest := range []int{1, 100, 5000, maxChunk} {
		s := store{half: maxLog / 2}
		var total int64
		chunk := make([]byte, maxChunk)
		for range 200_000 / (1 + largest/64) {
			n := 1 + chance.IntN(largest)
			s.add(chance.IntN(2), chunk[:n])
			total += int64(n)
		}
		cost, kept := 0, int64(0)
		for _, list := range [][]segment{s.head, s.tail} {
			for _, one := range list {
				cost += one.cost()
				kept += int64(len(one.data))
			}
		}
		if cost > 2*maxLog || kept+s.lost != total {
			t.Errorf("writes of %d: costs %d; kept %d, lost %d of %d", largest, cost, kept, s.lost, total)
		}
	}
}

// FuzzLines holds the cutting of lines to what it promises, for any bytes in any pieces.
func FuzzLines(f *testing.F) {
	f.Add([]byte("one\ntwo\r\nthree"), []byte("err\n"), "secret", uint8(3))
	f.Add([]byte("\xff\xfe\n\n\x00"), []byte("a secret b\nse"), "secret", uint8(1))
	f.Add([]byte(strings.Repeat("x", maxLine+9)+"\n"), []byte{}, "", uint8(200))
	f.Fuzz(func(t *testing.T, out, errs []byte, secret string, piece uint8) {
		var got [2][]string
		c := Command{Output: func(l plugin.Line) {
			if len(l.Text) > maxLine || !utf8.ValidString(l.Text) || strings.Contains(l.Text, "\n") {
				t.Errorf("bad line: %q", l.Text)
			}
			if l.Left == 0 {
				i := 0
				if l.Stream == "err" {
					i = 1
				}
				got[i] = append(got[i], l.Text)
			}
		}}
		if len(secret) > 8 && !strings.ContainsAny(secret, "\r\n*") && utf8.ValidString(secret) {
			c.Secrets = []string{secret}
		}
		l := newLines(&c)
		for i, data := range [][]byte{out, errs} {
			for rest := data; len(rest) > 0; {
				n := min(len(rest), 1+int(piece))
				l.add(i, rest[:n])
				rest = rest[n:]
			}
		}
		l.close()
		for i, data := range [][]byte{out, errs} {
			want := strings.Count(string(data), "\n")
			if len(data) > 0 && data[len(data)-1] != '\n' {
				want++
			}
			if len(got[i]) != want {
				t.Errorf("%d lines, want %d", len(got[i]), want)
			}
			if c.Secrets != nil && strings.Contains(strings.Join(got[i], "\n"), secret) {
				t.Error("the secret shows")
			}
		}
	})
}

// Engineering notes 5.4: a recipe that does nothing takes 1 to 4 ms.
func BenchmarkBash(b *testing.B) {
	path := script(b, "#!/bin/bash\nexit 0\n")
	for b.Loop() {
		if r := Run(b.Context(), Command{Path: path, Env: []string{"PATH=/bin"}}); r.Failed() {
			b.Fatal(r)
		}
	}
}

// plugins.md 8: 200 MB of output.
func BenchmarkOutput200MB(b *testing.B) {
	path := script(b, "#!/bin/bash\nyes 'a line of a log as recipes print them' | head -c 200000000\n")
	b.SetBytes(200_000_000)
	for b.Loop() {
		r := Run(b.Context(), Command{Path: path, Env: []string{"PATH=/bin:/usr/bin"}, Output: func(plugin.Line) {}})
		if r.Failed() {
			b.Fatal(r)
		}
	}
}
