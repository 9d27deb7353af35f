// Package tint keeps the colour of each byte of a text.
package tint

import (
	"github.com/roboconf/workbench/model/source"
	"github.com/roboconf/workbench/model/syntax"
)

// Canvas is a text whose bytes have colours. The zero colour is syntax.ClassPlain.
type Canvas struct {
	text    string
	classes []syntax.Class
}

// New is a text without colours.
func New(text string) *Canvas {
	return &Canvas{text: text, classes: make([]syntax.Class, len(text))}
}

// Paint colours a part of the text; what lies outside of it is left out. A later colour covers an earlier one.
func (c *Canvas) Paint(s source.Span, class syntax.Class) {
	for i := max(0, s.Start); i < min(s.End, len(c.classes)); i++ {
		c.classes[i] = class
	}
}

// Tokens are the pieces of one colour, in order: together they are the text, every byte of it.
func (c *Canvas) Tokens() []syntax.Token {
	var out []syntax.Token
	start := 0
	for i := 1; i <= len(c.classes); i++ {
		if i == len(c.classes) || c.classes[i] != c.classes[start] {
			out = append(out, syntax.Token{Span: source.Span{Start: start, End: i}, Class: c.classes[start]})
			start = i
		}
	}
	return out
}

// Text puts the tokens together again.
func (c *Canvas) Text() string {
	var b []byte
	for _, t := range c.Tokens() {
		b = append(b, t.Span.Of(c.text)...)
	}
	return string(b)
}
