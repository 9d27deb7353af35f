package check

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/source"
)

// SettingsFile says how the application around it is checked (DIA-41, DIA-42): a properties file whose keys are codes of ours, each
// with a level or off, and a few others. Its name is relative to the application's folder.
const SettingsFile = ".roboconf/check"

// DefaultMaxInstances is how many instances an application may have before the copies that it asks for are warned about.
const DefaultMaxInstances = 10_000

// The keys of the settings that are no codes.
const (
	keyProfile      = "profile"
	keyMaxInstances = "instances.max"
	keyInstallers   = "installers"
)

// The values that settings know, beside levels.
const (
	valueOff    = "off"
	valueOn     = "on"
	valueStrict = "strict"
)

// Settings are what an application says of its own checks. The zero value is that of an application that says nothing.
type Settings struct {
	// Strict is the profile of those whose model the reference reads too (DIA-42).
	Strict bool
	// MaxInstances bounds the instances that copies may bring the application to; 0 for DefaultMaxInstances.
	MaxInstances int
	// Installers are known beside those of the platform.
	Installers []string

	levels map[diag.Code]diag.Setting
	off    map[diag.Code]bool
}

// ReadSettings reads the settings of an application. What is wrong in them is told, and does not count; the findings have their
// ranges. A folder without settings gives the zero Settings.
func ReadSettings(fsys fs.FS) (Settings, []diag.Problem) {
	if fsys == nil {
		return Settings{}, nil
	}
	text, err := readText(fsys, SettingsFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Settings{}, nil
	case err != nil:
		return Settings{}, []diag.Problem{{
			Code: diag.PIOError, Place: source.Place{File: SettingsFile},
			Details: []diag.Detail{detail(diag.KindException, err.Error())},
		}}
	}
	return parseSettings(text)
}

// Loading completes the options of a loading with what the settings of the folder ask for: more instances than are loaded otherwise.
func Loading(fsys fs.FS, o load.Options) load.Options {
	if s, _ := ReadSettings(fsys); o.MaxInstances == 0 && s.MaxInstances > load.DefaultMaxInstances {
		o.MaxInstances = s.MaxInstances
	}
	return o
}

// readText asks a snapshot first: it knows unsaved text, and copies nothing.
func readText(fsys fs.FS, name string) (string, error) {
	if s, ok := fsys.(load.Snapshot); ok {
		if text, ok := s.Text(name); ok {
			return text, nil
		}
	}
	data, err := fs.ReadFile(fsys, name)
	return string(data), err
}

func parseSettings(text string) (Settings, []diag.Problem) {
	r := settingsReader{
		Settings: Settings{levels: make(map[diag.Code]diag.Setting), off: make(map[diag.Code]bool)},
		lines:    source.NewLines(text),
	}
	p, _ := load.ParseProperties(text) // what is wrong is told below
	for k, e := range p.Entries {
		r.entry(e)
		if slices.ContainsFunc(p.Entries[:k], func(other load.Entry) bool { return other.Key == e.Key }) {
			r.refuse(e.KeySpan, e.Key, nil)
		}
	}
	for _, f := range p.Faults {
		r.refuse(f.Span, f.Error(), nil)
	}
	return r.Settings, r.found
}

// settingsReader is settings in the making.
type settingsReader struct {
	Settings
	lines *source.Lines
	found []diag.Problem
}

// refuse tells about a word that means nothing, and which ones would.
func (r *settingsReader) refuse(at source.Span, word string, expected []string) {
	place := source.Place{File: SettingsFile, Span: at}
	p := diag.Problem{
		Code: diag.XSetting, Place: place, Range: r.lines.Range(at), Details: []diag.Detail{detail(diag.KindUnrecognized, word)},
	}
	for _, e := range expected {
		p.Details = append(p.Details, detail(diag.KindExpected, e))
	}
	if names := near.Names(word, expected); len(names) > 0 {
		load.Suggest(&p, word, near.Among(expected, nil), place)
		p.Related[0].Range = p.Range
	}
	r.found = append(r.found, p)
}

func (r *settingsReader) entry(e load.Entry) {
	switch e.Key {
	case keyProfile:
		if r.Strict = e.Value == valueStrict; !r.Strict {
			r.refuse(e.ValueSpan, e.Value, []string{valueStrict})
		}
	case keyMaxInstances:
		n, err := strconv.Atoi(e.Value)
		if err != nil || n < 1 {
			r.refuse(e.ValueSpan, e.Value, []string{strconv.Itoa(DefaultMaxInstances)})
			return
		}
		r.MaxInstances = n
	case keyInstallers:
		for name := range strings.SplitSeq(e.Value, ",") {
			if name = strings.TrimSpace(name); name != "" {
				r.Installers = append(r.Installers, name)
			}
		}
	default:
		r.level(e)
	}
}

// level reads the setting of a code. Those of the reference keep their level (DIA-41).
func (r *settingsReader) level(e load.Entry) {
	code := diag.Code(e.Key)
	if !code.Ours() || !diag.Known(code) {
		r.refuse(e.KeySpan, e.Key, nearKeys(e.Key))
		return
	}
	delete(r.off, code)
	switch e.Value {
	case valueOff:
		r.off[code] = true
		delete(r.levels, code)
	case valueOn:
		r.levels[code] = diag.SetTo(diag.Lookup(code).Level)
	case diag.Hint.String(), diag.Warning.String(), diag.Severe.String():
		for l := diag.Severe; l <= diag.Hint; l++ {
			if l.String() == e.Value {
				r.levels[code] = diag.SetTo(l)
			}
		}
	default:
		r.refuse(e.ValueSpan, e.Value, []string{valueOff, diag.Hint.String(), diag.Warning.String(), diag.Severe.String()})
	}
}

// nearKeys are the keys that a misspelt one may stand for, else the few that are no codes.
func nearKeys(word string) []string {
	known := []string{keyProfile, keyMaxInstances, keyInstallers}
	for code := range diag.Codes() {
		if code.Ours() {
			known = append(known, string(code))
		}
	}
	if names := near.Names(word, known); len(names) > 0 {
		return names
	}
	return known[:3]
}

// wants says whether a rule that is off by default was switched on.
func (s Settings) wants(code diag.Code) bool { return s.levels[code] != 0 }

// apply gives findings the levels that the application, or the strict profile, wants them to have.
func (s Settings) apply(found []diag.Problem, strict bool) []diag.Problem {
	if len(s.levels)+len(s.off) == 0 && !strict {
		return found
	}
	out := found[:0]
	for _, p := range found {
		if s.off[p.Code] {
			continue
		}
		switch set := s.levels[p.Code]; {
		case set != 0:
			p.Set = set
		case strict && p.Level() == diag.Hint && portability[p.Code]:
			p.Set = diag.SetTo(diag.Warning)
		}
		out = append(out, p)
	}
	return out
}

// portability are the hints about what the reference reads otherwise, or refuses (DIA-42, diagnostics.md 4.1).
var portability = map[diag.Code]bool{
	diag.XByteOrderMark: true, diag.XHashInQuotes: true, diag.XLegacySyntax: true, diag.XInstanceOfSpacing: true, diag.XExtraBracket: true,
	diag.XTrailingComma: true, diag.XTrailingBlanks: true, diag.XSuspiciousName: true, diag.XNameTrailingBlank: true,
	diag.XMixedLineEnds: true, diag.XSimilarNames: true,
	diag.XRandomInherited: true, diag.XEmptyDefault: true,
	diag.XCmdGeneratorOutsideDefine: true, diag.XCmdAmbiguousSeparator: true, diag.XCmdHashEscape: true, diag.XCmdExtension: true,
	diag.XRuleExtension: true, diag.XProbeExtension: true,
}
