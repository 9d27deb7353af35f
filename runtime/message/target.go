package message

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// TargetKind is a sort of recipient.
type TargetKind uint8

// The sorts of recipients (messaging.md 2).
const (
	ToManager   TargetKind = iota // the manager, about an application
	ToAgent                       // one agent: the scoped instance at Path
	ToImporters                   // those that import Prefix
	ToExporters                   // those that export Prefix
)

// Target is where a message goes, or what a client listens to. It is comparable.
type Target struct {
	Kind     TargetKind
	External bool
	App      string // "" for external (inter-application) prefixes
	Path     string // ToAgent
	Prefix   string // ToImporters, ToExporters
}

// Manager is the manager, about an application.
func Manager(app string) Target { return Target{Kind: ToManager, App: app} }

// Agent is the agent of a scoped instance.
func Agent(app, path string) Target { return Target{Kind: ToAgent, App: app, Path: path} }

// Importers are those that import a prefix; an external prefix belongs to no application.
func Importers(app, prefix string, external bool) Target {
	return broadcast(ToImporters, app, prefix, external)
}

// Exporters are those that export a prefix; an external prefix belongs to no application.
func Exporters(app, prefix string, external bool) Target {
	return broadcast(ToExporters, app, prefix, external)
}

func broadcast(kind TargetKind, app, prefix string, external bool) Target {
	if external {
		app = ""
	}
	return Target{Kind: kind, App: app, Prefix: prefix, External: external}
}

// Direct says whether exactly one client listens to the target.
func (t Target) Direct() bool { return t.Kind == ToManager || t.Kind == ToAgent }

// Compare orders targets: whoever walks through a set of them does it in this order.
func (t Target) Compare(o Target) int {
	if t.Kind != o.Kind {
		return int(t.Kind) - int(o.Kind)
	}
	if t.External != o.External {
		if o.External {
			return -1
		}
		return 1
	}
	if c := strings.Compare(t.App, o.App); c != 0 {
		return c
	}
	if c := strings.Compare(t.Path, o.Path); c != 0 {
		return c
	}
	return strings.Compare(t.Prefix, o.Prefix)
}

// Exchange is the name of the exchange that routes to the target (messaging.md 15.1).
func (t Target) Exchange(domain string) string {
	switch {
	case t.Kind == ToManager:
		return short("rbc." + enc(domain) + ".manager")
	case t.External:
		return short("rbc." + enc(domain) + ".interapp")
	}
	return short("rbc." + enc(domain) + ".app." + enc(t.App))
}

// Key is the routing key of the target (messaging.md 15.1). Two targets of one exchange never share a key.
func (t Target) Key() string {
	switch t.Kind {
	case ToManager:
		return short("app." + enc(t.App))
	case ToAgent:
		return short("machine." + encPath(t.Path))
	case ToImporters:
		return short("import." + enc(t.Prefix))
	}
	return short("export." + enc(t.Prefix))
}

// Queue is the name of the queue of a client (messaging.md 15.1); "" when the target is nobody's own.
func (t Target) Queue(domain string) string {
	switch t.Kind {
	case ToManager:
		return short("rbc." + enc(domain) + ".q.manager")
	case ToAgent:
		return short("rbc." + enc(domain) + ".q.agent." + enc(t.App) + "." + encPath(t.Path))
	}
	return ""
}

const digits = "0123456789ABCDEF"

// enc percent-encodes every byte that could mean something in a name or in a routing key.
func enc(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = isPlain(s[i])
	}
	if plain {
		return s
	}
	b := make([]byte, 0, len(s)+16)
	for i := 0; i < len(s); i++ {
		if isPlain(s[i]) {
			b = append(b, s[i])
		} else {
			b = append(b, '%', digits[s[i]>>4], digits[s[i]&15])
		}
	}
	return string(b)
}

func isPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// encPath joins the encoded names of a path by dots: no two paths give the same text.
func encPath(path string) string {
	names := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, name := range names {
		names[i] = enc(name)
	}
	return strings.Join(names, ".")
}

// short keeps a name within what brokers accept. "~" never comes out of enc, so nothing else looks like a shortened name.
func short(name string) string {
	const longest, kept = 200, 150
	if len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:kept] + "~" + hex.EncodeToString(sum[:16])
}
