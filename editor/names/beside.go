package names

import "github.com/roboconf/workbench/editor/ask"

// beside collects the occurrences in the other applications that are open: they import what this one exports, or the reverse
// (MOD-133).
func (b *book) beside() {
	for _, other := range b.Beside {
		if other.Result == nil || other.Result.App == nil || other.Dir == b.dir {
			continue
		}
		one := newBook(ask.Ground{Result: other.Result})
		one.only, one.name, one.dir = true, b.name, other.Dir
		one.model()
		one.descriptor()
		b.out = append(b.out, one.out...)
	}
}
