package compose

import (
	"fmt"
	"strings"
)

// handled are the keys of a service that have a counterpart; describe tells about them.
var handled = map[string]bool{
	"image": true, "ports": true, "expose": true, "depends_on": true, "links": true, "external_links": true, "environment": true,
	"env_file": true, "command": true, "entrypoint": true, "build": true, "scale": true, "deploy": true, "container_name": true,
	"hostname": true, "extends": true, "cap_add": true,
}

// lost says why a key of a service has no counterpart; others get a general word.
var lost = map[string]string{
	"volumes":           "data lives on its machine: let deploy.sh make what is needed, and copy mounted files into the files folder",
	"volumes_from":      "machines share no files",
	"networks":          "all machines of an application reach each other",
	"network_mode":      "each service has a machine, with an address of its own",
	"healthcheck":       "let start.sh wait until the program answers: who imports starts after it",
	"restart":           "write a rule that starts again what stopped (rules.autonomic)",
	"secrets":           "secrets stay out of the model: put them on the machine, under ROBOCONF_SECRETS_DIR",
	"configs":           "copy the files into the files folder of the component",
	"profiles":          "all services are in the model: delete the instances that you do not want",
	"labels":            "what is made outside is labelled by the workbench",
	"logging":           "what recipes say is in the log of the agent",
	"privileged":        "set what the lab needs in target.properties (docker.option.run.privileged = true)",
	"tty":               "agents have no terminal",
	"stdin_open":        "agents have no terminal",
	"develop":           "a changed recipe reaches a running lab by itself",
	"pull_policy":       "images are found on the machine of the lab first",
	"init":              "the agent is the first process of the machine",
	"user":              "let start.sh change the user (runuser -u NAME)",
	"working_dir":       "let start.sh change the folder",
	"extra_hosts":       "import addresses, or write /etc/hosts in deploy.sh",
	"dns":               "set it on the machine",
	"cap_drop":          "set it in target.properties (docker.option.run.cap-drop)",
	"mem_limit":         "set it in target.properties (docker.option.run.memory)",
	"cpus":              "set it in target.properties (docker.option.run.nano-cpus)",
	"ulimits":           "set them on the machine",
	"sysctls":           "set them on the machine",
	"tmpfs":             "let deploy.sh make the folder",
	"devices":           "the machine has them, or not",
	"stop_signal":       "let stop.sh send it",
	"stop_grace_period": "let stop.sh wait as long",
}

// describe notes what became of a service.
func (c *conversion) describe(s *service) {
	if s.component != s.Name {
		c.note(s.Name, Kept, "service", "component %s on %s, instance /%s/%s", s.component, s.machine, s.instance, s.instance)
	}
	if s.Image != "" {
		c.note(s.Name, Kept, "image", "%s is the image of its machine (docker.image in graph/%s/target.properties)", s.Image, s.machine)
	}
	if s.Build != nil {
		c.note(s.Name, ToDo, "build", "copy %s beside graph/%s/target.properties, then set docker.generate.image.from", or(s.Build.Context, "its folder"), s.machine)
	}
	for _, p := range s.Ports {
		variable := s.portVariable(fmt.Sprint(p.Target))
		if p.Published == "" {
			c.note(s.Name, Kept, "ports", "%d is exported as %s", p.Target, variable)
		} else {
			c.note(s.Name, Kept, "ports", "%s:%d is exported as %s, and published by the lab (docker.ports)", p.Published, p.Target, variable)
		}
	}
	for _, d := range s.imports {
		c.note(s.Name, Kept, "depends_on", "imports what %s exports", d.on.component)
	}
	if n := replicas(s); n != 1 {
		c.note(s.Name, Kept, "deploy", "%d machines alike", n)
	}
	if d := s.Deploy; d != nil && (d.Resources.Limits != nil || d.Resources.Reservations != nil || d.RestartPolicy != nil || d.UpdateConfig != nil) {
		c.note(s.Name, Left, "deploy", "resources and policies: set what the lab needs in target.properties")
	}
	if len(s.argv()) == 0 {
		c.note(s.Name, ToDo, "command", "what the image starts by itself is not in the file: write it into graph/%s/scripts/start.sh", s.component)
	} else {
		c.note(s.Name, Kept, "command", "start.sh runs it")
	}
	for _, key := range c.keys[s.Name] {
		if handled[key] || strings.HasPrefix(key, "x-") {
			continue
		}
		c.note(s.Name, Left, key, "%s", or(lost[key], "has no counterpart in the model"))
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// replicas is how many machines a service has.
func replicas(s *service) int {
	if s.Deploy != nil && s.Deploy.Replicas != nil {
		return *s.Deploy.Replicas
	}
	if s.Scale != nil {
		return *s.Scale
	}
	return 1
}

// argv is the program that a service runs, as far as the file says it.
func (s *service) argv() []string {
	return append(append([]string{}, s.Entrypoint...), s.Command...)
}
