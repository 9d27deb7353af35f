package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/roboconf/workbench/editor/watch"
	"github.com/roboconf/workbench/model/diag"
)

// clearScreen empties a terminal, what has scrolled away included.
const clearScreen = "\x1b[H\x1b[2J\x1b[3J"

// follow checks whenever a folder changes, until the person has enough. The verdict is that of the last check.
func (g *gatherer) follow(ctx context.Context, s streams, report func(streams, checkOptions, []checked) error) error {
	return g.followed(ctx, s, report, g.looks(ctx))
}

// looks tells when a look is worth it.
func (g *gatherer) looks(ctx context.Context) <-chan watch.Look {
	looks := make(chan watch.Look, 1)
	for _, f := range g.folders {
		go func() {
			for look := range watch.Start(ctx, f.dir) {
				select {
				case looks <- look:
				default: // one that is waiting is enough
				}
			}
		}()
	}
	return looks
}

// followed checks at each look. It prints only when something differs.
func (g *gatherer) followed(
	ctx context.Context, s streams, report func(streams, checkOptions, []checked) error, looks <-chan watch.Look,
) error {
	all, err := g.look(ctx)
	if err != nil {
		return err
	}
	words := checkTexts[language(s)]
	if err := report(s, g.checkOptions, g.choose(all)); err != nil {
		return err
	}
	s.say("%s", words.watch)
	for {
		select {
		case <-ctx.Done():
			return g.verdict(all)
		case look, open := <-looks:
			if !open {
				return g.verdict(all)
			}
			g.sayPolling(s, look)
		}
		now, err := g.look(ctx)
		if err != nil {
			return g.verdict(all) // interrupted
		}
		if same(all, now) {
			continue
		}
		if isTerminal(s.out) {
			fmt.Fprint(s.out, clearScreen)
		}
		if err := report(s, g.checkOptions, g.choose(now)); err != nil {
			return err
		}
		s.say("%s", difference(words, all, now))
		all = now
	}
}

// sayPolling says once why changes may be seen late.
func (g *gatherer) sayPolling(s streams, look watch.Look) {
	if look.Polling != "" && look.Polling != g.polling {
		s.say("%s", look.Polling)
	}
	g.polling = look.Polling
}

// same says whether the findings are the same, places included.
func same(was, now []checked) bool {
	a, b := identities(was, diag.Problem.String), identities(now, diag.Problem.String)
	if len(a) != len(b) {
		return false
	}
	for key, n := range a {
		if b[key] != n {
			return false
		}
	}
	return true
}

// difference says how many findings went, how many came. One that only moved is neither.
func difference(words checkWords, was, now []checked) string {
	a, b := identities(was, identity), identities(now, identity)
	fixed, came := 0, 0
	for key, n := range a {
		fixed += max(0, n-b[key])
	}
	for key, n := range b {
		came += max(0, n-a[key])
	}
	if fixed == 0 && came == 0 {
		return words.moved
	}
	return fmt.Sprintf(words.difference, fixed, came)
}

// identity is a finding without its lines.
func identity(p diag.Problem) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\x00%s\x00%s\x00%s", p.Place.File, p.Level(), p.Code, p.On)
	for _, d := range p.Details {
		fmt.Fprintf(&b, "\x00%s\x00%s", d.Kind, d.Text)
	}
	return b.String()
}

// identities counts findings.
func identities(all []checked, of func(diag.Problem) string) map[string]int {
	n := map[string]int{}
	for _, c := range all {
		for _, p := range c.problems {
			n[filepath.Clean(c.dir)+"\x00"+of(p)]++
		}
	}
	return n
}
