package check_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/roboconf/workbench/internal/gen"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/load"
)

// A memo never changes what is found: after each of many edits, the findings are those of a check without any memory.
func TestMemoChangesNothing(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			files := withRecipes(gen.Application(60, 40))
			files["commands/more.commands"] = "create Software1 as x under /machine 0\n"
			now := newMemory(files)
			o := check.Options{Memo: new(check.Memo)}
			var prev *load.Result
			for step := range 60 {
				next := now
				if step > 0 {
					next = damage(r, now)
				}
				result := load.Dir(next, load.Options{}, prev)
				got, want := texts(check.With(result, next, o)), texts(check.All(load.Dir(next, load.Options{}, nil), next))
				if !slices.Equal(got, want) {
					t.Fatalf("step %d: with a memo\n%s\nwithout\n%s", step, onlyIn(got, want), onlyIn(want, got))
				}
				prev, now = result, next
				if r.IntN(6) == 0 {
					now = newMemory(now.files) // as if files had come
				}
			}
		})
	}
}

func texts[T fmt.Stringer](list []T) (out []string) {
	for _, p := range list {
		out = append(out, p.String())
	}
	return out
}

func onlyIn(a, b []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) }), "\n")
}

// damage changes one file a little: a word for another, a line twice, a line away.
func damage(r *rand.Rand, m *memory) *memory {
	name := m.paths[r.IntN(len(m.paths))]
	if r.IntN(3) > 0 {
		name = []string{"graph/part0.graph", "graph/part0.graph", "instances/model.instances", "descriptor/application.properties"}[r.IntN(4)]
	}
	text := m.files[name]
	l := strings.SplitAfter(text, "\n")
	k := r.IntN(len(l))
	switch r.IntN(8) {
	case 0:
		l[k] = ""
	case 1:
		l[k] += l[k]
	case 2:
		l[k] = strings.Replace(l[k], "Software", "Softwarex", 1)
	case 3:
		l[k] = strings.Replace(l[k], "x {", " {", 1)
	case 4:
		other := l[r.IntN(len(l))]
		l[k], l[r.IntN(len(l))] = other, l[k]
	case 5:
		l[k] = strings.NewReplacer("1", "2", "path", "port", "size", "zone", "OnMachine", "Machine", "script", "scirpt", " (optional)", "").Replace(l[k])
	case 6:
		l[k] = strings.Replace(l[k], ": ", ": Software3, ", 1)
	default:
		l[k] = strings.Replace(l[k], "ip", "ipx", 1)
	}
	return m.with(name, strings.Join(l, ""))
}
