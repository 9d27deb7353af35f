package launch

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/roboconf/workbench/runtime/userdata"
)

// arguments are what stands behind the program's name.
type arguments struct {
	values               values
	help, version, print bool
}

// arguments reads --NAME=VALUE, --NAME VALUE.
func (p *Program) arguments() (a arguments, err error) {
	a.values = values{}
	for k := 0; k < len(p.Args); k++ {
		name, dashed := strings.CutPrefix(p.Args[k], "--")
		if !dashed {
			return a, fmt.Errorf("%q is no option; --help lists them", p.Args[k])
		}
		switch name {
		case "help":
			a.help = true
			continue
		case "version":
			a.version = true
			continue
		case "print-config":
			a.print = true
			continue
		}
		name, value, joined := strings.Cut(name, "=")
		s, ok := known(name)
		switch {
		case !ok:
			return a, fmt.Errorf("--%s is no option; --help lists them", name)
		case s.secret:
			return a, fmt.Errorf("--%s: everybody on the machine can read arguments; use %s, a file, or user data", name, variable(name))
		case !joined && k+1 == len(p.Args):
			return a, errors.New("--" + name + " needs a value")
		case !joined:
			k++
			value = p.Args[k]
		}
		a.values[name] = value
	}
	return a, nil
}

// usage tells all settings.
func (p *Program) usage(w io.Writer) {
	fmt.Fprint(w, "roboconf-agent runs on a machine what an application needs there.\n\nSettings, each as --NAME VALUE, ROBOCONF_AGENT_NAME,\nNAME = VALUE in a file, agent.NAME = VALUE in user data:\n\n")
	for _, s := range settings() {
		fmt.Fprintf(w, "  %-36s %s", s.name, s.help)
		if s.value != "" {
			fmt.Fprintf(w, " (%s)", s.value)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "\n  --print-config   print the settings as they come together, without secrets\n  --version        print the version\n\n"+
		"SIGTERM finishes the recipe in hand, says goodbye, ends. SIGHUP reads the settings again.\n"+
		"Exit codes: 0 ended as asked, 1 could not go on, 2 the settings are wrong.\n")
}

// print prints the settings as they came together, as a file would have them; secrets are masked.
func (r *resolved) print(w io.Writer) {
	shown := r.data
	for _, secret := range []*string{&shown.Broker.Password, &shown.Broker.Key} {
		if *secret != "" {
			*secret = "••••"
		}
	}
	if strings.Contains(shown.Broker.Cert, "PRIVATE KEY") {
		shown.Broker.Cert = "••••"
	}
	shown.Agent = nil
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(r.values)) {
		if s, ok := known(name); ok && s.key == "" && r.values[name] != "" {
			lines = append(lines, name+" = "+r.values[name])
		}
	}
	if r.values["ip-address-of-the-agent"] == "" {
		lines = append(lines, "ip-address-of-the-agent = "+r.config.Address)
	}
	slices.Sort(lines)
	for line := range strings.Lines(userdata.Format(shown)) {
		if strings.HasPrefix(line, userdata.Embedded) {
			name, _, _ := strings.Cut(line, " = ")
			line = name + " = (embedded)\n"
		}
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	fmt.Fprintln(w, strings.Join(lines, "\n"))
}
