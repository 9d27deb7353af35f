package message

import (
	"strings"
	"testing"
)

func TestNamesOfADomainBeginAlike(t *testing.T) {
	for _, domain := range []string{"default", "two words", "a.b", "#", strings.Repeat("long", 80)} {
		names := []string{
			UnroutedExchange(domain), DeadExchange(domain), DeadQueue(domain), UserName(domain, "shop", "/a"), Manager("").Exchange(domain),
			Manager("").Queue(domain), Agent("shop", "/"+strings.Repeat("x", 300)).Queue(domain), Importers("", "p", true).Exchange(domain),
		}
		seen := map[string]bool{}
		for _, name := range names {
			if !strings.HasPrefix(name, Prefix(domain)) || len(name) > 200 || seen[name] {
				t.Errorf("domain %q: %q does not begin with %q, is too long, or stands there twice", domain, name, Prefix(domain))
			}
			seen[name] = true
		}
	}
}
