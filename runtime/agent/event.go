package agent

import (
	"encoding/json"
	"fmt"

	"github.com/roboconf/workbench/runtime/message"
	"github.com/roboconf/workbench/runtime/mind"
)

// Volatile says whether an event left nothing behind that a later process could need: whoever keeps the events of a mind, to replay
// them, leaves it out. saves says whether the step over it wished for a Save.
func Volatile(ev mind.Event, saves bool) bool {
	if saves {
		return false
	}
	switch ev := ev.(type) {
	case nil, Output, LogPart, mind.Returned:
		return true
	case mind.Woken:
		return ev.Timer == timerHeartbeat
	case mind.Delivered:
		_, cancels := ev.Msg.Body.(*message.OperationCancel) // it changes how the recipe in hand ends
		return !cancels
	}
	return false
}

// AppendEvent appends the form of an event for the disk: a letter, then JSON. raw is the wire form of the message of a Delivered, when
// it is at hand.
func AppendEvent(b []byte, ev mind.Event, raw []byte) ([]byte, error) {
	switch ev := ev.(type) {
	case mind.Delivered:
		return appendMessage(append(b, 'D'), ev.Msg, raw)
	case Ended:
		return appendForm(b, 'E', ev)
	case mind.Woken:
		return append(append(b, 'W'), ev.Timer...), nil
	case mind.Connected:
		return append(b, 'C'), nil
	case mind.Lost:
		return append(append(b, 'L'), ev.Reason...), nil
	case Stopping:
		return append(append(b, 'S'), ev.Reason...), nil
	case Looked:
		return appendForm(b, 'l', ev)
	case Kept:
		return appendForm(b, 'k', ev)
	case Written:
		return appendForm(b, 'w', ev)
	case Switched:
		form := switchedForm{Error: ev.Error}
		var err error
		if form.For, err = encodeMessage(ev.For); err != nil {
			return b, err
		}
		return appendForm(b, 's', form)
	}
	return b, fmt.Errorf("keep an event: no form for %T", ev)
}

type switchedForm struct {
	For   json.RawMessage
	Error string
}

func appendForm(b []byte, letter byte, v any) ([]byte, error) {
	form, err := json.Marshal(v)
	return append(append(b, letter), form...), err
}

func appendMessage(b []byte, m *message.Envelope, raw []byte) ([]byte, error) {
	if raw != nil {
		return append(b, raw...), nil
	}
	form, err := encodeMessage(m)
	return append(b, form...), err
}

// DecodeEvent reads what AppendEvent wrote.
func DecodeEvent(data []byte) (mind.Event, error) {
	if len(data) == 0 {
		return nil, fmt.Errorf("read an event: it is empty")
	}
	rest := data[1:]
	switch data[0] {
	case 'D':
		m, err := wide.Decode(rest)
		return mind.Delivered{Msg: m}, err
	case 'E':
		return fromForm[Ended](rest)
	case 'W':
		return mind.Woken{Timer: string(rest)}, nil
	case 'C':
		return mind.Connected{}, nil
	case 'L':
		return mind.Lost{Reason: string(rest)}, nil
	case 'S':
		return Stopping{Reason: string(rest)}, nil
	case 'l':
		return fromForm[Looked](rest)
	case 'k':
		return fromForm[Kept](rest)
	case 'w':
		return fromForm[Written](rest)
	case 's':
		form, err := fromForm[switchedForm](rest)
		if err != nil {
			return nil, err
		}
		m, err := wide.Decode(form.For)
		return Switched{For: m, Error: form.Error}, err
	}
	return nil, fmt.Errorf("read an event: no event begins with %q", data[0])
}

func fromForm[T any](data []byte) (v T, err error) {
	if err = json.Unmarshal(data, &v); err != nil {
		err = fmt.Errorf("read an event: %w", err)
	}
	return v, err
}

// Lasting says whether a message is part of the truth that others hold: it is sent until the broker has it, by a later process if need
// be (MS-72). The others only say how things are at a moment.
func Lasting(b message.Body) bool {
	switch b.(type) {
	case *message.InstanceChanged, *message.InstanceRemoved, *message.ImportAdd, *message.ImportRemove, *message.RequestResult, *message.ProbeEvent:
		return true
	}
	return false
}
