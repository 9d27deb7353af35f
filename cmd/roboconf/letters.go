package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/runtime/site"
)

type lettersOptions struct {
	site, format string
	most         int
}

func lettersCommand(s streams) *cobra.Command {
	o := lettersOptions{}
	cmd := &cobra.Command{
		Use:   "dead-letters",
		Short: "Look at messages that nobody could read",
		Long: "Messages that a receiver could not read, or that the broker gave up, are kept apart with the reason: for seven days, ten thousand\n" +
			"of them. They can be listed, shown, replayed where they came from, purged.",
		Args: cobra.NoArgs,
	}
	cmd.PersistentFlags().StringVar(&o.site, "site", "", "folder or name of the application (default the folder, else the only one)")
	cmd.PersistentFlags().StringVar(&o.format, "format", "text", "text or json")
	completeWords(cmd, "format", "text", "json")
	list := &cobra.Command{
		Use: "list", Short: "List dead letters, the oldest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.run(cmd.Context(), s, site.LetterQuery{Do: "list", Most: o.most})
		},
	}
	list.Flags().IntVar(&o.most, "most", 100, "how many at most")
	show := &cobra.Command{
		Use: "show REF...", Short: "Show dead letters with their content", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), s, site.LetterQuery{Do: "show", Names: args})
		},
	}
	cmd.AddCommand(list, show, o.changing(s, "replay", "Publish dead letters again where they came from"), o.changing(s, "purge", "Remove dead letters for good"))
	return cmd
}

// changing is a command about some letters, or all of them when the person says so.
func (o *lettersOptions) changing(s streams, do, short string) *cobra.Command {
	all := false
	cmd := &cobra.Command{
		Use: do + " (REF... | --all)", Short: short,
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return fmt.Errorf("%s which letters: name some, or say --all", do)
			}
			return o.run(cmd.Context(), s, site.LetterQuery{Do: do, Names: args})
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all of them")
	return cmd
}

func (o *lettersOptions) run(ctx context.Context, s streams, q site.LetterQuery) error {
	if o.format != "text" && o.format != "json" {
		return fmt.Errorf("no format is called %q: there are text, json", o.format)
	}
	f, err := theSite(o.site)
	if err != nil {
		return err
	}
	found, err := site.DeadLetters(ctx, f, q)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return writeJSON(s.out, found, "")
	}
	switch q.Do {
	case "list":
		return listLetters(s, found)
	case "show":
		for _, l := range found.List {
			fmt.Fprintf(s.out, "%s  %s %s\n  died in %s at %s: %s\n  published to %s with %s, %d bytes\n%s\n", l.Ref, cmp.Or(l.Type, "(no type)"), l.ID,
				l.Queue, l.At.Local().Format("2006-01-02 15:04:05"), strings.TrimSpace(l.Reason+" "+l.Detail), l.Exchange, l.Key, l.Size, printable(l.Body))
		}
		return nil
	}
	_, err = fmt.Fprintf(s.out, "%s: %d letters\n", q.Do, found.Count)
	return err
}

func listLetters(s streams, found site.Letters) error {
	if len(found.List) == 0 {
		s.say("no dead letters")
		return nil
	}
	table := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "REF\tTYPE\tDIED\tREASON\tBYTES\tQUEUE")
	for _, l := range found.List {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\n", l.Ref, cmp.Or(l.Type, "-"), ago(l.At), strings.TrimSpace(l.Reason+" "+l.Detail), l.Size, l.Queue)
	}
	return table.Flush()
}

// printable is a content that does no harm to a terminal.
func printable(body []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(string(body), "?"))
}
