package local

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// inspect reads one process, its environment left out.
func inspect(pid int) (process, bool) {
	p, err := stat(pid)
	return p, err == nil
}

// stat reads /proc/N/stat.
func stat(pid int) (process, error) {
	text, err := slurp("/proc/"+strconv.Itoa(pid)+"/stat", make([]byte, 512))
	if err != nil {
		return process{}, err
	}
	return fromStat(pid, text)
}

// slurp reads a file of /proc into a buffer, which it may make longer: without the bookkeeping that os does for files, since a table
// of a thousand processes is two thousand of them.
func slurp(path string, into []byte) ([]byte, error) {
	f, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(f) // it was only read
	into = into[:cap(into)]
	for n := 0; ; {
		got, err := syscall.Read(f, into[n:])
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return nil, err
		case got <= 0:
			return into[:n], nil
		}
		if n += got; n == len(into) {
			into = append(into, make([]byte, len(into))...)
		}
	}
}

// fromStat reads the text of such a file. The name stands in parentheses, may hold blanks, parentheses, anything: the last one counts.
func fromStat(pid int, text []byte) (process, error) {
	end := bytes.LastIndexByte(text, ')')
	w := strings.Fields(string(text[end+1:]))
	const start = 19
	if end < 0 || len(w) <= start {
		return process{}, errors.New("read /proc: a line of another form")
	}
	return process{pid: pid, state: w[0][0], parent: number(w[1]), group: number(w[2]), session: number(w[3]), start: w[start]}, nil
}

// table reads all processes of the host; those whose environment has the marker are marked, with their command lines. Those that are
// older than oldest, when that is not "", cannot have it: their environment is not read, which is half of the cost. Processes of other accounts do not show theirs: they are not ours.
func table(id, oldest string) ([]process, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	names, err := dir.Readdirnames(-1)
	if err = errors.Join(err, dir.Close()); err != nil {
		return nil, err
	}
	marker := []byte("\x00" + Marker + "=" + id + "\x00")
	all, buffer := make([]process, 0, len(names)), make([]byte, 16<<10)
	for _, name := range names {
		pid := number(name)
		if pid == 0 {
			continue
		}
		text, err := slurp("/proc/"+name+"/stat", buffer)
		if gone(err) {
			continue
		}
		p, badly := fromStat(pid, text)
		if err = errors.Join(err, badly); err != nil {
			return nil, err
		}
		const threads = 2 // the parent of the kernel's own
		if p.parent != threads && !p.dead() && !before(p.start, oldest) {
			env, err := slurp("/proc/"+name+"/environ", buffer)
			if err != nil && !errors.Is(err, fs.ErrPermission) && !gone(err) {
				return nil, err
			}
			if hasMarker(env, marker) {
				p.marked, p.words = true, words(pid)
			}
		}
		all = append(all, p)
	}
	return all, nil
}

// before compares starts, which are counts of ticks since the boot.
func before(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

func hasMarker(env, marker []byte) bool {
	return bytes.HasPrefix(env, marker[1:]) || bytes.Contains(env, marker)
}

// carries says whether a process with a recorded number, a recorded start is of a machine: a record may have been copied, or changed.
// An environment that may not be read tells nothing; one that is empty is that of a process that ended.
func carries(p process, rec record) bool {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/environ")
	return err != nil || len(env) == 0 || hasMarker(env, []byte("\x00"+Marker+"="+rec.ID+"\x00"))
}

// gone says whether a process ended while it was read.
func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) }

func words(pid int) []string {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

// bootID names the time since the host was started: numbers of processes mean nothing after it.
func bootID() string {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
