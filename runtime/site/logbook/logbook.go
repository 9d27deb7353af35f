// Package logbook keeps what recipes print in a file, bounded.
//
// Lines are JSON objects, oldest first. When the file is full it becomes the old one, and the older one goes.
package logbook

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"
)

// Line is a line that a recipe printed.
type Line struct {
	Time   time.Time `json:"time"` // when the manager got it
	Path   string    `json:"path"`
	Op     string    `json:"op"`
	Stream string    `json:"stream"` // out or err
	Text   string    `json:"text"`
	Cut    bool      `json:"cut,omitempty"` // something is missing after it
}

// Piece is a part of what one run of a recipe printed. It may come twice: Offset, from the start of its stream, tells.
type Piece struct {
	Run string // of a recipe
	Line
	Offset int64

	missing int // pieces before it that were not kept
}

// Book is the file. Add may be called from any goroutine and never waits for the disk.
type Book struct {
	file   string
	most   int64
	pieces chan Piece
	done   chan struct{}

	mu        sync.Mutex
	lost      int // pieces since the last one that was kept: the disk was slow
	closed    bool
	followers map[chan Line]struct{}
}

const (
	defaultMost = 16 << 20
	waiting     = 4096 // pieces that wait for the disk
	knownRuns   = 1024 // streams whose offsets are remembered
)

// Open begins to write into a file; most bounds its bytes, 16 MiB when zero.
func Open(file string, most int64) (*Book, error) {
	b := &Book{
		file: file, most: cmp.Or(most, defaultMost), pieces: make(chan Piece, waiting), done: make(chan struct{}),
		followers: map[chan Line]struct{}{},
	}
	f, err := b.append()
	if err != nil {
		return nil, err
	}
	go b.write(f)
	return b, nil
}

func (b *Book) append() (*os.File, error) {
	f, err := os.OpenFile(b.file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log of recipes: %w", err)
	}
	return f, nil
}

// Add keeps a piece, unless more of them wait than the disk takes.
func (b *Book) Add(p Piece) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	p.missing = b.lost
	select {
	case b.pieces <- p:
		b.lost = 0
	default:
		b.lost++
	}
}

// write is the goroutine of the book.
func (b *Book) write(f *os.File) {
	defer close(b.done)
	var size int64
	if info, err := f.Stat(); err == nil {
		size = info.Size()
	}
	ends := map[string]int64{} // of each stream of each run
	for p := range b.pieces {
		key := p.Run + "\x00" + p.Path + "\x00" + p.Op + "\x00" + p.Stream
		end := p.Offset + int64(len(p.Text))
		if known, seen := ends[key]; seen && end <= known {
			continue // it came twice
		}
		if len(ends) >= knownRuns {
			clear(ends)
		}
		ends[key] = end
		if p.missing > 0 {
			p.Text = fmt.Sprintf("(%d pieces of output were not kept: the disk was slow)\n%s", p.missing, p.Text)
		}
		for _, line := range split(p.Line) {
			text, err := json.Marshal(line)
			if err != nil {
				continue // a time out of range: nothing that a recipe prints
			}
			n, _ := f.Write(append(text, '\n')) // a full disk must not stop a deployment
			size += int64(n)
			b.tell(line)
		}
		if size > b.most {
			f, size = b.turn(f)
		}
	}
	_ = f.Close() // written already, line by line
}

// split cuts a text at its ends of lines.
func split(l Line) []Line {
	texts := strings.Split(strings.TrimSuffix(l.Text, "\n"), "\n")
	lines := make([]Line, len(texts))
	for i, text := range texts {
		lines[i] = l
		lines[i].Text, lines[i].Cut = text, l.Cut && i == len(texts)-1
	}
	return lines
}

// turn begins a new file.
func (b *Book) turn(f *os.File) (*os.File, int64) {
	_ = f.Close()
	_ = os.Rename(b.file, b.file+".old") // if that fails the file goes on, longer
	next, err := b.append()
	if err != nil {
		return f, 0
	}
	return next, 0
}

func (b *Book) tell(l Line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for to := range b.followers {
		select {
		case to <- l:
		default:
			delete(b.followers, to)
			close(to)
		}
	}
}

// Follow gives the lines from now on. The channel is closed when the book is, or when they are not taken. stop ends it.
func (b *Book) Follow() (lines <-chan Line, stop func()) {
	to := make(chan Line, waiting)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		close(to)
		return to, func() {}
	}
	b.followers[to] = struct{}{}
	return to, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if _, on := b.followers[to]; on {
			delete(b.followers, to)
			close(to)
		}
	}
}

// Close writes what waits.
func (b *Book) Close() {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return
	}
	b.closed = true
	close(b.pieces)
	b.mu.Unlock()
	<-b.done
	b.mu.Lock()
	defer b.mu.Unlock()
	for to := range b.followers {
		delete(b.followers, to)
		close(to)
	}
}

// Read gives the lines of a file, of the old one first, of instances at a path or below it; all of them when it is "". No file is no line.
func Read(file, path string) ([]Line, error) {
	var all []Line
	for _, name := range []string{file + ".old", file} {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the log of recipes: %w", err)
		}
		in := bufio.NewScanner(f)
		in.Buffer(nil, 4<<20)
		for in.Scan() {
			var l Line
			if json.Unmarshal(in.Bytes(), &l) == nil && l.About(path) { // a line that was cut by a crash says nothing
				all = append(all, l)
			}
		}
		err = errors.Join(in.Err(), f.Close())
		if err != nil {
			return nil, fmt.Errorf("read the log of recipes: %w", err)
		}
	}
	return all, nil
}

// About says whether a line is of an instance at a path or below it; of any when it is "".
func (l Line) About(path string) bool {
	path = strings.TrimSuffix(path, "/")
	return path == "" || l.Path == path || strings.HasPrefix(l.Path, path+"/")
}
