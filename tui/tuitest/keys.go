package tuitest

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// named are the keys that are called by a word.
var named = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	"insert": tea.KeyInsert, "space": tea.KeySpace, "left": tea.KeyLeft, "right": tea.KeyRight, "up": tea.KeyUp,
	"down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6,
	"f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10, "f11": tea.KeyF11, "f12": tea.KeyF12,
}

var modifiers = map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "shift": tea.ModShift, "alt": tea.ModAlt}

// PressAll gives keys to the Update of a pane, one after the other, and gathers what it wants.
func PressAll[T any](update func(tea.Msg) []T, names ...string) (all []T) {
	for _, n := range names {
		all = append(all, update(Press(n))...)
	}
	return all
}

// Press gives the message of a key by the name that Bubble Tea has for it: "f5", "ctrl+s", "shift+left", "a", "?".
func Press(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	rest := name
	for {
		head, tail, more := strings.Cut(rest, "+")
		mod, known := modifiers[head]
		if !more || !known || tail == "" {
			break
		}
		k.Mod |= mod
		rest = tail
	}
	if code, ok := named[rest]; ok {
		k.Code = code
		if rest == "space" && k.Mod == 0 {
			k.Text = " "
		}
		return k
	}
	k.Code, _ = utf8.DecodeRuneInString(rest)
	if k.Mod == 0 {
		k.Text = rest
	}
	return k
}

// typed gives the key that types a character; the end of a line is the key Enter.
func typed(r rune) tea.KeyPressMsg {
	switch r {
	case '\n':
		return Press("enter")
	case '\t':
		return Press("tab")
	case ' ':
		return Press("space")
	}
	return tea.KeyPressMsg{Code: r, Text: string(r)}
}
