package compose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// readPorts finds what each service listens on: its ports, what it exposes, what others ask of it.
func (c *conversion) readPorts() {
	for _, s := range c.services {
		for _, p := range s.Ports {
			s.listen(fmt.Sprint(p.Target))
		}
		for _, e := range s.Expose {
			s.listen(strings.TrimSuffix(strings.TrimSuffix(e, "/tcp"), "/udp"))
		}
	}
	for _, s := range c.services {
		for _, key := range sortedKeys(s.Environment) {
			if value := s.Environment[key]; value != nil {
				for _, m := range c.mentions(s, key, *value) {
					m.of.listen(m.port)
				}
			}
		}
	}
}

var portNumber = regexp.MustCompile(`^[0-9]{1,5}$`)

// listen notes a port. The first is called port, the others after their number.
func (s *service) listen(number string) {
	if !portNumber.MatchString(number) || s.portVariable(number) != "" {
		return
	}
	name := "port"
	if len(s.ports) > 0 {
		name = "port_" + number
	}
	s.ports = append(s.ports, port{number, name})
	if s.variableOf == nil {
		s.variableOf = map[string]string{}
	}
	s.variableOf[number] = name
}

// portVariable is the variable that exports a port; "" when nothing listens there.
func (s *service) portVariable(number string) string { return s.variableOf[number] }

// mention is a place in a value that names another service.
type mention struct {
	start, end int // the host, with ":port" when there is one
	of         *service
	port       string
}

var (
	// host finds what may be the name of a host, perhaps with a port: a word between the signs that surround hosts in addresses.
	host = regexp.MustCompile(`(?:^|[/@,;= ])([A-Za-z0-9][A-Za-z0-9_.-]*)(?::([0-9]{1,5}))?(?:$|[/,;? ])`)
	// hostKey finds variables whose value is a host.
	hostKey = regexp.MustCompile(`(?i)(HOST|HOSTNAME|ADDR|ADDRESS|SERVERS?|URLS?|URI|ENDPOINTS?|BROKERS?|PEERS?|UPSTREAM|BACKEND|DSN)(_|$)`)
)

// mentions finds the other services that a value of the environment names.
func (c *conversion) mentions(s *service, key, value string) (found []mention) {
	for at := 0; at < len(value); {
		m := host.FindStringSubmatchIndex(value[at:])
		if m == nil {
			return found
		}
		start, end := at+m[2], at+m[3]
		other, number := c.find(value[start:end]), ""
		if m[4] >= 0 {
			end = at + m[5]
			number = value[at+m[4] : end]
		}
		bare := start == 0 && end == len(value) && number == ""
		if other != nil && other != s && (!bare || hostKey.MatchString(key)) {
			found = append(found, mention{start, end, other, number})
		}
		at = max(end, at+1)
	}
	return found
}

// secretKey finds variables whose value must not stand in a model.
var secretKey = regexp.MustCompile(`(?i)(PASSWORD|PASSWD|_PASS$|^PASS$|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)`)

// credentials are those inside an address: //user:password@host.
var credentials = regexp.MustCompile(`//[^/@:]*:[^/@]+@`)

// readDependencies turns depends_on, links and the environment into imports.
func (c *conversion) readDependencies() {
	for _, s := range c.services {
		for _, name := range sortedKeys(s.DependsOn) {
			d := s.DependsOn[name]
			c.need(s, c.find(name), !d.Required, "depends_on")
			if d.Condition == "service_completed_successfully" {
				c.note(s.Name, Changed, "depends_on", "%s is waited for until it is started: what ends by itself belongs into a deploy recipe", name)
			}
		}
		for _, link := range slices.Concat(s.Links, s.ExternalLinks) {
			name, _, _ := strings.Cut(link, ":")
			if other := c.find(name); other != nil {
				c.need(s, other, false, "links")
			} else {
				c.note(s.Name, Left, "external_links", "%s is not in this file: import it with external, from the application that exports it", name)
			}
		}
	}
	for _, s := range c.services {
		for _, key := range sortedKeys(s.Environment) {
			c.readVariable(s, key)
		}
		slices.SortFunc(s.imports, func(a, b dependency) int { return strings.Compare(a.on.component, b.on.component) })
	}
}

// need makes one service import another one. What would make them wait for each other in a circle is optional.
func (c *conversion) need(s, on *service, optional bool, key string) {
	if on == nil || on == s || slices.ContainsFunc(s.imports, func(d dependency) bool { return d.on == on }) {
		return
	}
	if !optional && on.waitsFor(s, map[*service]bool{}) {
		optional = true
		c.note(s.Name, Changed, key, "%s is optional: both would wait for each other", on.Name)
	}
	s.imports = append(s.imports, dependency{on, optional})
}

// waitsFor says whether a service needs another one, directly or not.
func (s *service) waitsFor(other *service, seen map[*service]bool) bool {
	if s == other {
		return true
	}
	if seen[s] {
		return false
	}
	seen[s] = true
	return slices.ContainsFunc(s.imports, func(d dependency) bool { return !d.optional && d.on.waitsFor(other, seen) })
}

// readVariable turns one variable of the environment into a line of a script: hosts become what is imported, secrets go.
func (c *conversion) readVariable(s *service, key string) {
	value := s.Environment[key]
	switch {
	case !shellName.MatchString(key):
		c.note(s.Name, Left, "environment", "%s cannot be a variable of a shell", key)
		return
	case value == nil:
		s.secrets = append(s.secrets, key)
		c.note(s.Name, ToDo, "environment", "%s came from the person's own environment: give it on the machine", key)
		return
	}
	mentions := c.mentions(s, key, *value)
	for _, m := range mentions {
		c.need(s, m.of, false, "environment")
		c.note(s.Name, Kept, "environment", "%s names %s: it is imported", key, m.of.Name)
	}
	if secretKey.MatchString(key) && *value != "" || credentials.MatchString(*value) {
		s.secrets = append(s.secrets, key)
		c.note(s.Name, ToDo, "environment", "%s is a secret, or holds one: it was not copied, give it on the machine", key)
		return
	}
	s.variables = append(s.variables, variable{key, shellValue(*value, mentions)})
}

var shellName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// shellValue writes a value for a shell, with the addresses of imports in place of hosts.
func shellValue(value string, mentions []mention) string {
	if len(mentions) == 0 {
		return quote(value)
	}
	var b strings.Builder
	at := 0
	plain := func(text string) {
		if text != "" {
			b.WriteString(quote(text))
		}
	}
	for _, m := range mentions {
		plain(value[at:m.start])
		fmt.Fprintf(&b, `"${%s_0_ip:-}`, m.of.component)
		if m.port != "" {
			fmt.Fprintf(&b, `:${%s_0_%s:-}`, m.of.component, m.of.portVariable(m.port))
		}
		b.WriteByte('"')
		at = m.end
	}
	plain(value[at:])
	return b.String()
}

// quote writes a text for a shell, letter by letter.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
