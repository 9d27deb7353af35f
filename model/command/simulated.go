package command

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model"
)

// Instances are the components of instances by path: what a script sees of an application.
type Instances map[string]string

// Of gives the instances of an application.
func Of(roots []*model.Instance) Instances {
	all := make(Instances)
	for path, i := range model.Walk(roots) {
		if _, known := all[path]; !known {
			all[path] = i.Component
		}
	}
	return all
}

// simulated is the application as earlier instructions leave it (commands-rules-probes.md 2.7).
type simulated struct {
	of    Instances
	owned bool // of may be changed
	// start are the paths of the instances that there were, sorted; nil until somebody asks for them. An application has many of them
	// and a script touches few: what it makes is in added, sorted, what it takes away of the start is in gone.
	start, added []string
	gone         map[string]bool
	// deployed are the paths that an earlier instruction deploys (CMD-50).
	deployed map[string]bool
	// taken says of texts with an index how far indexes are known to be taken; nothing while something may have become free.
	taken map[string]int
}

func (s *simulated) has(path string) bool {
	_, ok := s.of[path]
	return ok
}

// list makes sure that the paths there were at the start are known.
func (s *simulated) list() {
	if s.start == nil && len(s.of) > 0 && !s.owned {
		s.start = slices.Sorted(maps.Keys(s.of))
	}
}

// sorted are all paths, sorted. They are not to be changed.
func (s *simulated) sorted() []string { return s.starting("") }

// starting are the paths with a prefix, sorted. They are not to be changed.
func (s *simulated) starting(prefix string) []string {
	s.list()
	old, added := stretch(s.start, prefix), stretch(s.added, prefix)
	if len(added) == 0 && len(s.gone) == 0 {
		return old
	}
	all := make([]string, 0, len(old)+len(added))
	for _, path := range old {
		for len(added) > 0 && added[0] < path {
			all, added = append(all, added[0]), added[1:]
		}
		if !s.gone[path] {
			all = append(all, path)
		}
	}
	return append(all, added...)
}

// stretch is the part of sorted texts that has a prefix.
func stretch(sorted []string, prefix string) []string {
	if prefix == "" {
		return sorted
	}
	first, _ := slices.BinarySearch(sorted, prefix)
	end := first
	for end < len(sorted) && strings.HasPrefix(sorted[end], prefix) {
		end++
	}
	return sorted[first:end]
}

// subtree are a path and what is below it, sorted.
func (s *simulated) subtree(path string) []string {
	below := s.starting(path + "/")
	if !s.has(path) {
		return below
	}
	return append([]string{path}, below...)
}

// instancesOf are the paths of the instances whose component is exactly that one, sorted.
func (s *simulated) instancesOf(component string) (paths []string) {
	for _, p := range s.sorted() {
		if s.of[p] == component {
			paths = append(paths, p)
		}
	}
	return paths
}

// own makes sure that the instances may be changed.
func (s *simulated) own() {
	s.list()
	if !s.owned {
		s.of, s.owned = maps.Clone(s.of), true
		if s.of == nil {
			s.of = make(Instances)
		}
	}
}

// set adds an instance, or gives it another component.
func (s *simulated) set(path, component string) {
	s.own()
	s.of[path] = component
	if _, known := slices.BinarySearch(s.start, path); known {
		delete(s.gone, path)
	} else if at, known := slices.BinarySearch(s.added, path); !known {
		s.added = slices.Insert(s.added, at, path)
	}
}

func (s *simulated) create(path, component string) { s.set(path, component) }

// replicate copies a root with what is below it.
func (s *simulated) replicate(path, name string) {
	for _, p := range s.subtree(path) {
		s.set("/"+name+p[len(path):], s.of[p])
	}
}

// rename moves a subtree (DEV-24). What was deployed still is.
func (s *simulated) rename(path, to string) {
	moved := s.subtree(path)
	components := make([]string, len(moved))
	deployed := make([]bool, len(moved))
	for i, p := range moved {
		components[i], deployed[i] = s.of[p], s.deployed[p]
	}
	s.remove(path)
	for i, p := range moved {
		s.set(to+p[len(path):], components[i])
		if deployed[i] {
			s.deployed[to+p[len(path):]] = true
		}
	}
}

// remove takes a subtree away.
func (s *simulated) remove(path string) {
	s.own()
	s.taken = nil
	for _, p := range s.subtree(path) {
		delete(s.of, p)
		delete(s.deployed, p)
		if at, made := slices.BinarySearch(s.added, p); made {
			s.added = slices.Delete(s.added, at, at+1)
			continue
		}
		if s.gone == nil {
			s.gone = make(map[string]bool)
		}
		s.gone[p] = true
	}
}

// deploy marks paths as deployed, or as not deployed any more.
func (s *simulated) deploy(paths []string, deployed bool) {
	if s.deployed == nil {
		s.deployed = make(map[string]bool)
	}
	for _, p := range paths {
		if deployed {
			s.deployed[p] = true
		} else {
			delete(s.deployed, p)
		}
	}
}

// free is the smallest number from 1 on for which no instance below a path, or at the root, has the name that a text gives with it.
func (s *simulated) free(under, value string) string {
	pieces := strings.Split(value, smartIndex)
	key := under + "/" + value
	path := []byte(under + "/")
	for i := s.taken[key] + 1; ; i++ {
		path = append(path[:len(under)+1], pieces[0]...)
		for _, piece := range pieces[1:] {
			path = append(strconv.AppendInt(path, int64(i), 10), piece...)
		}
		if _, known := s.of[string(path)]; !known {
			if s.taken == nil {
				s.taken = make(map[string]int)
			}
			s.taken[key] = i - 1
			return strconv.Itoa(i)
		}
	}
}

// indexes are the numbers that stand between a prefix and a suffix in the names of the instances directly below a path, sorted
// (CMD-42).
func (s *simulated) indexes(under, prefix, suffix string) (found []int) {
	start := under + "/" + prefix
	for _, path := range s.starting(start) {
		if strings.Contains(path[len(under)+1:], "/") {
			continue
		}
		if name, ok := strings.CutSuffix(path[len(start):], suffix); ok {
			if i, err := strconv.Atoi(name); err == nil && strconv.Itoa(i) == name && i >= 0 {
				found = append(found, i)
			}
		}
	}
	slices.Sort(found)
	return found
}

func parentOf(path string) string { return path[:strings.LastIndexByte(path, '/')] }
