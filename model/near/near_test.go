package near

import (
	"fmt"
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

// What was asked before is remembered while the names are the same, and only then.
func TestAmong(t *testing.T) {
	first := Among([]string{"Tomcat", "Apache"}, nil)
	got := first.Names("Tomact")
	got[0] = "changed by who asked"
	if again := first.Names("Tomact"); !slices.Equal(again, []string{"Tomcat"}) {
		t.Errorf("the second time %q", again)
	}
	if Among([]string{"Tomcat", "Apache"}, first) != first {
		t.Error("the same names are prepared again")
	}
	if got := Among([]string{"Tomcat", "Apache", "Tomact2"}, first).Names("Tomact"); !slices.Equal(got, []string{"Tomact2", "Tomcat"}) {
		t.Errorf("among more names %q", got)
	}
}

// far never says more than the distance: nothing that resembles is left out.
func FuzzFar(f *testing.F) {
	f.Add("Tomcat", "Tomact")
	f.Add("web_app", "WebApp-2")
	f.Add("\x00pp", "é~")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 200 {
			t.Skip("names are short")
		}
		if least, d := far(letters(a), letters(b)), Distance(a, b, 200); least > d {
			t.Errorf("%q, %q: at least %d, is %d", a, b, least, d)
		}
	})
}

func BenchmarkNames(b *testing.B) {
	names := make([]string, 2000)
	for i := range names {
		names[i] = fmt.Sprintf("Component%d", i*7)
	}
	known := Among(names, nil)
	for b.Loop() {
		known.search("Compnent42")
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

// What was prepared for nearly the same names is taken over, and answers in the same way.
func TestAmongNearlyTheSame(t *testing.T) {
	names := []string{"Apache", "MySQL", "Tomcat", "Nginx", "HAProxy"}
	before := Among(names, nil)
	for k := range names {
		for _, change := range [][]string{{"Postgres"}, {}, {"Postgres", "mysql-2"}} {
			now := slices.Concat(names[:k], change, names[k+1:])
			for _, word := range []string{"MySql", "tomcatt", "Postgre", "hapro", "apache", "x"} {
				got, want := Among(now, before).Names(word), Names(word, now)
				if !slices.Equal(got, want) {
					t.Errorf("%q among %q: got %q, want %q", word, now, got, want)
				}
			}
		}
	}
}
