package workspace

import (
	"io/fs"
	"maps"
	"slices"

	"github.com/roboconf/workbench/model/load"
)

var _ load.Successor = view{}

// Changed are the files whose text is not that of an earlier view of the folder, sorted. A file that nobody read counts when it was
// written again.
func (v view) Changed(since fs.FS) (names []string, known bool) {
	old, ok := since.(view)
	if !ok || old.disk.dir != v.disk.dir {
		return nil, false
	}
	changed := map[string]bool{}
	for _, pair := range [][2]map[string]overlay{{v.overlays, old.overlays}, {old.overlays, v.overlays}} {
		for name, o := range pair[0] {
			if other, laid := pair[1][name]; !laid || other.text != o.text {
				changed[name] = true
			}
		}
	}
	if v.disk != old.disk {
		for _, pair := range [][2]map[string]*file{{v.disk.files, old.disk.files}, {old.disk.files, v.disk.files}} {
			for name, f := range pair[0] {
				if other := pair[1][name]; other != f && !(other != nil && sameText(f, other)) {
					changed[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(changed)), true
}

// sameText says whether two states of a file are known to hold the same text.
func sameText(a, b *file) bool {
	text, read, _ := a.known()
	other, both, _ := b.known()
	return read && both && text == other
}
