package agentd

import (
	"strings"
	"sync"
	"time"

	"github.com/roboconf/workbench/runtime/agent"
	"github.com/roboconf/workbench/runtime/lifecycle"
	"github.com/roboconf/workbench/runtime/mind"
	"github.com/roboconf/workbench/runtime/plugin"
	"github.com/roboconf/workbench/runtime/plugin/logfile"
)

// What is told of the output of a recipe at once (PL-72).
const (
	tellBytes = 16 << 10
	tellAfter = 200 * time.Millisecond
)

// teller gathers the lines of a recipe and tells them in pieces: soon, but not one message for each line.
type teller struct {
	id   uint64
	post func(mind.Event)

	mu      sync.Mutex
	streams [2]stream // out, err
	timer   *time.Timer
	ended   bool
}

type stream struct {
	text      strings.Builder
	offset    int64
	truncated bool
}

func newTeller(id uint64, post func(mind.Event)) *teller { return &teller{id: id, post: post} }

// line is what plugin.Call.Output takes.
func (t *teller) line(l plugin.Line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	s := &t.streams[0]
	if l.Stream == "err" {
		s = &t.streams[1]
	}
	s.truncated = s.truncated || l.Cut || l.Left > 0
	s.text.WriteString(l.Text)
	s.text.WriteByte('\n')
	if s.text.Len() >= tellBytes {
		t.flush(s)
		return
	}
	if t.timer == nil {
		t.timer = time.AfterFunc(tellAfter, t.due)
	}
}

func (t *teller) due() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.timer = nil
	if !t.ended {
		t.flushAll()
	}
}

// end tells the rest; nothing is told afterwards.
func (t *teller) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flushAll()
	t.ended = true
	if t.timer != nil {
		t.timer.Stop()
	}
}

func (t *teller) flushAll() {
	for k := range t.streams {
		t.flush(&t.streams[k])
	}
}

func (t *teller) flush(s *stream) {
	if s.text.Len() == 0 {
		return
	}
	name := "out"
	if s == &t.streams[1] {
		name = "err"
	}
	t.post(agent.Output{ID: t.id, Stream: name, Offset: s.offset, Text: strings.ReplaceAll(s.text.String(), "\x00", "\ufffd"), Truncated: s.truncated})
	s.offset += int64(s.text.Len())
	s.text.Reset()
	s.truncated = false
}

// lateLog is the log file of a call, made when there is something to write.
type lateLog struct {
	folder logfile.Folder
	view   agent.View
	op     lifecycle.Operation

	mu   sync.Mutex
	file *logfile.File
	err  error
}

func (l *lateLog) line(line plugin.Line) {
	l.mu.Lock()
	if l.file == nil && l.err == nil {
		l.file, l.err = l.folder.Create(l.view.Path, l.op, time.Now())
	}
	file := l.file
	l.mu.Unlock()
	if file != nil {
		file.Line(line)
	}
}

func (l *lateLog) close(r plugin.Result) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return l.err
	}
	return l.file.Close(r)
}
