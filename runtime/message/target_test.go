package message

import (
	"slices"
	"strings"
	"testing"
)

// messaging.md 15.1: names and keys, byte for byte.
func TestTargetNames(t *testing.T) {
	long := strings.Repeat("n", 300)
	tests := []struct {
		to                   Target
		exchange, key, queue string
	}{
		{Manager("my shop"), "rbc.default.manager", "app.my%20shop", "rbc.default.q.manager"},
		{Agent("shop", "/a.b/c"), "rbc.default.app.shop", "machine.a%2Eb.c", "rbc.default.q.agent.shop.a%2Eb.c"},
		{Agent("shop", "/a/b.c"), "rbc.default.app.shop", "machine.a.b%2Ec", "rbc.default.q.agent.shop.a.b%2Ec"},
		{Importers("shop", "MySQL", false), "rbc.default.app.shop", "import.MySQL", ""},
		{Exporters("shop", "My*#", false), "rbc.default.app.shop", "export.My%2A%23", ""},
		{Importers("shop", "Lb", true), "rbc.default.interapp", "import.Lb", ""},
		{Exporters("other", "Lb", true), "rbc.default.interapp", "export.Lb", ""},
	}
	for _, test := range tests {
		if e, k, q := test.to.Exchange("default"), test.to.Key(), test.to.Queue("default"); e != test.exchange || k != test.key || q != test.queue {
			t.Errorf("%+v: %q, %q, %q", test.to, e, k, q)
		}
	}
	key := Agent("shop", "/"+long).Key()
	if len(key) != 150+1+32 || !strings.HasPrefix(key, "machine.nnn") || key[150] != '~' {
		t.Errorf("a long key is %q", key)
	}
	if key == Agent("shop", "/"+long+"m").Key() {
		t.Error("two long paths have one key")
	}
	if Importers("a", "Lb", true) != Importers("b", "Lb", true) {
		t.Error("an external prefix belongs to an application")
	}
}

// messaging.md 15.1: no two paths share a key.
func FuzzTargetKey(f *testing.F) {
	f.Add("/a.b/c", "/a/b.c")
	f.Add("/a b", "/a%20b")
	f.Add("/"+strings.Repeat("x", 199), "/"+strings.Repeat("x", 200))
	f.Fuzz(func(t *testing.T, x, y string) {
		if x == y || !strings.HasPrefix(x, "/") || !strings.HasPrefix(y, "/") {
			return
		}
		if Agent("a", x).Key() == Agent("a", y).Key() {
			t.Errorf("%q and %q share the key %q", x, y, Agent("a", x).Key())
		}
	})
}

func TestTargetOrder(t *testing.T) {
	list := []Target{
		Exporters("", "B", true), Exporters("a", "B", false), Importers("b", "A", false), Importers("a", "B", false),
		Importers("a", "A", false), Agent("a", "/y"), Agent("a", "/x"), Manager("b"), Manager("a"),
	}
	slices.SortFunc(list, Target.Compare)
	for i := 1; i < len(list); i++ {
		if list[i-1].Compare(list[i]) >= 0 || list[i].Compare(list[i-1]) <= 0 {
			t.Errorf("%+v and %+v are not ordered", list[i-1], list[i])
		}
	}
	if list[0] != Manager("a") || !list[0].Direct() || list[len(list)-1].Direct() {
		t.Errorf("ordered as %+v", list)
	}
}

// messaging.md 12: ids are UUIDs, unique, the same for the same epoch and count.
func TestIDs(t *testing.T) {
	a, b, c := NewIDs("one", 0), NewIDs("two", 0), NewIDs("one", 2)
	seen := map[string]bool{}
	for range 1000 {
		for _, id := range []string{a.Next(), b.Next()} {
			if seen[id] || !isID(id) || id[14] != '8' || !strings.ContainsAny(id[19:20], "89ab") {
				t.Fatalf("id %q", id)
			}
			seen[id] = true
		}
	}
	again := NewIDs("one", 0)
	again.Next()
	again.Next()
	if again.Next() != c.Next() {
		t.Error("the count does not decide the id")
	}
	for _, bad := range []string{"", "x", strings.Repeat("0", 36), "00000000-0000-0000-0000-00000000000g"} {
		if isID(bad) {
			t.Errorf("%q is taken for a UUID", bad)
		}
	}
}

func TestWhyInWords(t *testing.T) {
	kinds := []WhyKind{
		WhyRequest, WhyModel, WhyImportAdded, WhyImportChanged, WhyImportLost, WhyMissing, WhyParentWaits, WhyParentStarted,
		WhyAncestor, WhyRecipe, WhyFailed, WhyInterrupted, WhyReboot, WhyReset, WhyReport,
	}
	seen := map[string]bool{"": true}
	for _, k := range kinds {
		words := Why{Kind: k, Prefix: "P", Path: "/p", Detail: "start"}.String()
		if seen[words] || words == string(k) && k != WhyModel {
			t.Errorf("%s is said as %q", k, words)
		}
		seen[words] = true
	}
	if (Why{}).String() != "" {
		t.Error("nobody said why, in words")
	}
}

func TestDigestOrder(t *testing.T) {
	x, y := [2]string{"/a", "A"}, [2]string{"/b", "B"}
	if Digest([][2]string{x, y}) != Digest([][2]string{y, x}) || Digest([][2]string{x}) == Digest([][2]string{y}) {
		t.Error("a digest depends on the order, or on nothing")
	}
}

func BenchmarkNextID(b *testing.B) {
	ids := NewIDs("epoch", 0)
	b.ReportAllocs()
	for b.Loop() {
		ids.Next()
	}
}
