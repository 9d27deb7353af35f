// Package text is one buffer of text with cursors and an undo tree; it knows no screen.
package text
