// Package compose turns a Compose file into an application.
package compose

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/roboconf/workbench/model/source"
)

// Application is what a Compose file became.
type Application struct {
	// Name is the name of the application.
	Name string
	// Files are all files of its folder, sorted by name.
	Files []source.File
	// Notes say what was carried over, changed or left out, in the order of the services.
	Notes []Note
}

// Note is one line of the report.
type Note struct {
	// Service is "" for what concerns the whole file.
	Service string
	Fate    Fate
	// Key is the key of the Compose file; Text says what became of it.
	Key, Text string
}

// Fate is what became of a part of a Compose file.
type Fate string

// The fates, from good to bad.
const (
	Kept    Fate = "kept"
	Changed Fate = "changed"
	ToDo    Fate = "to write"
	Left    Fate = "left out"
)

// Read reads a Compose file, with those that it includes or extends and the .env beside it, and makes an application called
// name; "" takes the name of the project. Nothing of the person's environment goes in, so that everybody gets the same.
//
// The error says what in the file cannot be read.
func Read(ctx context.Context, file, name string) (*Application, error) {
	dir := filepath.Dir(file)
	if info, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, reason(err))
	} else if info.IsDir() {
		return nil, fmt.Errorf("read %s: it is a folder; name the Compose file in it", file)
	}
	env, err := surroundings(filepath.Join(dir, ".env"))
	if err != nil {
		return nil, err
	}
	details := types.ConfigDetails{WorkingDir: dir, ConfigFiles: []types.ConfigFile{{Filename: file}}, Environment: env}
	missing := map[string]bool{}
	options := func(o *loader.Options) {
		o.SetProjectName(loader.NormalizeProjectName(filepath.Base(absolute(dir))), false)
		o.Profiles = []string{"*"}
		o.ResolvePaths = false
		o.Interpolate.LookupValue = func(key string) (string, bool) {
			value, known := env[key]
			missing[key] = missing[key] || !known
			return value, known
		}
	}
	project, err := loader.LoadWithContext(ctx, details, options)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	raw, err := loader.LoadModelWithContext(ctx, details, options, func(o *loader.Options) {
		o.SkipNormalization, o.SkipDefaultValues, o.SkipResolveEnvironment = true, true, true
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if name == "" {
		name = project.Name
	}
	c := &conversion{project: project, keys: keysOf(raw), app: &Application{Name: name}}
	return c.run(missing)
}

// surroundings are the variables of the .env file; none when there is no such file.
func surroundings(file string) (types.Mapping, error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return types.Mapping{}, nil
	}
	env, err := dotenv.GetEnvFromFile(map[string]string{}, []string{file})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return env, nil
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// keysOf are the keys that each service has in the file, sorted; those of the file itself under "".
func keysOf(raw map[string]any) map[string][]string {
	keys := map[string][]string{"": sortedKeys(raw)}
	services, _ := raw["services"].(map[string]any)
	for _, name := range sortedKeys(services) {
		service, _ := services[name].(map[string]any)
		keys[name] = sortedKeys(service)
	}
	return keys
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// conversion is the work on one file.
type conversion struct {
	project  *types.Project
	keys     map[string][]string
	services []*service // sorted by name
	app      *Application
}

func (c *conversion) run(missing map[string]bool) (*Application, error) {
	if len(c.project.Services) == 0 {
		return nil, errors.New("the Compose file has no service: there is nothing to make an application of")
	}
	c.nameServices()
	c.readPorts()
	c.readDependencies()
	for _, key := range sortedKeys(missing) {
		if missing[key] {
			c.note("", Changed, "${"+key+"}", "has no value in .env: its default counts, or nothing")
		}
	}
	for _, s := range c.services {
		c.describe(s)
	}
	for _, key := range c.keys[""] {
		if text, known := wholeFile[key]; !known {
			c.note("", Left, key, "has no counterpart in the model")
		} else if text != "" {
			c.note("", Left, key, "%s", text)
		}
	}
	slices.SortStableFunc(c.app.Notes, func(a, b Note) int { return strings.Compare(a.Service, b.Service) })
	c.write()
	slices.SortFunc(c.app.Files, func(a, b source.File) int { return strings.Compare(a.Name, b.Name) })
	return c.app, nil
}

// wholeFile says what becomes of the keys of the file itself.
var wholeFile = map[string]string{
	"name": "", "services": "", "version": "",
	"networks": "all machines of an application reach each other: there are no networks to declare",
	"volumes":  "data lives on its machine: let deploy.sh make it, undeploy.sh remove it",
	"secrets":  "secrets stay out of the model: put them on the machine, under ROBOCONF_SECRETS_DIR",
	"configs":  "copy the files into the files folder of the component that needs them",
}

func (c *conversion) note(service string, fate Fate, key, format string, args ...any) {
	c.app.Notes = append(c.app.Notes, Note{Service: service, Fate: fate, Key: key, Text: fmt.Sprintf(format, args...)})
}

func (c *conversion) file(name, text string) {
	c.app.Files = append(c.app.Files, source.File{Name: name, Text: text, Executable: strings.HasPrefix(text, "#!")})
}

// service is one service on its way to a component on a machine of its own.
type service struct {
	types.ServiceConfig
	component string
	machine   string
	instance  string
	ports     []port
	imports   []dependency // in the order of their names
	variables []variable
	secrets   []string
	// variableOf gives the variable of each port.
	variableOf map[string]string
}

// port is a port that a service listens on, and the variable that exports it.
type port struct {
	number   string
	variable string
}

// dependency is another service that a service needs.
type dependency struct {
	on       *service
	optional bool
}

// variable is one of the environment, as a line of a shell script.
type variable struct{ name, value string }

var notInNames = regexp.MustCompile(`[^A-Za-z0-9]+`)

// componentName makes a component's name of that of a service: web-app becomes WebApp.
func componentName(service string) string {
	var b strings.Builder
	for _, part := range notInNames.Split(service, -1) {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	name := b.String()
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "S" + name
	}
	return name
}

// nameServices gives each service the names of its component, its machine and its instance, all different.
func (c *conversion) nameServices() {
	taken := map[string]bool{}
	unique := func(name string) string {
		free := name
		for n := 2; taken[strings.ToLower(free)]; n++ {
			free = fmt.Sprintf("%s%d", name, n)
		}
		taken[strings.ToLower(free)] = true
		return free
	}
	for _, name := range sortedKeys(c.project.Services) {
		component := unique(componentName(name))
		c.services = append(c.services, &service{
			ServiceConfig: c.project.Services[name], component: component, machine: unique(component + "Machine"), instance: instanceName(name),
		})
	}
}

// instanceName is the name of a service, made fit for a path (a letter first).
func instanceName(service string) string {
	name := strings.ReplaceAll(service, ".", "-")
	if c := name[0]; c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
		name = "s" + name
	}
	return name
}

func (c *conversion) find(name string) *service {
	for _, s := range c.services {
		if s.Name == name || s.ContainerName == name || s.Hostname == name {
			return s
		}
	}
	return nil
}
