package widget

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"github.com/roboconf/workbench/tui/cell"
	"github.com/roboconf/workbench/tui/theme"
)

// Input is a field for one line of text. The zero value is empty.
type Input struct {
	Text string
	at   int // offset of the cursor in bytes, at the border of a grapheme
	left int // first column in sight
	// proposed says that the text is one to take or to replace: what is typed first takes its place.
	proposed bool
}

// Set puts a text with the cursor after it.
func (i *Input) Set(text string) { i.Text, i.at, i.proposed = text, len(text), false }

// Propose puts a text that the first letter typed replaces; whoever moves the cursor changes it instead.
func (i *Input) Propose(text string) {
	i.Set(text)
	i.proposed = text != ""
}

// Update takes a key or a paste; it says whether the field made use of it.
func (i *Input) Update(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		i.insert(strings.Join(strings.Fields(msg.Content), " "))
		return true
	case tea.KeyPressMsg:
		return i.key(msg)
	}
	return false
}

func (i *Input) key(msg tea.KeyPressMsg) bool {
	if key := msg.String(); i.proposed && (key == "backspace" || key == "delete") {
		i.Set("")
		return true
	}
	if msg.Text == "" {
		i.proposed = false
	}
	switch msg.String() {
	case "left":
		i.at -= len(i.before())
	case "right":
		i.at += len(i.after())
	case "home", "ctrl+a":
		i.at = 0
	case "end":
		i.at = len(i.Text)
	case "backspace":
		n := len(i.before())
		i.Text, i.at = i.Text[:i.at-n]+i.Text[i.at:], i.at-n
	case "delete":
		i.Text = i.Text[:i.at] + i.Text[i.at+len(i.after()):]
	case "ctrl+u":
		i.Text, i.at = i.Text[i.at:], 0
	case "ctrl+w":
		head := strings.TrimRightFunc(i.Text[:i.at], unicode.IsSpace)
		cut := strings.LastIndexFunc(head, unicode.IsSpace) + 1
		i.Text, i.at = i.Text[:cut]+i.Text[i.at:], cut
	default:
		if msg.Text == "" {
			return false
		}
		i.insert(msg.Text)
	}
	return true
}

func (i *Input) insert(text string) {
	if i.proposed {
		i.Set("")
	}
	i.Text, i.at = i.Text[:i.at]+text+i.Text[i.at:], i.at+len(text)
}

// before is the grapheme left of the cursor, after the one under it.
func (i *Input) before() string {
	last := ""
	cell.Graphemes(i.Text[:i.at], func(_ int, g string, _ int) bool { last = g; return true })
	return last
}

func (i *Input) after() string {
	first := ""
	cell.Graphemes(i.Text[i.at:], func(_ int, g string, _ int) bool { first = g; return false })
	return first
}

// Draw paints the field over the width of a grid and gives the column of the cursor. hint stands there while it is empty.
func (i *Input) Draw(g *cell.Grid, t *theme.Theme, hint string) int {
	w, _ := g.Size()
	at := cell.Width(i.Text[:i.at])
	if at < i.left {
		i.left = at
	}
	if at >= i.left+w {
		i.left = at - w + 1
	}
	if i.Text == "" {
		g.Put(0, 0, cell.Cut(hint, w, t.Glyphs().Ellipsis), t.Style(theme.Muted))
		return 0
	}
	style := t.Style(theme.Text)
	if i.proposed {
		style = t.On(style, theme.Selection)
	}
	g.Put(-i.left, 0, i.Text, style)
	return at - i.left
}
