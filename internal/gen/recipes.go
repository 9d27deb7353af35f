package gen

import (
	"maps"
	"strings"
)

// speaking is a script that speaks of every variable of a generated graph, and takes its imports by name, so that none counts as
// unused.
const speaking = "# $ip $port $path $size $zone\n# for i in 1 2; do eval echo $importLists; done"

// WithRecipes adds what a sound application has beside its graph: scripts for software, a definition for each kind of machine.
func WithRecipes(files map[string]string) map[string]string {
	out := maps.Clone(files)
	for name, text := range files { // each component has a name of its own: the order does not matter
		if !strings.HasSuffix(name, ".graph") {
			continue
		}
		for line := range strings.SplitSeq(text, "\n") {
			c, header := strings.CutSuffix(line, " {")
			switch {
			case !header || strings.HasPrefix(line, "facet "):
			case !strings.HasPrefix(c, "Mac"): // machines, also when a test shortens their names
				for _, action := range []string{"start", "stop", "update"} {
					out["graph/"+c+"/scripts/"+action+".sh"] = "#!/bin/sh\n" + speaking + "\n"
				}
			default:
				out["graph/"+c+"/target.properties"] = "id = " + c + "\nname = " + c + "\nhandler = in-memory\n" + speaking + "\n"
			}
		}
	}
	return out
}
