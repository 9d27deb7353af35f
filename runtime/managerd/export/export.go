// Package export writes what runs as an instances file that people can read.
//
// It is a copy for people (MG-50): what the language cannot carry, such as a line break in a value, is left out (MG-51).
package export

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/syntax"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

// Run is what is known of one instance at run time (lifecycle.md 2.1).
type Run struct {
	State              lifecycle.State
	Machine            bool
	Address, MachineID string
	Since              int64 // epoch milliseconds of the first heartbeat; 0 when there is none
	Problem            string
}

// Text is the file: instances with their states and data, imports left out (manager.md 5.1).
func Text(roots []*model.Instance, of func(path string) Run) string {
	w := writer{of: of}
	for _, r := range roots {
		w.instance(r, "")
	}
	return syntax.Format(w.b.String())
}

type writer struct {
	b  strings.Builder
	of func(path string) Run
}

func (w *writer) instance(i *model.Instance, above string) {
	path := above + "/" + i.Name
	run := w.of(path)
	fmt.Fprintf(&w.b, "instance of %s {\n\tname: %s;\n", i.Component, i.Name)
	if len(i.Channels) > 0 {
		fmt.Fprintf(&w.b, "\tchannels: %s;\n", strings.Join(i.Channels, ", "))
	}
	fmt.Fprintf(&w.b, "\tinstance-state: %s;\n", run.State)
	if data := run.data(i.Data); len(data) > 0 {
		fmt.Fprintf(&w.b, "\tinstance-data: %s;\n", strings.Join(data, ", "))
	}
	for _, o := range i.Overrides {
		if value, ok := quoted(o.Value); ok && (model.IsFlexID(o.Name) || strings.Contains(o.Name, ".")) {
			fmt.Fprintf(&w.b, "\t%s: %s;\n", o.Name, value)
		}
	}
	for _, c := range i.Children {
		w.b.WriteString("\n")
		w.instance(c, path)
	}
	w.b.WriteString("}\n\n")
}

// data are the pairs of an instance, technical ones included, sorted by key.
func (r Run) data(own map[string]string) []string {
	set := maps.Clone(own)
	if set == nil {
		set = map[string]string{}
	}
	put := func(key, value string) {
		if value != "" {
			set[key] = value
		}
	}
	put("last.problem", r.Problem)
	if r.Machine {
		put("ip.address", r.Address)
		put("machine.id", r.MachineID)
		if r.Since > 0 {
			put("running.from", strconv.FormatInt(r.Since, 10))
		}
	}
	var list []string
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if plain(key) && plain(set[key]) && !strings.Contains(key, "=") {
			list = append(list, key+" = "+set[key])
		}
	}
	return list
}

// plain says whether a text can stand in a list of pairs.
func plain(s string) bool {
	return s == strings.TrimSpace(s) && s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || r == 0x7f || strings.ContainsRune(`,;{}#"`, r)
	})
}

// quoted is a text as the value of an override; false when it cannot be one.
func quoted(s string) (string, bool) {
	if plain(strings.ReplaceAll(s, ",", "")) {
		return s, true
	}
	odd := strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(`;{}#"`, r) })
	return `"` + s + `"`, !odd
}

// Write puts a text into a file, whole or not at all (MG-50).
func Write(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".new-")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error counts
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
