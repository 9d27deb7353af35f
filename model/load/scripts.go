package load

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// The folders of the small languages (spec/model.md 3).
const (
	commandsDir = "commands"
	rulesDir    = "rules.autonomic"
	probesDir   = "probes"
)

// smallLanguage is one of them: every file of its folder is read, whoever names it.
type smallLanguage struct {
	dir, ext string
	wrong    diag.Code // for a file with another extension; "" when the rules of the language tell
	unread   diag.Code // for a file that cannot be read
}

var smallLanguages = []smallLanguage{
	{commandsDir, ".commands", diag.ProjInvalidCommandExt, diag.PIOError},
	{rulesDir, ".drl", diag.ProjInvalidRuleExt, diag.RuleIOError},
	{probesDir, "", "", diag.PIOError},
}

// readScripts reads commands, rules, probes (MOD-15, MOD-16, PRB-1). Their meaning is not the loader's business.
func (l *loader) readScripts() {
	for _, lang := range smallLanguages {
		folder := l.folder.path(lang.dir) + "/"
		for _, name := range l.Scripts {
			if !strings.HasPrefix(name, folder) {
				continue
			}
			err := l.readText(name)
			switch {
			case lang.wrong != "" && !strings.HasSuffix(name, lang.ext): // in that letter case (MOD-12)
				l.report(diag.Problem{Code: lang.wrong, Place: l.FirstLine(name)})
			case err != nil:
				l.report(diag.Problem{
					Code: lang.unread, Place: source.Place{File: name},
					Details: []diag.Detail{{Kind: diag.KindException, Text: err.Error()}},
				})
			}
		}
	}
}

// readText adds a file without a tree, or takes it from the previous result.
func (l *loader) readText(name string) error {
	if l.Files[name] != nil {
		return nil // a graph or instances file that strayed here
	}
	text, err := l.folder.read(name)
	if err != nil {
		return err
	}
	if l.prev != nil {
		if old := l.prev.Files[name]; old != nil && old.Text == text && old.Tree == nil {
			l.Files[name] = old
			return nil
		}
	}
	l.Files[name] = &File{Name: name, Text: text, Lines: source.NewLines(text)}
	return nil
}
