package source

import "testing"

func TestLineEnd(t *testing.T) {
	for text, want := range map[string]string{
		"": "\n", "a": "\n", "a\nb\r\n": "\n", "a\r\nb\n": "\r\n", "\n\r\na\r\n": "\r\n", "\r\n\na\n": "\n", " \r\n": "\n",
	} {
		if got := LineEnd(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
