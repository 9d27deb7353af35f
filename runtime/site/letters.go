package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/roboconf/workbench/runtime/bus/amqp"
	"github.com/roboconf/workbench/runtime/site/control"
)

// LetterQuery says what to do with dead letters (messaging.md 15.4).
type LetterQuery struct {
	Do    string   `json:"do"` // list, show, replay or purge
	Names []string `json:"names,omitempty"`
	Most  int      `json:"most,omitempty"` // of a list
}

// Letters is what came of it: the letters of list and show, how many were replayed or purged.
type Letters struct {
	List  []amqp.Letter `json:"letters"`
	Count int           `json:"count"`
}

// letters does something with the dead letters of a deployment.
func (c *carrier) letters(ctx context.Context, domain string, q LetterQuery) (Letters, error) {
	dead, err := amqp.OpenDeadLetters(amqp.Config{Settings: c.settings}, domain)
	if err != nil {
		return Letters{}, err
	}
	out := Letters{List: []amqp.Letter{}}
	switch q.Do {
	case "list":
		var list []amqp.Letter
		list, err = dead.List(ctx, q.Most)
		out.List = append(out.List, list...)
	case "show":
		for _, name := range q.Names {
			var one amqp.Letter
			if one, err = dead.Show(ctx, name); err != nil {
				return out, err
			}
			out.List = append(out.List, one)
		}
	case "replay":
		out.Count, err = dead.Replay(ctx, q.Names...)
	case "purge":
		out.Count, err = dead.Purge(ctx, q.Names...)
	default:
		err = fmt.Errorf("do %q with dead letters: there are list, show, replay, purge", q.Do)
	}
	return out, err
}

// DeadLetters asks for the dead letters of a deployment. A broker of ours runs only while an up does; somebody else's is asked directly.
func DeadLetters(ctx context.Context, f Folder, q LetterQuery) (Letters, error) {
	var out Letters
	err := control.Ask(ctx, f.Socket(), "letters", q, func(part json.RawMessage) error { return json.Unmarshal(part, &out) })
	if !errors.Is(err, control.ErrNobody) {
		return out, err
	}
	if ours(f.Broker) {
		return out, fmt.Errorf("look at the dead letters of %s: its broker runs only while roboconf up does; start that in another terminal", f.Name)
	}
	s, err := readSecrets(f)
	if err != nil {
		return out, err
	}
	settings, err := addressed(s.Address)
	if err != nil {
		return out, err
	}
	return (&carrier{settings: settings}).letters(ctx, f.Domain, q)
}
