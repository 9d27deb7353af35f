package theme

import (
	"strconv"
	"strings"
)

// Choose gives the theme that fits a terminal. env looks a variable of the environment up; dark says what the terminal
// answered about its background.
//
// NO_COLOR takes the colours away; TERM=dumb and TERM=linux take characters outside ASCII away, so does a locale that is not
// UTF-8; curly underlines are drawn only by terminals known for them, since others print garbage.
func Choose(env func(string) string, dark bool) *Theme {
	t := Dark()
	switch {
	case env("NO_COLOR") != "" || env("TERM") == "dumb":
		t = Plain()
	case !dark:
		t = Light()
	}
	if onlyASCII(env) {
		if t.name == "plain" {
			return ASCII()
		}
		t = t.WithGlyphs(Basic())
	}
	return t.WithCurly(curls(env))
}

func onlyASCII(env func(string) string) bool {
	if term := env("TERM"); term == "dumb" || term == "linux" || strings.HasPrefix(term, "vt") {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8") && (v == "c" || v == "posix" || strings.Contains(v, "8859"))
		}
	}
	return false
}

// curls says whether a terminal draws curly underlines, or a plain one in their place.
func curls(env func(string) string) bool {
	if env("TERM_PROGRAM") == "Apple_Terminal" {
		return false
	}
	for _, known := range []string{"xterm-kitty", "alacritty", "foot", "wezterm", "xterm-ghostty", "contour", "tmux"} {
		if strings.HasPrefix(env("TERM"), known) {
			return true
		}
	}
	switch env("TERM_PROGRAM") {
	case "WezTerm", "ghostty", "iTerm.app", "vscode", "kitty", "tmux":
		return true
	}
	vte, err := strconv.Atoi(env("VTE_VERSION"))
	return err == nil && vte >= 5200
}
