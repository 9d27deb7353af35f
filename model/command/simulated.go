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
	// deployed are the paths that an earlier instruction deploys (CMD-50).
	deployed map[string]bool
}

func (s *simulated) has(path string) bool {
	_, ok := s.of[path]
	return ok
}

func (s *simulated) change() Instances {
	if !s.owned {
		s.of, s.owned = maps.Clone(s.of), true
		if s.of == nil {
			s.of = make(Instances)
		}
	}
	return s.of
}

// subtree are a path and what is below it, sorted.
func (s *simulated) subtree(path string) (paths []string) {
	for p := range s.of {
		if p == path || strings.HasPrefix(p, path+"/") {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}

// instancesOf are the paths of the instances whose component is exactly that one, sorted.
func (s *simulated) instancesOf(component string) (paths []string) {
	for p, c := range s.of {
		if c == component {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}

func (s *simulated) create(path, component string) { s.change()[path] = component }

// replicate copies a root with what is below it.
func (s *simulated) replicate(path, name string) {
	for _, p := range s.subtree(path) {
		s.change()["/"+name+p[len(path):]] = s.of[p]
	}
}

// rename moves a subtree (DEV-24). What was deployed still is.
func (s *simulated) rename(path, to string) {
	all := s.change()
	for _, p := range s.subtree(path) {
		all[to+p[len(path):]] = all[p]
		delete(all, p)
		if s.deployed[p] {
			s.deployed[to+p[len(path):]] = true
			delete(s.deployed, p)
		}
	}
}

func (s *simulated) remove(path string) {
	for _, p := range s.subtree(path) {
		delete(s.change(), p)
		delete(s.deployed, p)
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

// free is the smallest number from 1 on for which no instance below a path, or at the root, has the name that it gives.
func (s *simulated) free(under string, name func(index string) string) string {
	for i := 1; ; i++ {
		if index := strconv.Itoa(i); !s.has(under + "/" + name(index)) {
			return index
		}
	}
}

// indexes are the numbers that stand between a prefix and a suffix in the names of the instances directly below a path, sorted
// (CMD-42).
func (s *simulated) indexes(under, prefix, suffix string) (found []int) {
	for p := range s.of {
		name, ok := strings.CutPrefix(p, under+"/"+prefix)
		if !ok || strings.Contains(p[len(under)+1:], "/") {
			continue
		}
		if name, ok = strings.CutSuffix(name, suffix); ok {
			if i, err := strconv.Atoi(name); err == nil && strconv.Itoa(i) == name && i >= 0 {
				found = append(found, i)
			}
		}
	}
	slices.Sort(found)
	return found
}

func parentOf(path string) string { return path[:strings.LastIndexByte(path, '/')] }
