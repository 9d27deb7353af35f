//go:build unix

package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// isolate gives a program a session of its own: a new process group (PL-71), without terminal, so that nothing can ask a person.
func isolate(cmd *exec.Cmd, runAs string) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cred, err := credential(runAs)
	cmd.SysProcAttr.Credential = cred
	return err
}

// credential is that of a user; nil for that of this process.
func credential(runAs string) (*syscall.Credential, error) {
	if runAs == "" {
		return nil, nil
	}
	u, err := user.Lookup(runAs)
	if err != nil {
		return nil, fmt.Errorf("find the user %s that it runs as: %w", runAs, err)
	}
	if u.Uid == strconv.Itoa(os.Getuid()) {
		return nil, nil
	}
	if os.Getuid() != 0 {
		return nil, fmt.Errorf("run as %s: only root may; start the agent as root or as %s", runAs, runAs)
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	groups, errGroups := u.GroupIds()
	if err := errors.Join(errUID, errGID, errGroups); err != nil {
		return nil, fmt.Errorf("read the ids of %s: %w", runAs, err)
	}
	cred := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	for _, g := range groups {
		if id, err := strconv.ParseUint(g, 10, 32); err == nil {
			cred.Groups = append(cred.Groups, uint32(id))
		}
	}
	return cred, nil
}

// Own gives a file, or a folder with all that is in it, to the user that programs run as (PL-73), without following links. It does nothing
// for "" and for the user of this process.
func Own(path, runAs string) error {
	cred, err := credential(runAs)
	if cred == nil || err != nil {
		return err
	}
	err = filepath.WalkDir(path, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(cred.Uid), int(cred.Gid))
	})
	if err != nil {
		return fmt.Errorf("give the recipe to %s: %w", runAs, err)
	}
	return nil
}

// terminate asks all of a group to end. A process that is stopped must go on to hear it.
func terminate(group int) {
	signal(group, syscall.SIGTERM)
	signal(group, syscall.SIGCONT)
}

// kill ends all of a group.
func kill(group int) { signal(group, syscall.SIGKILL) }

func signal(group int, s syscall.Signal) {
	_ = syscall.Kill(-group, s) // nobody there: what was wanted
	for _, pid := range strays(group) {
		_ = syscall.Kill(pid, s)
	}
}

func bySignal(state *os.ProcessState) (name string, number int, killed bool) {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return "", 0, false
	}
	number = int(status.Signal())
	if name = signalNames[status.Signal()]; name == "" {
		name = "signal " + strconv.Itoa(number)
	}
	return name, number, true
}

var signalNames = map[syscall.Signal]string{
	syscall.SIGABRT: "SIGABRT", syscall.SIGALRM: "SIGALRM", syscall.SIGBUS: "SIGBUS", syscall.SIGFPE: "SIGFPE", syscall.SIGHUP: "SIGHUP",
	syscall.SIGILL: "SIGILL", syscall.SIGINT: "SIGINT", syscall.SIGKILL: "SIGKILL", syscall.SIGPIPE: "SIGPIPE", syscall.SIGQUIT: "SIGQUIT",
	syscall.SIGSEGV: "SIGSEGV", syscall.SIGSYS: "SIGSYS", syscall.SIGTERM: "SIGTERM", syscall.SIGTRAP: "SIGTRAP", syscall.SIGUSR1: "SIGUSR1",
	syscall.SIGUSR2: "SIGUSR2", syscall.SIGXCPU: "SIGXCPU", syscall.SIGXFSZ: "SIGXFSZ",
}

func isBusy(err error) bool      { return errors.Is(err, syscall.ETXTBSY) }
func isNoProgram(err error) bool { return errors.Is(err, syscall.ENOEXEC) }
func isTooBig(err error) bool    { return errors.Is(err, syscall.E2BIG) }
