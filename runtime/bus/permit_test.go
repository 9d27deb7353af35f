package bus

import (
	"regexp"
	"strings"
	"testing"

	"github.com/roboconf/workbench/runtime/message"
)

func TestAgentsReachTheirOwnQueueAlone(t *testing.T) {
	long := "/" + strings.Repeat("x", 300)
	agents := [][3]string{
		{"default", "shop", "/a"},
		{"default", "shop", "/a.b"},
		{"default", "shop", "/a/b"},
		{"default", "shop", "/aXb"},
		{"default", "shop", "/ab"},
		{"default", "shop", "/.*"},
		{"default", "sho", "/a"},
		{"default", "shop.a", "/a"},
		{"other", "shop", "/a"},
		{"default", "shop", long + "1"},
		{"default", "shop", long + "2"},
		{"d.*", "shop", "/a"},
		{"default", "manager", "/q"},
	}
	users := map[string]bool{}
	for _, a := range agents {
		account := AgentAccount(a[0], a[1], a[2])
		if users[account.Name] || account.Password != "" {
			t.Errorf("the user %q exists twice, or has a password nobody chose", account.Name)
		}
		users[account.Name] = true
		for _, b := range agents {
			queue := message.Agent(b[1], b[2]).Queue(b[0])
			for right, expr := range map[string]string{"configure": account.Configure, "write": account.Write, "read": account.Read} {
				if got, want := regexp.MustCompile(expr).MatchString(queue), a == b; got != want {
					t.Errorf("the agent %v may %s the queue of %v: %v, want %v", a, right, b, got, want)
				}
			}
		}
		for name, want := range map[string]string{ // rights: configure, write, read
			message.Manager("").Queue(a[0]):    "",
			message.DeadQueue(a[0]):            "",
			"":                                 "",
			"amq.default":                      "",
			message.Manager("").Exchange(a[0]): "cw",
			message.DeadExchange(a[0]):         "cw",
			message.UnroutedExchange(a[0]):     "cw",
			message.Importers("", "P", true).Exchange(a[0]):        "cwr",
			message.Importers(a[1], "P", false).Exchange(a[0]):     "cwr",
			message.Importers(a[1]+"x", "P", false).Exchange(a[0]): "",
		} {
			if got := rights(account, name); got != want {
				t.Errorf("the agent %v has the rights %q on %q, want %q", a, got, name, want)
			}
		}
	}
}

func rights(a Account, name string) (got string) {
	for i, expr := range []string{a.Configure, a.Write, a.Read} {
		if regexp.MustCompile(expr).MatchString(name) {
			got += "cwr"[i : i+1]
		}
	}
	return got
}

func TestManagersOwnTheirDomain(t *testing.T) {
	m := ManagerAccount("a")
	for name, want := range map[string]string{
		message.Manager("").Queue("a"): "cwr", message.Agent("x", "/y z").Queue("a"): "cwr", message.DeadQueue("a"): "cwr",
		message.Manager("").Queue("b"): "", message.Manager("").Queue("a.b"): "", message.Manager("").Queue("ab"): "", "amq.default": "", "": "",
	} {
		if got := rights(m, name); got != want {
			t.Errorf("the manager has the rights %q on %q, want %q", got, name, want)
		}
	}
	if ManagerAccount("").Name != ManagerAccount("default").Name {
		t.Error("no domain is the default one")
	}
}
