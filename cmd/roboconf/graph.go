package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/tui/canvas"
	"github.com/roboconf/workbench/tui/canvas/export"
	"github.com/roboconf/workbench/tui/canvas/scene"
)

type graphOptions struct {
	format, zoom string
	types, ascii bool
	width        int
}

// zooms are the words for how much is told, from little to much.
var zooms = []string{"machines", "names", "details"}

func graphCommand(s streams) *cobra.Command {
	var o graphOptions
	cmd := &cobra.Command{
		Use:   "graph [--format svg|dot|mermaid|text] DIR",
		Short: "Draw an application for documents",
		Long: "Draws the instances of an application, each in what it is deployed on, with arrows from who imports\n" +
			"to who exports. Without instances, or with --types, it draws the components.",
		Example: "  roboconf graph --format svg samples/lamp > lamp.svg\n  roboconf graph --types samples/lamp",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return o.run(s, args[0])
		},
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "svg, dot, mermaid or text")
	cmd.Flags().StringVar(&o.zoom, "zoom", "names", "what is told: machines, names or details")
	cmd.Flags().BoolVar(&o.types, "types", false, "draw the components instead of the instances")
	cmd.Flags().BoolVar(&o.ascii, "ascii", false, "draw text with ASCII characters only")
	cmd.Flags().IntVar(&o.width, "width", 100, "columns that the picture should fit in (svg, text)")
	completeWords(cmd, "format", export.Formats()...)
	completeWords(cmd, "zoom", zooms...)
	return cmd
}

func (o graphOptions) run(s streams, dir string) error {
	write, err := export.Find(o.format)
	if err != nil {
		return err
	}
	zoom := slices.Index(zooms, o.zoom)
	if zoom < 0 {
		return fmt.Errorf("no zoom is called %q: there are %s", o.zoom, strings.Join(zooms, ", "))
	}
	if o.width < 1 {
		return fmt.Errorf("draw %s in %d columns: give --width a number above 0", dir, o.width)
	}
	app, err := readable(s, dir)
	if err != nil {
		return err
	}
	if !o.types && len(app.Instances) == 0 {
		s.say("%s has no instances: its components are drawn", dir)
		o.types = true
	}
	title := cmp.Or(app.Descriptor.DisplayName, app.Descriptor.Name, dir)
	g := scene.Key{App: app, Types: o.types}.Graph()
	return write(s.out, g, export.Options{Title: title, Zoom: canvas.Zoom(zoom), Width: o.width, ASCII: o.ascii})
}
