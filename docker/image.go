package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/moby/moby/client"

	"github.com/roboconf/workbench/docker/hostimage"
)

// Image is what a machine is made from, or how to get it.
type Image struct {
	// Tag is the name that it has here, once it was made.
	Tag string
	// Pull is where it may be pulled from when it is not here; "" for nowhere.
	Pull string
	// Packages of this host make it when it cannot be pulled, with all that they need.
	Packages []string
}

// Base is what machines are made from when nothing else is said.
func Base() Image {
	return Image{Tag: "roboconf/base:latest", Pull: "debian:bookworm-slim", Packages: hostimage.Minimal}
}

// PullLimit is how long a pull may take before the host's own packages are used: a captive network would hang for ever.
const PullLimit = 20 * time.Second

// Progress says how an image comes about, in words; nil for nobody.
type Progress func(text string)

func (p Progress) say(format string, args ...any) {
	if p != nil {
		p(fmt.Sprintf(format, args...))
	}
}

// Prepare makes sure that an image is here, and gives its name: the one that we tagged before, else a pulled one within
// PullLimit, else one of this host's packages (engineering.md 5.1). Two calls at once are harmless.
func (e *Engine) Prepare(ctx context.Context, i Image, tell Progress) (string, error) {
	if _, err := e.api.ImageInspect(ctx, i.Tag); err == nil {
		return i.Tag, nil
	} else if !absent(err) {
		return "", fmt.Errorf("look for the image %s: %w", i.Tag, err)
	}
	pulled := e.pull(ctx, i, tell)
	if pulled == nil {
		return i.Tag, nil
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	err := e.importHost(ctx, i, tell)
	if err == nil {
		return i.Tag, nil
	}
	return "", fmt.Errorf("get the image %s: %w", i.Tag, errors.Join(pulled, err))
}

// pull gets an image and tags it as ours.
func (e *Engine) pull(ctx context.Context, i Image, tell Progress) error {
	if i.Pull == "" {
		return errors.New("it can be pulled from nowhere")
	}
	tell.say("pulling %s", i.Pull)
	limited, cancel := context.WithTimeout(ctx, PullLimit)
	defer cancel()
	got, err := e.api.ImagePull(limited, i.Pull, client.ImagePullOptions{})
	if err == nil {
		err = got.Wait(limited)
	}
	if err != nil {
		return fmt.Errorf("pull %s: %w", i.Pull, err)
	}
	if _, err := e.api.ImageTag(ctx, client.ImageTagOptions{Source: i.Pull, Target: i.Tag}); err != nil {
		return fmt.Errorf("tag %s as %s: %w", i.Pull, i.Tag, err)
	}
	return nil
}

// importHost makes an image of the packages of this host.
func (e *Engine) importHost(ctx context.Context, i Image, tell Progress) error {
	host, err := hostimage.Open("/")
	if err != nil {
		return err
	}
	packages, missing := host.Closure(i.Packages...)
	if len(missing) > 0 {
		return fmt.Errorf("make an image of this host's packages: it lacks %q; install them, or give this machine a network", missing)
	}
	tell.say("making %s of %d packages of this host", i.Tag, len(packages))
	read, write := io.Pipe()
	go func() {
		_, err := host.Write(ctx, write, packages, hostimage.Options{})
		write.CloseWithError(err)
	}()
	got, err := e.api.ImageImport(ctx, client.ImageImportSource{Source: read, SourceName: "-"}, i.Tag, client.ImageImportOptions{
		Message: "packages of the host",
		Changes: []string{
			"ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "CMD [\"/bin/bash\"]",
			"LABEL " + LabelRole + "=base",
		},
	})
	read.CloseWithError(context.Canceled) // the writer ends, whatever came of it
	if err != nil {
		return fmt.Errorf("import the packages of this host: %w", err)
	}
	defer got.Close()
	if err := answered(got); err != nil {
		return fmt.Errorf("import the packages of this host: %w", err)
	}
	return nil
}

// Forget removes an image that Prepare tagged; one that is not there is a success.
func (e *Engine) Forget(ctx context.Context, tag string) error {
	if _, err := e.api.ImageRemove(ctx, tag, client.ImageRemoveOptions{}); err != nil && !absent(err) {
		return fmt.Errorf("remove the image %s: %w", tag, err)
	}
	return nil
}
