package check

import (
	"slices"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// KnownInstallers are the installers of the platform: plug-ins, and the one that means "this is a machine" (plugins.md 1, PL-4).
func KnownInstallers() []string {
	return []string{"file", "logger", "puppet", "script", model.MachineInstaller}
}

// installerSpelling looks at the installer that a component sets itself.
func installerSpelling(s *subject, c *model.Component) []diag.Problem {
	if name := c.Installer.Name; name != model.MachineInstaller && strings.EqualFold(name, model.MachineInstaller) && !s.result.Recipe {
		if s.again = true; len(rootInstaller(s, c)) > 0 {
			return nil // what runs on nothing is told that it is no machine
		}
	}
	return s.installer(c.Name, c.Installer.Name, c.Place(c.Installer.Span))
}

func facetInstallerSpelling(s *subject, f *model.Facet) []diag.Problem {
	return s.installer(f.Name, f.Installer.Name, f.Place(f.Installer.Span))
}

func (s *subject) installer(owner, name string, at source.Place) []diag.Problem {
	switch {
	case name == "" || name == "script" || name == model.MachineInstaller:
		return nil
	case strings.EqualFold(name, model.MachineInstaller):
		p := onWord(diag.XTargetLetterCase, owner, at, detail(diag.KindValue, name))
		p.Fixes = replace(diag.Say("Replace %s by %s", name, model.MachineInstaller), at, model.MachineInstaller)
		return []diag.Problem{p}
	}
	known := slices.Concat(KnownInstallers(), s.settings.Installers)
	if slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) {
		return nil
	}
	p := onWord(diag.XUnknownInstaller, owner, at, detail(diag.KindName, name))
	if !at.IsZero() {
		load.Suggest(&p, name, near.Among(known, nil), at)
	}
	return []diag.Problem{p}
}
