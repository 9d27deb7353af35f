package compose

import (
	"embed"
	"fmt"
	"strings"
	"text/template"
)

//go:embed templates/*
var templates embed.FS

var texts = template.Must(template.New("").Funcs(template.FuncMap{"quote": quote}).ParseFS(templates, "templates/*"))

// write makes the files of the application.
func (c *conversion) write() {
	c.file("descriptor/application.properties", c.text("application.properties", c.app))
	c.file("graph/main.graph", c.text("main.graph", c.services))
	c.file("instances/main.instances", c.text("main.instances", c.services))
	for _, s := range c.services {
		c.file("graph/"+s.machine+"/target.properties", c.text("target.properties", map[string]any{"App": c.app, "Service": s}))
		scripts := []string{"environment.sh", "deploy.sh", "start.sh", "stop.sh", "undeploy.sh"}
		if len(s.imports) > 0 {
			scripts = append(scripts, "update.sh")
		}
		for _, name := range scripts {
			c.file("graph/"+s.component+"/scripts/"+name, c.text(name+".tmpl", s))
		}
	}
	c.file("README.md", c.text("README.md", c.app))
}

// text fills a template. Templates are part of the program, and so is what fills them: a failure is a mistake of ours.
func (c *conversion) text(name string, data any) string {
	var b strings.Builder
	if err := texts.ExecuteTemplate(&b, name, data); err != nil {
		panic(fmt.Sprintf("template %s: %v", name, err))
	}
	return b.String()
}

// What the templates ask of a service.

// Component is the name of its component; the others likewise.
func (s *service) Component() string { return s.component }

// Machine is the component of its machine.
func (s *service) Machine() string { return s.machine }

// Instance is the name of its instance, and of the machine's.
func (s *service) Instance() string { return s.instance }

// Copies is its number of machines.
func (s *service) Copies() int { return replicas(s) }

// Secrets are the variables that a machine has to know.
func (s *service) Secrets() []string { return s.secrets }

// Exported is the value of its exports.
func (s *service) Exported() string {
	parts := []string{"ip"}
	for _, p := range s.ports {
		parts = append(parts, p.variable+" = "+p.number)
	}
	return strings.Join(parts, ", ")
}

// Imported is the value of its imports; "" when there are none.
func (s *service) Imported() string {
	var parts []string
	for _, d := range s.imports {
		optional := ""
		if d.optional {
			optional = " (optional)"
		}
		parts = append(parts, d.on.component+".ip"+optional)
		for _, p := range d.on.ports {
			parts = append(parts, d.on.component+"."+p.variable+optional)
		}
	}
	return strings.Join(parts, ", ")
}

// Neighbours are the lines that say where the services that it needs are.
func (s *service) Neighbours() []string {
	var lines []string
	for _, d := range s.imports {
		line := fmt.Sprintf("%s: ${%s_0_ip:-not there}", d.on.component, d.on.component)
		for _, p := range d.on.ports {
			line += fmt.Sprintf(", %s ${%s_0_%s:-}", p.variable, d.on.component, p.variable)
		}
		lines = append(lines, line)
	}
	return lines
}

// Own is the line that says where it listens itself.
func (s *service) Own() string {
	line := "$ip"
	for _, p := range s.ports {
		line += fmt.Sprintf(", %s $%s", p.variable, p.variable)
	}
	return line
}

// Variables are the lines of its environment.
func (s *service) Variables() []string {
	var lines []string
	for _, v := range s.variables {
		lines = append(lines, "export "+v.name+"="+v.value)
	}
	return lines
}

// Program is what it runs, for a shell; "" when the file does not say it.
func (s *service) Program() string {
	var parts []string
	for _, a := range s.argv() {
		parts = append(parts, quote(a))
	}
	return strings.Join(parts, " ")
}

// Published are the ports of the lab's host that lead to it.
func (s *service) Published() string {
	var parts []string
	for _, p := range s.Ports {
		if p.Published != "" {
			parts = append(parts, fmt.Sprintf("%s:%d", p.Published, p.Target))
		}
	}
	return strings.Join(parts, ", ")
}

// Capabilities are those that it adds.
func (s *service) Capabilities() string { return strings.Join(s.CapAdd, ", ") }
