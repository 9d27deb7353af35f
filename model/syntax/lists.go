package syntax

import (
	"strings"

	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/source"
)

// Piece is one item of a list, trimmed. Its span is relative to the value; that of an empty piece is empty.
type Piece struct {
	Text string
	Span source.Span
}

// Fault is something wrong in a value: the code, the word concerned, and where it stands in the value.
type Fault struct {
	Code diag.Code
	Text string
	Span source.Span
}

// SplitList splits a value on its commas (DSL-45). Empty pieces at the end are dropped before pieces are trimmed: extra
// covers their commas. Other empty pieces are given: they are mistakes nearly everywhere.
func SplitList(value string) (pieces []Piece, extra source.Span) {
	end := len(value)
	for end > 0 && value[end-1] == ',' {
		end--
	}
	extra = source.Span{Start: end, End: len(value)}
	if end == 0 {
		return nil, extra
	}
	for at := 0; at <= end; {
		n := strings.IndexByte(value[at:end], ',')
		if n < 0 {
			n = end - at
		}
		start, stop := trim(value, at, at+n)
		pieces = append(pieces, Piece{value[start:stop], source.Span{Start: start, End: stop}})
		at += n + 1
	}
	return pieces, extra
}
