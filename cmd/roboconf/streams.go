package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// What is printed where: results go to out, talk (progress, counts, what was written) goes to err, so that the output of
// every command can be piped. An error is one line on err that says what was tried, on what, why it failed, what to do.

// streams are the ways in and out of a command.
type streams struct {
	in       io.Reader
	out, err io.Writer
	// color says whether out may get escape sequences.
	color bool
	// lang is the language asked for; nil, or the empty one, leaves it to the environment: see language.
	lang *tongue
}

func ownStreams() streams {
	return streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, color: colorful(os.Stdout, os.Getenv)}
}

// colorful says whether a person looks at a terminal that shows colours, and wants them.
func colorful(f *os.File, env func(string) string) bool {
	if env("NO_COLOR") != "" || env("TERM") == "dumb" {
		return false
	}
	return isTerminal(f)
}

// isTerminal says whether a stream is a device of characters: a terminal, or nothing.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// say tells something on the side.
func (s streams) say(format string, args ...any) {
	fmt.Fprintf(s.err, format+"\n", args...)
}

// The exit codes.
const (
	exitFine     = 0
	exitProblems = 1 // it ran, it found something wrong
	exitUse      = 2 // it could not run
)

// errProblems ends a command that ran well but has bad news, which it printed itself.
var errProblems = errors.New("problems found")
