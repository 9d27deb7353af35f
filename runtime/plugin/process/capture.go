package process

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/roboconf/workbench/runtime/plugin"
)

// The limits of PL-72, in bytes.
const (
	maxLine    = 16 << 10   // of one line
	maxForward = 1 << 20    // of one call, told to Output
	maxLog     = 4 << 20    // of one call, told to Log
	maxChunk   = 64 << 10   // of one read
	minRoom    = 512        // of a segment: small chunks share one
	overhead   = 64         // what a segment costs beside its bytes
	lineCost   = 16         // what a line counts beside its text
	mask       = "********" // instead of a secret
)

var streams = [...]string{"out", "err"}

// capture takes the output of a program. Two readers copy what comes, within bounds, whatever happens to the lines; one teller makes
// lines of it. So a slow Output never blocks the program, and a gigabyte costs no more than a few megabytes.
type capture struct {
	pipes   [2]*os.File
	readers sync.WaitGroup
	teller  sync.WaitGroup
	held    [2]bool // the pipe was still open when the drain was over; written before readers are done

	mu    sync.Mutex
	kept  store
	done  bool          // no more will come
	wake  chan struct{} // holds one token when there is something new
	lines *lines
}

func newCapture(c *Command, out, errs *os.File) *capture {
	k := &capture{pipes: [2]*os.File{out, errs}, wake: make(chan struct{}, 1), lines: newLines(c)}
	k.kept.half = maxForward / 2
	if c.Log != nil {
		k.kept.half = maxLog / 2
	}
	for i := range k.pipes {
		k.readers.Go(func() { k.read(i) })
	}
	k.teller.Go(k.tell)
	return k
}

func (k *capture) read(stream int) {
	buf := make([]byte, maxChunk)
	for {
		n, err := k.pipes[stream].Read(buf)
		if n > 0 {
			k.mu.Lock()
			news := k.kept.add(stream, buf[:n])
			k.mu.Unlock()
			if news {
				k.nudge()
			}
		}
		if err != nil {
			k.held[stream] = errors.Is(err, os.ErrDeadlineExceeded)
			return
		}
	}
}

func (k *capture) nudge() {
	select {
	case k.wake <- struct{}{}:
	default: // the teller has not seen the last token yet: it will see this too
	}
}

// close ends the capture, once the program has ended: what others hold open is read for the drain, no longer. It says whether somebody
// holds a pipe.
func (k *capture) close(drain time.Duration) (held bool) {
	until := time.Now().Add(drain)
	for _, p := range k.pipes {
		_ = p.SetReadDeadline(until) // pipes have deadlines
	}
	k.readers.Wait()
	for _, p := range k.pipes {
		_ = p.Close() // only read from
	}
	k.mu.Lock()
	k.done = true
	k.mu.Unlock()
	k.nudge()
	k.teller.Wait()
	return k.held[0] || k.held[1]
}

// tell makes lines of the beginning as it comes, then of the end.
func (k *capture) tell() {
	for range k.wake {
		for {
			k.mu.Lock()
			segments, done := k.kept.head, k.done
			k.kept.head, k.kept.held = nil, 0
			k.mu.Unlock()
			for _, s := range segments {
				k.lines.add(s.stream, s.data)
			}
			if done {
				k.lines.skip(k.kept.lost)
				for _, s := range k.kept.tail {
					k.lines.add(s.stream, s.data)
				}
				k.lines.close()
				return
			}
			if len(segments) == 0 {
				break
			}
		}
	}
}

// segment is a piece of what one stream gave.
type segment struct {
	stream int
	data   []byte
}

// cost is what a segment takes of the memory.
func (s segment) cost() int { return cap(s.data) + overhead }

// store keeps the beginning and the end of what comes: half bytes each. It never costs more than four times as much, whatever the sizes of
// the pieces.
type store struct {
	half int
	head []segment // not yet told
	held int       // what the head costs
	used int       // bytes of the head, told or not
	tail []segment
	size int   // what the tail costs
	lost int64 // bytes between head and tail
}

// add keeps a copy, and says whether the head grew.
func (s *store) add(stream int, data []byte) (news bool) {
	if s.size == 0 && s.used < s.half && s.held < 2*s.half {
		n := min(len(data), s.half-s.used)
		more := 0
		s.head, more = push(s.head, stream, data[:n], nil)
		s.held += more
		s.used += n
		data, news = data[n:], true
	}
	if len(data) == 0 {
		return news
	}
	var spare []byte
	for len(s.tail) > 0 && s.size+len(data) > s.half {
		s.size -= s.tail[0].cost()
		s.lost += int64(len(s.tail[0].data))
		spare = s.tail[0].data
		s.tail[0] = segment{}
		s.tail = s.tail[1:] // append moves the rest to new ground now and then
	}
	more := 0
	s.tail, more = push(s.tail, stream, data, spare)
	s.size += more
	return news
}

// push appends a copy of data: to the last segment when there is room in it, since many small writes shall not cost a segment each, else
// to spare when that fits. It tells what the list costs more.
func push(list []segment, stream int, data, spare []byte) ([]segment, int) {
	if n := len(list) - 1; n >= 0 && list[n].stream == stream && len(list[n].data)+len(data) <= cap(list[n].data) {
		list[n].data = append(list[n].data, data...)
		return list, 0
	}
	if cap(spare) < len(data) || cap(spare) > 2*len(data) {
		spare = make([]byte, 0, max(len(data), minRoom))
	}
	s := segment{stream, append(spare[:0], data...)}
	return append(list, s), s.cost()
}

// lines cuts streams into lines, masks, repairs, forwards them. One goroutine uses it.
type lines struct {
	output, log func(plugin.Line)
	secrets     *strings.Replacer // nil without secrets
	longest     int               // secret
	part        [2][]byte         // what began and has not ended
	drop        [2]bool           // the rest of a line that is told already, or was begun in what is lost
	limit       limiter
}

func newLines(c *Command) *lines {
	l := &lines{output: c.Output, log: c.Log}
	l.secrets, l.longest = masker(c.Secrets)
	l.limit.tell = func(line plugin.Line) {
		if l.output != nil {
			l.output(line)
		}
	}
	return l
}

func (l *lines) add(stream int, data []byte) {
	for len(data) > 0 {
		piece, rest, whole := cutLine(data)
		data = rest
		if !l.drop[stream] {
			// A secret that begins within the line may end after its limit: so much more is kept until it is masked.
			if room := maxLine + l.longest + utf8.UTFMax - len(l.part[stream]); len(piece) > room {
				l.part[stream] = append(l.part[stream], piece[:room]...)
				l.end(stream, true)
				l.drop[stream] = !whole
				continue
			}
			l.part[stream] = append(l.part[stream], piece...)
		}
		if whole {
			if !l.drop[stream] {
				l.end(stream, false)
			}
			l.drop[stream] = false
		}
	}
}

// cutLine gives the text up to the end of the line, without it.
func cutLine(data []byte) (piece, rest []byte, whole bool) {
	for i, b := range data {
		if b == '\n' {
			return data[:i], data[i+1:], true
		}
	}
	return data, nil, false
}

// end tells the line of a stream that is complete, or too long.
func (l *lines) end(stream int, cut bool) {
	text := strings.TrimSuffix(string(l.part[stream]), "\r")
	l.part[stream] = l.part[stream][:0]
	if l.secrets != nil {
		text = l.secrets.Replace(text)
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) > maxLine {
		n := maxLine
		for !utf8.RuneStart(text[n]) {
			n--
		}
		text, cut = text[:n], true
	}
	l.forward(plugin.Line{Stream: streams[stream], Text: text, Cut: cut})
}

func (l *lines) forward(line plugin.Line) {
	if l.log != nil {
		l.log(line)
	}
	l.limit.add(line)
}

// skip is told of bytes that were left out: the lines around have lost their ends.
func (l *lines) skip(lost int64) {
	if lost == 0 {
		return
	}
	for i := range l.part {
		if len(l.part[i]) > 0 {
			l.end(i, true)
		}
		l.drop[i] = true
	}
	if l.log != nil {
		l.log(gap(lost))
	}
	l.limit.lost += lost
}

func (l *lines) close() {
	for i := range l.part {
		if len(l.part[i]) > 0 {
			l.end(i, false)
		}
	}
	l.limit.close()
}

// gap is the line that stands for what was left out.
func gap(lost int64) plugin.Line {
	return plugin.Line{Stream: streams[0], Text: "[... " + strconv.FormatInt(lost, 10) + " bytes left out ...]", Left: lost}
}

// limiter forwards the first half of maxForward at once, keeps the last half until the end. Each line counts lineCost bytes beside its text:
// a gigabyte of empty lines must not become millions of them.
type limiter struct {
	tell func(plugin.Line)
	used int
	tail []plugin.Line
	size int   // of the tail
	lost int64 // before the tail: bytes that the recipe printed
}

func (l *limiter) add(line plugin.Line) {
	n := len(line.Text) + lineCost
	if len(l.tail) == 0 && l.lost == 0 && l.used+n <= maxForward/2 {
		l.used += n
		l.tell(line)
		return
	}
	l.tail = append(l.tail, line)
	l.size += n
	first := 0
	for ; l.size > maxForward/2; first++ {
		gone := len(l.tail[first].Text)
		l.size -= gone + lineCost
		l.lost += int64(gone) + 1
	}
	l.tail = l.tail[first:] // append moves the rest to new ground now and then, so what is gone is freed
}

func (l *limiter) close() {
	if l.lost > 0 {
		l.tell(gap(l.lost))
	}
	for _, line := range l.tail {
		l.tell(line)
	}
	l.tail = nil
}

// masker replaces secrets, the longest first, and tells how long that is. A secret of several lines is also masked line by line.
func masker(secrets []string) (*strings.Replacer, int) {
	var pairs []string
	longest := 0
	for _, s := range bySize(secrets) {
		pairs = append(pairs, s, mask)
		longest = max(longest, len(s))
	}
	if len(pairs) == 0 {
		return nil, 0
	}
	return strings.NewReplacer(pairs...), longest
}
