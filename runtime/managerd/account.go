package managerd

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/roboconf/workbench/runtime/bus"
	"github.com/roboconf/workbench/runtime/target"
)

// account is the broker's user of one agent (messaging.md 15.6). The password is derived, so that the machine that a repeated creation gives back
// knows it; that of the next machine at the same path is another one.
func account(seed []byte, key target.Key) bus.Account {
	sum := hmac.New(sha256.New, seed)
	sum.Write([]byte(key.Token())) // a hash never fails
	a := bus.AgentAccount(key.Domain, key.App, key.Scope)
	a.Password = hex.EncodeToString(sum.Sum(nil))
	return a
}

// readSeed reads the secret of a data folder; the first time it is drawn.
func readSeed(dir string) ([]byte, error) {
	file := filepath.Join(dir, "seed")
	text, err := os.ReadFile(file)
	if err == nil {
		seed, err := hex.DecodeString(strings.TrimSpace(string(text)))
		if err != nil || len(seed) < 16 {
			return nil, fmt.Errorf("read %s: it is damaged; restore it from a copy, or remove it and undeploy every machine", file)
		}
		return seed, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	seed := make([]byte, 32)
	_, _ = rand.Read(seed) // never fails
	draft := file + ".new"
	err = writeSynced(draft, []byte(hex.EncodeToString(seed)+"\n"))
	if err == nil {
		err = os.Rename(draft, file)
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("keep the secret of accounts: %w", err)
	}
	return seed, nil
}

// writeSynced writes a file that only we may read; it survives a power cut.
func writeSynced(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder makes names in a folder survive a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var reference = regexp.MustCompile(`\$\{(secret|env|file):([^}]*)\}`)

// resolve replaces references to secrets by what they stand for (TG-160): ${env:NAME}, ${file:PATH}, ${secret:name}. What it returns is never
// printed.
func resolve(text string, secret func(string) (string, error)) (string, error) {
	var wrong error
	out := reference.ReplaceAllStringFunc(text, func(found string) string {
		parts := reference.FindStringSubmatch(found)
		value, err := lookUp(parts[1], parts[2], secret)
		wrong = errors.Join(wrong, err)
		return value
	})
	return out, wrong
}

func lookUp(kind, name string, secret func(string) (string, error)) (string, error) {
	switch kind {
	case "env":
		if value, set := os.LookupEnv(name); set {
			return value, nil
		}
		return "", fmt.Errorf("the variable %s is not set; set it before the manager starts", name)
	case "file":
		info, err := os.Stat(name)
		if err != nil {
			return "", fmt.Errorf("read the secret: %w", err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			return "", fmt.Errorf("%s can be read by others; run chmod 600 on it", name)
		}
		text, err := os.ReadFile(name)
		return strings.TrimRight(string(text), "\r\n"), err
	}
	if secret == nil {
		return "", fmt.Errorf("there is no store of secrets for %q here; use ${env:NAME} or ${file:PATH}", name)
	}
	return secret(name)
}
