package agent

import (
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// keeps counts the pieces that the shell is asked to keep, and forgets all wishes.
func (x *carrier) keeps() (n int) {
	for _, e := range x.taken() {
		if _, ok := e.(Keep); ok {
			n++
		}
	}
	return n
}

// MS-65: pieces of a file that nobody asked for never reach the disk: before, while another file is awaited, after it is complete, after
// the request is over. Those of what is awaited reach the store in any order, which judges them.
func TestPiecesThatNobodyAskedFor(t *testing.T) {
	x := newCarrier(t, Config{})
	piece := func(k int, at int64) *message.BlobChunk {
		return &message.BlobChunk{SHA256: digest(k), Offset: at, Total: 4, Data: []byte("12")}
	}
	x.ask(piece(0, 0))
	if n := x.keeps(); n > 0 {
		t.Errorf("%d pieces are kept before anybody asked", n)
	}
	id := x.ask(deploy(recipe("a", "b")))
	look := effect[Look](x)
	x.ask(piece(0, 0)) // the shell has not said yet what is missing
	if n := x.keeps(); n > 0 {
		t.Errorf("%d pieces are kept before it is known what is missing", n)
	}
	x.do(Looked{ID: look.ID, Missing: []string{digest(0)}})
	x.taken()
	x.ask(piece(1, 0)) // of the request, but here already
	x.ask(piece(7, 0))
	x.ask(&message.BlobChunk{SHA256: digest(7), Missing: true})
	if n := x.keeps(); n > 0 {
		t.Errorf("%d pieces of other files are kept", n)
	}
	for _, at := range []int64{2, 0, 2, 0} { // out of order, overlapping: the store answers with a gap, or that it has them
		x.ask(piece(0, at))
		x.do(Kept{SHA256: digest(0)})
	}
	if n := x.keeps(); n != 4 {
		t.Errorf("%d pieces are kept, want 4", n)
	}
	x.do(Kept{SHA256: digest(9), Complete: true}) // of nobody
	x.do(Kept{SHA256: digest(0), Complete: true})
	if run := effect[Run](x); run.Request() != id {
		t.Errorf("the recipe is that of %s", run.Request())
	}
	x.ask(piece(0, 0))
	if n := x.keeps(); n > 0 {
		t.Errorf("%d pieces are kept after all", n)
	}
}

// MS-65: what the store refuses, a wrong digest for instance, ends the request with the reason; the next one is handled.
func TestPiecesThatTheStoreRefuses(t *testing.T) {
	for _, reason := range []string{"the content does not have the digest that was announced", "files refused: a piece of 2 bytes at 9 of 4"} {
		x := newCarrier(t, Config{})
		id := x.ask(deploy(recipe("a")))
		x.do(Looked{ID: effect[Look](x).ID, Missing: []string{digest(0)}})
		x.ask(&message.BlobChunk{SHA256: digest(0), Offset: 9, Total: 4, Data: []byte("12")})
		x.do(Kept{SHA256: digest(0), Error: reason})
		if r := x.result(id); r.Outcome != message.Failed || !strings.Contains(r.Reason, reason) {
			t.Errorf("ended %+v", r)
		}
		x.taken()
		if next := x.ask(deploy(nil)); effect[Run](x).Request() != next {
			t.Error("the next request is not handled")
		}
	}
}

// MS-65, PL-22: the same names are refused in every message that brings files, with nothing looked for, written or run.
func TestBadNamesInEveryMessage(t *testing.T) {
	names := []string{
		"../../etc/x", "a/../../b", "..", "/etc/x", "//x", `a\..\..\b`, `C:\x`, "c:x", "a\x00b", "a\nb", "a\x1b[2Jb", "a\x7fb", "", ".", "a//b", "a/./b", "a/",
		strings.Repeat("x", 513), strings.Repeat("d/", 256) + "x",
	}
	for _, name := range names {
		for what, body := range map[string]func([]message.File) message.Body{
			"request": func(l []message.File) message.Body { return deploy(l) },
			"probes":  func(l []message.File) message.Body { return &message.ProbesSet{Path: "/vm/s0", Files: l} },
		} {
			x := newCarrier(t, Config{})
			id := x.ask(body(recipe("good", name)))
			if r := x.result(id); r.Outcome != message.Rejected {
				t.Errorf("%s with %.40q: %+v", what, name, r)
			}
			touched := slices.ContainsFunc(x.wishes, func(e mind.Effect) bool {
				switch e.(type) {
				case Look, Keep, Run, WriteProbes, RunScripts:
					return true
				}
				return false
			})
			if touched || x.a.pause.id != 0 {
				t.Errorf("%s with %.40q: something was begun", what, name)
			}
		}
		x := newCarrier(t, Config{})
		x.a = New(x.a.cfg, nil)
		x.do(mind.Connected{})
		x.taken()
		set := ten()
		set.Scripts = recipe("good", name)
		if r := x.result(x.ask(set)); r.Outcome != message.Rejected || x.a.pause.id != 0 {
			t.Errorf("scripts with %.40q: %+v", name, r)
		}
	}
}
