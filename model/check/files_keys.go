package check

import (
	"slices"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// modernKeys are the keys of a descriptor (model.md 4.2).
var modernKeys = []string{
	load.KeyName, load.KeyVersion, load.KeyDescription, load.KeyDSL, load.KeyTags,
	load.KeyGraphEntry, load.KeyInstanceEntry, load.KeyExportsPrefix, load.KeyExports,
}

// applicationKeys are those of an application made from a template (model.md 4.3), beside older ones.
var applicationKeys = []string{"template-name", "template-version"}

// modernForms are the keys that took the place of older ones; "" where none did (dsl.md 10).
var modernForms = map[string]string{
	"application-name": load.KeyName, "application-version": load.KeyVersion, "application-qualifier": load.KeyVersion,
	"application-description": load.KeyDescription, "application-dsl-id": load.KeyDSL, "application-namespace": "",
}

var nearbyKeys = near.Among(modernKeys, nil)

// descriptorKeys: keys that mean nothing, older ones, those that are given twice (MOD-20, MOD-22).
func descriptorKeys(s *subject) (found []diag.Problem) {
	d := s.result.Descriptor
	if d == nil {
		return nil
	}
	// An application says its name with a key that is an older one in a template.
	_, isApplication := d.Find("template-name")
	for k, e := range d.Entries {
		at := source.Place{File: s.descriptorFile(), Span: e.KeySpan}
		modern, legacy := modernForms[e.Key]
		if winner, loses := winnerOver(d, k); loses {
			p := diag.Problem{Code: diag.XDuplicateDescriptorKey, Place: at, Details: []diag.Detail{detail(diag.KindName, e.Key)}}
			p.Related = related(source.Place{File: at.File, Span: winner.KeySpan}, diag.Say("this one counts"))
			p.Fixes = replace(diag.Say("Remove this line"), source.Place{File: at.File, Span: d.LineOf(e)}, "")
			found = append(found, p)
			continue
		}
		switch {
		case slices.Contains(modernKeys, e.Key), slices.Contains(applicationKeys, e.Key), legacy && isApplication:
		case legacy:
			found = append(found, s.legacyKey(e, modern, at))
		default:
			p := diag.Problem{Code: diag.XUnknownDescriptorKey, Place: at, Details: []diag.Detail{detail(diag.KindName, e.Key)}}
			if names := nearbyKeys.Names(e.Key); len(names) > 0 {
				load.Suggest(&p, e.Key, nearbyKeys, at)
			}
			found = append(found, p)
		}
	}
	return found
}

// winnerOver finds the entry that takes the value away from the one at a position: a later one with the same key, or the modern
// one.
func winnerOver(d *load.Properties, k int) (load.Entry, bool) {
	e := d.Entries[k]
	for _, later := range slices.Backward(d.Entries[k+1:]) {
		if later.Key == e.Key {
			return later, true
		}
	}
	if modern := modernForms[e.Key]; modern != "" {
		winner, ok := d.Find(modern)
		return winner, ok
	}
	return load.Entry{}, false
}

// legacyKey hints at a key of the first version, with its modern form.
func (s *subject) legacyKey(e load.Entry, modern string, at source.Place) diag.Problem {
	p := diag.Problem{Code: diag.XLegacySyntax, Place: at}
	if modern == "" {
		p.Fixes = replace(diag.Say("Remove this line"), source.Place{File: at.File, Span: s.result.Descriptor.LineOf(e)}, "")
	} else {
		p.Fixes = replace(diag.Say("Replace %s by %s", e.Key, modern), at, modern)
	}
	return p
}

// dsl is the only language that the tool reads.
const dsl = "roboconf-1.0"

// unknownDSL: the descriptor names another language (model.md 4.2).
func unknownDSL(s *subject) []diag.Problem {
	d := s.app.Descriptor
	if s.result.Descriptor == nil || d.DSL == "" || d.DSL == dsl {
		return nil
	}
	p := diag.Problem{Code: diag.XUnknownDSL, Place: s.onKey(load.KeyDSL), Details: []diag.Detail{detail(diag.KindValue, d.DSL)}}
	if e, _ := s.result.Descriptor.Key(load.KeyDSL); p.Place.Span == e.ValueSpan {
		p.Fixes = replace(diag.Say("Replace %s by %s", d.DSL, dsl), p.Place, dsl)
	}
	return []diag.Problem{p}
}
