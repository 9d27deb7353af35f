package near

import (
	"slices"
	"testing"
)

// DIA-45, DIA-46: the order of likeness.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		word  string
		known []string
		want  []string
	}{
		{"mysql", []string{"MySql", "Tomcat", "mysq"}, []string{"MySql", "mysq"}},
		{"web_app", []string{"webApp", "web-app", "web.app", "webAppp", "other"}, []string{"web-app", "web.app", "webApp"}},
		{"Tomact", []string{"Tomcat", "Apache"}, []string{"Tomcat"}},
		{"Serv", []string{"ServerFarm", "Server"}, []string{"Server", "ServerFarm"}},
		{"Serv", []string{"Service"}, []string{"Service"}},
		{"ab", []string{"abcdef"}, []string{}},
		{"abcdef", []string{"abcxyz"}, []string{}},
		{"abcdef", []string{"abcxef"}, []string{"abcxef"}},
		{"", []string{"a"}, nil},
		{"same", []string{"same"}, []string{}},
		{"twice", []string{"Twice", "Twice"}, []string{"Twice"}},
	} {
		if got := Names(c.word, c.known); !slices.Equal(got, c.want) {
			t.Errorf("Names(%q, %q) = %q, want %q", c.word, c.known, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		limit, want int
	}{
		{"", "", 3, 0},
		{"a", "", 3, 1},
		{"ab", "ba", 3, 1},
		{"kitten", "sitting", 5, 3},
		{"ca", "abc", 3, 3},
		{"abcd", "wxyz", 2, 3},
		{"abcdefgh", "a", 2, 3},
	} {
		if got := Distance(c.a, c.b, c.limit); got != c.want {
			t.Errorf("Distance(%q, %q, %d) = %d, want %d", c.a, c.b, c.limit, got, c.want)
		}
	}
}
