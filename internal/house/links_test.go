package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)#:]+)\)`)

// A document that names a page which is not there sends a newcomer into the void.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "samples/*/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range link.FindAllStringSubmatch(string(text), -1) {
				if _, err := os.Stat(filepath.Join(filepath.Dir(file), found[1])); err != nil {
					t.Errorf("%s leads to %s, which is not there", file, found[1])
				}
			}
		}
	}
}

// ARCHITECTURE.md names the folders of the tree; one that is gone must go there too.
func TestTheTreeIsThatOfToday(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ours(t) {
		last := p.Name[strings.LastIndex(p.Name, "/")+1:]
		if top, _, _ := strings.Cut(p.Name, "/"); top != "internal" && !strings.HasSuffix(last, "test") && !strings.Contains(string(text), last) {
			t.Errorf("ARCHITECTURE.md does not speak of %s", p.Name)
		}
	}
}
