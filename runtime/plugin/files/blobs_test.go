package files

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/message"
)

func pieces(data []byte, size int) (list []*message.BlobChunk) {
	for at := 0; at < len(data) || at == 0; at += size {
		end := min(at+size, len(data))
		list = append(list, &message.BlobChunk{SHA256: digest(string(data)), Offset: int64(at), Total: int64(len(data)), Data: data[at:end]})
	}
	return list
}

func store(t testing.TB, limit int64) *Blobs {
	t.Helper()
	b, err := OpenBlobs(filepath.Join(t.TempDir(), "blobs"), limit)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// MS-65: pieces may come twice, from the beginning again, or be lost, with the store closed between any two: in the end the content is
// there, exactly, and never before.
func TestPiecesComeInAnyWay(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("replay with seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 2))
	for range 30 {
		b := store(t, 0)
		data := make([]byte, chance.IntN(5000))
		for i := range data {
			data[i] = byte(chance.Uint32())
		}
		all := pieces(data, 30+chance.IntN(700))
		for i := 0; ; {
			whole, err := b.Put(all[i])
			if errors.Is(err, ErrGap) {
				i = 0 // the agent asks again
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if whole != b.Has(digest(string(data))) {
				t.Fatal("whole and Has differ")
			}
			if whole {
				break
			}
			switch chance.IntN(4) {
			case 0: // twice
			case 1:
				i = min(i+2, len(all)-1) // one is lost
			case 2:
				i++
				var err error
				if b, err = OpenBlobs(b.dir, 0); err != nil {
					t.Fatal(err)
				}
			default:
				i++
			}
		}
		r, err := b.Open(digest(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || r.Close() != nil || !bytes.Equal(got, data) {
			t.Fatal("the content differs", err)
		}
		if b.size != int64(len(data)) {
			t.Errorf("counts %d bytes of %d", b.size, len(data))
		}
	}
}

// MS-65: a content with a wrong digest is forgotten, and may come again.
func TestWrongContentIsForgotten(t *testing.T) {
	b := store(t, 0)
	right, wrong := pieces([]byte("right"), 2), pieces([]byte("wrong"), 2)
	for i, c := range wrong {
		c.SHA256 = right[0].SHA256
		_, err := b.Put(c)
		if last := i == len(wrong)-1; last != errors.Is(err, ErrDigest) {
			t.Fatal(i, err)
		}
	}
	if b.Has(right[0].SHA256) || b.size != 0 {
		t.Error("something stays of it")
	}
	for _, c := range right {
		if _, err := b.Put(c); err != nil {
			t.Fatal(err)
		}
	}
	if !b.Has(right[0].SHA256) {
		t.Error("it did not come again")
	}
}

// MS-65: pieces that no honest manager sends are refused.
func TestBadPiecesAreRefused(t *testing.T) {
	b := store(t, 1000)
	for what, c := range map[string]message.BlobChunk{
		"name":      {SHA256: "../../x", Total: 1, Data: []byte("x")},
		"offset":    {SHA256: digest("x"), Offset: -1, Total: 1, Data: []byte("x")},
		"beyond":    {SHA256: digest("x"), Offset: 1, Total: 1, Data: []byte("x")},
		"overflow":  {SHA256: digest("x"), Offset: 1<<63 - 1, Total: 1, Data: []byte("x")},
		"total":     {SHA256: digest("x"), Total: 1001, Data: []byte("x")},
		"negative":  {SHA256: digest("x"), Total: -1},
		"empty":     {SHA256: digest("x"), Total: 1},
		"too large": {SHA256: digest("x"), Total: 1000, Data: make([]byte, message.MaxChunk+1)},
	} {
		if _, err := b.Put(&c); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if b.Has("../blobs") {
		t.Error("Has takes a path")
	}
	if _, err := b.Open("../blobs"); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
	if list, _ := os.ReadDir(b.dir); len(list) != 0 {
		t.Errorf("left %v", list)
	}
}

// The store stays within its limit: what was not used for longest goes, unfinished pieces too.
func TestStoreIsBounded(t *testing.T) {
	b := store(t, 1000)
	at := time.Unix(1e9, 0)
	b.now = func() time.Time { at = at.Add(time.Second); return at }
	var digests []string
	for i := range 5 {
		if i == 4 { // the first is used again
			r, err := b.Open(digests[0])
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Close()
		}
		d, err := b.Add([]byte(strings.Repeat(string(rune('a'+i)), 250)))
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, d)
	}
	for i, want := range []bool{true, false, true, true, true} {
		if b.Has(digests[i]) != want {
			t.Errorf("content %d: %v", i, !want)
		}
	}
	for i := range 20 {
		data := []byte(strings.Repeat(string(rune('A'+i)), 300))
		if _, err := b.Put(&message.BlobChunk{SHA256: digest(string(data)), Total: 300, Data: data[:200]}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := b.list()
	sum := int64(0)
	for _, f := range all {
		sum += f.size
	}
	if err != nil || sum > 1000 || sum != b.size {
		t.Errorf("%d bytes on disk, counts %d (%v)", sum, b.size, err)
	}
}

// A request asks for each content once, and only for those that are not here.
func TestMissing(t *testing.T) {
	b := store(t, 0)
	if _, err := b.Add([]byte("here")); err != nil {
		t.Fatal(err)
	}
	far := message.File{Name: "x", SHA256: digest("far"), Size: 3}
	twice := far
	twice.Name = "y"
	got := b.Missing([]message.File{{SHA256: digest("here"), Size: 4}, far, file("inline", "0644", "i"), twice, {SHA256: digest("")}})
	if len(got) != 1 || got[0] != digest("far") {
		t.Errorf("%q", got)
	}
	for range 2 {
		if err := b.Forget(digest("here")); err != nil || b.Has(digest("here")) {
			t.Error("it was not forgotten", err)
		}
	}
}

// Two transfers at once do not disturb each other.
func TestManyAtOnce(t *testing.T) {
	b := store(t, 0)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			data := bytes.Repeat([]byte{byte(i % 4)}, 10_000)
			for _, c := range pieces(data, 1000) {
				if _, err := b.Put(c); err != nil {
					t.Error(err)
				}
			}
			if !b.Has(digest(string(data))) {
				t.Error("not whole")
			}
		})
	}
	all.Wait()
}

// FuzzPut: no piece, however made, leaves something outside the store or a wrong content in it.
func FuzzPut(f *testing.F) {
	f.Add(digest("x"), int64(0), int64(1), []byte("x"))
	f.Add("../x", int64(-1), int64(1<<62), []byte{})
	f.Add(digest(""), int64(0), int64(0), []byte{})
	f.Fuzz(func(t *testing.T, sha string, offset, total int64, data []byte) {
		b := store(t, 1<<20)
		whole, err := b.Put(&message.BlobChunk{SHA256: sha, Offset: offset, Total: total, Data: data})
		if whole && (err != nil || digest(string(data)) != sha) {
			t.Errorf("accepted %q as %s (%v)", data, sha, err)
		}
		above, _ := os.ReadDir(filepath.Dir(b.dir))
		if len(above) != 1 {
			t.Errorf("wrote outside: %v", above)
		}
	})
}

func BenchmarkPut(b *testing.B) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 4<<20/16)
	all := pieces(data, message.MaxChunk)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		s := store(b, 0)
		for _, c := range all {
			if _, err := s.Put(c); err != nil {
				b.Fatal(err)
			}
		}
	}
}
