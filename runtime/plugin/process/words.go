package process

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/plugin"
)

// result tells how a program ended (PL-34).
func (c *Command) result(err error) plugin.Result {
	if err == nil {
		return plugin.Result{}
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return plugin.Result{Error: fmt.Sprintf("wait for %s: %v", c.Path, err)}
	}
	if name, number, killed := bySignal(exit.ProcessState); killed {
		return plugin.Result{ExitCode: 128 + number, Error: "killed by " + name}
	}
	code := exit.ExitCode()
	text := fmt.Sprintf("exit code %d", code)
	// "#!/usr/bin/env bash" with CRLF starts env, which then looks for a program whose name ends with CR.
	if line := shebang(c.Path); (code == 126 || code == 127) && strings.HasSuffix(line, "\r") {
		text += ": " + crlf(c.Path, line)
	}
	return plugin.Result{ExitCode: code, Error: text}
}

// explain tells why a program could not be started, and what to do (PL-34, plugins.md 8).
func (c *Command) explain(err error) string {
	name := filepath.Base(c.Path)
	line := shebang(c.Path)
	switch {
	case strings.HasSuffix(line, "\r") && errors.Is(err, fs.ErrNotExist):
		return "interpreter not found: " + crlf(c.Path, line)
	case missing(c.Dir):
		return fmt.Sprintf("start %s: the working directory %s does not exist", name, c.Dir)
	case errors.Is(err, fs.ErrNotExist) && line != "":
		return fmt.Sprintf("interpreter not found: %s, which the first line of %s names, is not on this machine; install it or name another", interpreter(line), name)
	case errors.Is(err, fs.ErrNotExist) && missing(c.Path):
		return fmt.Sprintf("start %s: the file does not exist", c.Path)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("start %s: the program that loads it is not on this machine: it was built for another system", name)
	case isNoProgram(err):
		return fmt.Sprintf("start %s: it is no program of this machine and its first line names no interpreter; begin it with a line such as #!/bin/bash", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("start %s: permission denied; the file or its interpreter is not executable, its disk is mounted with noexec, or the user may not read it", name)
	case isTooBig(err):
		return fmt.Sprintf("start %s: arguments and environment are larger than the system takes", name)
	}
	return fmt.Sprintf("start %s: %v", name, err)
}

func crlf(path, line string) string {
	return fmt.Sprintf("the first line of %s ends with CRLF, so the system looks for %q; save the file with LF line ends", filepath.Base(path), interpreter(line))
}

// shebang is the first line of a script, without "#!" and without its LF; "" when there is none.
func shebang(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	start, _ := io.ReadAll(io.LimitReader(f, 512)) // what cannot be read explains nothing
	line, found := bytes.CutPrefix(start, []byte("#!"))
	if !found {
		return ""
	}
	line, _, _ = bytes.Cut(line, []byte("\n"))
	return string(line)
}

// interpreter is the program that a first line names: up to a blank, with the CR that spoils it. Of "/usr/bin/env bash\r" it is "bash\r".
func interpreter(line string) string {
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(words) == 0 {
		return ""
	}
	if filepath.Base(words[0]) == "env" && len(words) > 1 {
		return words[len(words)-1]
	}
	return words[0]
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return path != "" && errors.Is(err, fs.ErrNotExist)
}

// bySize gives the secrets with their lines, the longest first, none twice. Lines of less than four bytes would mask half of a text.
func bySize(secrets []string) []string {
	var list []string
	for _, s := range secrets {
		if s != "" {
			list = append(list, s)
		}
		for line := range strings.Lines(s) {
			if line = strings.TrimRight(line, "\r\n"); line != s && len(line) >= 4 {
				list = append(list, line)
			}
		}
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(list)
}
