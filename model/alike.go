package model

// names stands for what a graph says by names: two graphs that share one have the same types, which refer to each other, import,
// export, are installed in the same way. They may differ in values and in places.
type names struct{ _ byte }

// Alike says that two graphs, one updated from the other, have the same types, with the same references, imports, installers, names
// of exports. Of graphs that were made apart it knows nothing.
func (g *Graph) Alike(other *Graph) bool { return other != nil && g.names == other.names }

// sameInstallers says whether the changed types keep theirs.
func (g *Graph) sameInstallers(old *Graph, changed, changedF []int32) bool {
	for _, r := range changed {
		if old.sorted[r].Installer.Name != g.sorted[r].Installer.Name {
			return false
		}
	}
	for _, r := range changedF {
		if old.sortedF[r].Installer.Name != g.sortedF[r].Installer.Name {
			return false
		}
	}
	return true
}
