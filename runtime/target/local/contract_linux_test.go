package local

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/roboconf/workbench/runtime/target"
	"github.com/roboconf/workbench/runtime/target/targettest"
)

// targets.md 16.2.
func TestContract(t *testing.T) {
	targettest.Run(t, func(t *testing.T) targettest.Fixture {
		l := newLab(t)
		l.agent = script(t)
		changed := func(key, value string) func(*testing.T) (map[string]string, func()) {
			return func(*testing.T) (map[string]string, func()) {
				p := l.properties("serve")
				p[key] = value
				return p, func() {}
			}
		}
		return targettest.Fixture{
			New:        func(*testing.T) target.Handler { return fast() },
			Options:    target.Options{Limits: fastLimits()},
			Properties: l.properties("serve"), Sources: ".",
			UserData: func(t *testing.T, m target.Machine) string {
				eventually(t, "the agent reads its user data", func() bool { return l.has(m.Key, "data/seen") })
				return l.read(m.Key, "data/seen")
			},
			Left: func(t *testing.T) []string { return left(t, l.root) },
			Blind: func(t *testing.T) (map[string]string, func()) {
				away := l.root + ".away"
				rename(t, l.root, away)
				if err := os.Symlink(filepath.Base(l.root), l.root); err != nil { // a loop: nobody gets in
					t.Fatal(err)
				}
				return nil, func() {
					if err := os.Remove(l.root); err != nil {
						t.Fatal(err)
					}
					rename(t, away, l.root)
				}
			},
			Failures: map[target.Class]func(*testing.T) (map[string]string, func()){
				target.NotFound: changed(keyAgent, filepath.Join(l.root, "nobody")), target.Invalid: changed(keyRecipes, "perhaps"),
				target.Credentials: changed(keyDir, "/sys/roboconf"),
			},
			Dying: func(t *testing.T, n int, op targettest.Op, s target.Spec) bool {
				return errand{Op: op, N: n, Spec: s, Late: 5 * time.Second}.run(t)
			},
			Stop: func(t *testing.T, s target.Spec) {
				if err := l.Kill(t.Context(), s); err != nil {
					t.Error(err)
				}
			},
		}
	})
}

// script is an agent that starts faster than the test's own program.
func script(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "agent")
	text := `#!/bin/sh
trap 'kill $!; exit 0' TERM
cp "${ROBOCONF_AGENT_PARAMETERS#file://}" "$ROBOCONF_AGENT_DATA/seen.new"
mv "$ROBOCONF_AGENT_DATA/seen.new" "$ROBOCONF_AGENT_DATA/seen"
sleep 1000 &
wait
`
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
