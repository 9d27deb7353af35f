package diag

import (
	"iter"
	"strings"
)

// Info is what the catalogue knows of a code.
type Info struct {
	Category Category
	// Level is the level of every problem with this code, unless the project changes it (DIA-41).
	Level Level
	// Number is the position of the code in its category, from 0.
	Number int
}

type (
	family struct {
		category Category
		entries  []entry
	}
	entry struct {
		code  Code
		level Level
	}
)

var infos = index()

func index() map[Code]Info {
	m := make(map[Code]Info)
	for _, f := range catalogue {
		for n, e := range f.entries {
			m[e.code] = Info{Category: f.category, Level: e.level, Number: n}
		}
	}
	return m
}

// Lookup finds a code in the catalogue. An unknown code counts as a severe one of ours, after all others.
func Lookup(c Code) Info {
	if info, ok := infos[c]; ok {
		return info
	}
	return Info{Category: Extra, Level: Severe, Number: len(infos)}
}

// Known says whether the catalogue has the code.
func Known(c Code) bool {
	_, ok := infos[c]
	return ok
}

// Codes gives every code in the order of DIA-4.
func Codes() iter.Seq[Code] {
	return func(yield func(Code) bool) {
		for _, f := range catalogue {
			for _, e := range f.entries {
				if !yield(e.code) {
					return
				}
			}
		}
	}
}

// String is the name of the category in machine-readable output.
func (c Category) String() string {
	return [...]string{
		"PARSING", "PARSING_MODEL", "CONVERSION", "RUNTIME_MODEL", "PROJECT", "RECIPES",
		"COMMANDS", "RULES", "EXECUTION", "REST", "EXTRA",
	}[c]
}

// Ours says whether the code is one that the reference does not have (DIA-40).
func (c Code) Ours() bool { return strings.HasPrefix(string(c), "X_") }

// Level is how serious the problem is.
func (p Problem) Level() Level {
	if p.Set != 0 {
		return Level(p.Set - 1)
	}
	return Lookup(p.Code).Level
}

// Category is the family of the problem's code.
func (p Problem) Category() Category { return Lookup(p.Code).Category }

// Category is the family of the code.
func (c Code) Category() Category { return Lookup(c).Category }
