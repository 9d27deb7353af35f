package managerd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/manager"
	"github.com/roboconf/workbench/runtime/managerd/feed"
	"github.com/roboconf/workbench/runtime/managerd/template"
)

// Do asks the mind for an operation and waits until it is accepted or refused. The id finds it again: in notices, in messages, for
// manager.Cancel. An operation that is accepted goes on when ctx ends.
func (m *Manager) Do(ctx context.Context, app string, op manager.Op) (id string, err error) {
	answer := make(chan []error, 1)
	m.mu.Lock()
	id = m.ids.Next()
	m.answers[id] = answer
	m.mu.Unlock()
	m.loop.Post(manager.Do{ID: id, App: app, Op: op})
	select {
	case errs := <-answer:
		return id, errors.Join(errs...)
	case <-m.ended:
		err = m.over()
	case <-ctx.Done():
		err = fmt.Errorf("ask the manager: %w", ctx.Err())
	}
	m.mu.Lock()
	delete(m.answers, id)
	m.mu.Unlock()
	return id, err
}

// Feed tells what changes (MG-70 to MG-73).
func (m *Manager) Feed() *feed.Feed { return m.feed }

// Load takes a folder, or a zip archive, over as a template (MG-11, MG-14). Severe findings refuse it (*template.Refused); nothing is kept
// then. With again, it takes the place of the template with its name and version: applications go on with the recipes that they have until
// they get others.
func (m *Manager) Load(ctx context.Context, source string, again bool) (*template.Template, error) {
	how := template.Loading{Replace: again, Keep: func(t *template.Template) error { return m.keep(ctx, t) }}
	if info, err := os.Stat(source); err == nil && info.Mode().IsRegular() && strings.HasSuffix(strings.ToLower(source), ".zip") {
		return m.shelf.LoadArchive(ctx, source, how)
	}
	return m.shelf.Load(ctx, source, how)
}

// keep stores the files of a template, then tells the mind of it with its targets. The shelf knows which templates are there; the mind may know of
// one more, should an earlier process have died before the files were in their place.
func (m *Manager) keep(ctx context.Context, t *template.Template) error {
	files := os.DirFS(t.Dir)
	for _, r := range t.Recipes {
		for i, f := range r.Files {
			if err := m.putBlob(files, r.Sources[i], f.SHA256); err != nil {
				return err
			}
		}
	}
	_, err := m.Do(ctx, "", loading(t))
	return err
}

// putBlob keeps the content of a file.
func (m *Manager) putBlob(files fs.FS, name, digest string) (err error) {
	f, err := files.Open(name)
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	defer f.Close()
	got, _, err := m.store.PutBlob(f)
	if err == nil && got != digest {
		err = fmt.Errorf("keep %s: it changed while it was read; load it again", name)
	}
	return err
}

func loading(t *template.Template) manager.LoadTemplate {
	op := manager.LoadTemplate{ID: manager.TemplateID(t.ID), Prefix: t.App.Descriptor.ExportsPrefix, Again: true}
	for _, found := range t.Targets {
		b := manager.Brought{Target: manager.Target{ID: found.ID, Text: found.Text, Properties: found.Properties()}}
		if found.Default {
			b.Component = found.Component
		}
		op.Targets = append(op.Targets, b)
	}
	return op
}

// RecipesOf are the files of a template, as applications refer to them.
func RecipesOf(t *template.Template) []manager.Recipe {
	list := make([]manager.Recipe, len(t.Recipes))
	for i, r := range t.Recipes {
		list[i] = manager.Recipe{Component: r.Component, Files: r.Files}
	}
	return list
}

// DeleteTemplate removes a template without applications (MG-13); with targets, also those that it brought and nobody else refers to.
func (m *Manager) DeleteTemplate(ctx context.Context, id template.ID, targets bool) error {
	if _, err := m.Do(ctx, "", manager.DeleteTemplate{ID: manager.TemplateID(id), Targets: targets}); err != nil {
		return err
	}
	return m.shelf.Delete(id)
}

// Create makes an application from a template, nothing of it deployed (MG-20).
func (m *Manager) Create(ctx context.Context, app string, id template.ID, description string) error {
	t, ok := m.shelf.Find(id)
	switch {
	case !model.IsAppName(app):
		return fmt.Errorf("create %q: a name of an application begins with a letter or _, then come letters, digits, blanks, _ - . ( )", app)
	case !ok:
		return fmt.Errorf("create %s: there is no template %s", app, id)
	}
	_, err := m.Do(ctx, app, manager.Create{Template: t.App, Description: description, Recipes: RecipesOf(t)})
	return err
}

// Shutdown undeploys every root (MG-23); what it causes is seen by notices. Wait tells when it is over.
func (m *Manager) Shutdown(ctx context.Context, app string) error {
	_, err := m.Do(ctx, app, manager.UndeployAll{})
	return err
}

// Delete forgets an application of which nothing is deployed (MG-24).
func (m *Manager) Delete(ctx context.Context, app string) error {
	_, err := m.Do(ctx, app, manager.Delete{})
	return err
}

// Bind chooses the applications that give an external prefix; none unbinds it (MG-22).
func (m *Manager) Bind(ctx context.Context, app, prefix string, apps ...string) error {
	_, err := m.Do(ctx, app, manager.Bind{Prefix: prefix, Apps: apps})
	return err
}
