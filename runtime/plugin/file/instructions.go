package file

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/roboconf/workbench/runtime/plugin/settings"
)

// instruction is a line of instructions.properties for the operation in hand.
type instruction struct {
	position int
	verb     string // download, move, copy, delete
	from, to string
	key      string
	line     int
}

// actions are the first words of keys.
var actions = []string{"deploy", "start", "update", "stop", "undeploy"}

// read takes the instructions of an operation by ascending position (PL-61). A line that is wrong is an error whatever its operation: what
// else was meant cannot be known.
func read(entries []settings.Entry, action string) (list []instruction, err error) {
	taken := map[string]int{} // lines by action, position
	for _, e := range entries {
		wrong := func(format string, args ...any) error {
			return fmt.Errorf("%s, line %d: %s: "+format, append([]any{instructions, e.Line, e.Key}, args...)...)
		}
		words := strings.Split(strings.ToLower(e.Key), ".")
		if len(words) != 3 {
			return nil, wrong("a key is an action, a position, a verb, as in deploy.1.copy")
		}
		position, bad := strconv.Atoi(words[1])
		switch {
		case !slices.Contains(actions, words[0]):
			return nil, wrong("%q is no action; they are %s", words[0], strings.Join(actions, ", "))
		case bad != nil || position < 1:
			return nil, wrong("the position %q is no positive number", words[1])
		}
		i := instruction{position: position, verb: words[2], key: e.Key, line: e.Line}
		if why := i.parameter(e.Value); why != "" {
			return nil, wrong("%s", why)
		}
		slot := words[0] + " " + strconv.Itoa(position)
		if other := taken[slot]; other > 0 {
			return nil, wrong("line %d has the same position", other)
		}
		taken[slot] = e.Line
		if words[0] == action {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b instruction) int { return cmp.Compare(a.position, b.position) })
	return list, nil
}

// parameter reads the value of an instruction; it says what is wrong with it.
func (i *instruction) parameter(value string) string {
	from, to, arrow := strings.Cut(value, "->")
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	switch i.verb {
	case "delete":
		i.from = strings.TrimSpace(value)
		if i.from == "" {
			return "it names nothing to delete"
		}
		return ""
	case "download":
		if from == "" || arrow && to == "" {
			return "its value is an address, or an address -> a file"
		}
	case "move", "copy":
		if !arrow || from == "" || to == "" || strings.Contains(to, "->") {
			return "its value is a file -> another"
		}
	default:
		return fmt.Sprintf("%q is no verb; they are download, move, copy, delete", i.verb)
	}
	i.from, i.to = from, to
	return ""
}
