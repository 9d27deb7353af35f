package local

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/roboconf/workbench/runtime/target"
)

// The names of what stands beside the machines in their root.
const (
	newFolder = ".new"       // a machine that is being written, under the lock of the root
	goneHead  = ".gone-"     // a machine that is being removed
	addresses = ".addresses" // who has which address
)

// nameLimit is how long the name of a folder may be.
const nameLimit = 60

func (s settings) folder(k target.Key) folder {
	return folder(filepath.Join(s.root, k.Name(nameLimit)))
}

// Create makes the folder with its labels first, then starts the agent (TG-120). A machine that is there already is given back as it is.
func (h *Handler) Create(ctx context.Context, s target.Spec) (target.Machine, error) {
	m, err := h.create(ctx, s)
	return m, failure("create the machine", s, err)
}

func (h *Handler) create(ctx context.Context, s target.Spec) (target.Machine, error) {
	none := target.Machine{Key: s.Key}
	with, r := h.read(s.Properties)
	if err := r.Err("create the machine", s.Key.Scope); err != nil {
		return none, err
	}
	if s.Key.App == "" || !strings.HasPrefix(s.Key.Scope, "/") {
		return none, &target.Error{Op: "create the machine", Target: Name, Scope: s.Key.Scope, Class: target.Invalid, Err: fmt.Errorf("%s is no key of a machine", s.Key)}
	}
	agent, err := program(with.agent)
	if err != nil {
		return none, err
	}
	with.agent = agent
	f := with.folder(s.Key)
	if !f.exists() {
		if err := h.write(ctx, with, s, f); err != nil {
			return none, err
		}
	}
	unlock, err := lock(ctx, string(f))
	if err != nil {
		return none, err
	}
	defer unlock()
	rec, err := f.mine(s.Key)
	if err != nil {
		return none, err
	}
	if f.destroying() {
		return none, &target.Error{
			Op: "create the machine", Target: Name, Scope: s.Key.Scope, Class: target.Conflict, Retry: true,
			Err: errors.New("it is being destroyed"), Advice: "wait until it is gone",
		}
	}
	if last, err := f.run(); err != nil {
		return none, err
	} else if last.Starts == nil {
		if err := h.start(f, rec, last); err != nil {
			return none, err
		}
	}
	return h.look(f, rec)
}

// mine reads a record and sees that it is the one of a key: eight characters of a hash could lie.
func (f folder) mine(k target.Key) (record, error) {
	rec, err := f.record()
	if err == nil && rec.Key != k {
		err = &target.Error{
			Op: "look at the machine", Target: Name, Scope: k.Scope, Class: target.Conflict,
			Err: fmt.Errorf("%s belongs to %s", f, rec.Key), Advice: "use another folder with the property dir",
		}
	}
	return rec, err
}

// write makes the folder of a machine: whole, or not at all. Somebody else may have made it meanwhile.
func (h *Handler) write(ctx context.Context, with settings, s target.Spec, f folder) error {
	h.step("make the root")
	if err := os.MkdirAll(with.root, 0o700); err != nil {
		return err
	}
	unlock, err := lock(ctx, with.root)
	if err != nil {
		return err
	}
	defer unlock()
	if f.exists() {
		return nil
	}
	draft := folder(filepath.Join(with.root, newFolder))
	if err := removeAll(string(draft)); err != nil { // left by somebody who died
		return err
	}
	h.step("make the draft")
	if err := h.fill(draft, with, s, f); err != nil {
		_ = removeAll(string(draft)) // the first error counts; the next machine removes the rest
		return err
	}
	h.step("rename the draft")
	return os.Rename(string(draft), string(f))
}

func (h *Handler) fill(draft folder, with settings, s target.Spec, f folder) error {
	for _, dir := range []string{"", "data", "tmp"} {
		if err := os.Mkdir(draft.path(dir), 0o700); err != nil {
			return err
		}
	}
	h.step("write the user data")
	if err := os.WriteFile(draft.path("user-data"), []byte(s.UserData), 0o600); err != nil {
		return err
	}
	h.step("take an address")
	address, err := h.address(with, s.Key, f)
	if err != nil {
		return err
	}
	var id [6]byte
	_, _ = rand.Read(id[:]) // never fails
	rec := record{
		Format: format, Labels: s.Key.Labels(), ID: filepath.Base(string(f)) + "." + hex.EncodeToString(id[:]), Created: h.now().UTC(),
		Address: address, Agent: append([]string{with.agent}, with.args...), Recipes: with.recipes, Env: with.env,
		Grace: with.grace, Restarts: with.restarts, Settle: with.settle,
	}
	text, err := json.MarshalIndent(rec, "", "  ")
	if err != nil {
		return err
	}
	h.step("write the labels")
	return os.WriteFile(draft.path("machine.json"), append(text, '\n'), 0o600)
}

// address gives an address that no other machine of the root has, the caller holding the lock of the root. It is taken before the
// machine exists; an address whose owner is not there is free again.
func (h *Handler) address(with settings, k target.Key, f folder) (string, error) {
	if with.address != auto {
		return with.address, nil
	}
	if !loopbacks() {
		return "127.0.0.1", nil
	}
	dir, owner := filepath.Join(with.root, addresses), filepath.Base(string(f))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	start := fnv.New32a()
	_, _ = start.Write([]byte(with.root + "\x00" + k.String())) // a hash never fails
	for n := range uint32(1 << 16) {
		ip := loopback(start.Sum32() + n)
		path := filepath.Join(dir, ip)
		text, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		other := string(text)
		if err == nil && other != owner && folder(filepath.Join(with.root, other)).exists() && other != "" {
			continue
		}
		return ip, replace(path, []byte(owner))
	}
	return "", &target.Error{
		Op: "create the machine", Target: Name, Scope: k.Scope, Class: target.Quota,
		Err: errors.New("no address of the loopback is free"), Advice: "use another folder with the property dir",
	}
}

// loopback spreads numbers over 127.64.0.0/10, where nobody else looks for services; no address ends in 0 or 255.
func loopback(n uint32) string {
	const hosts = 254
	last := n % hosts
	n /= hosts
	return netip.AddrFrom4([4]byte{127, byte(64 + n>>8%64), byte(n), byte(1 + last)}).String()
}
