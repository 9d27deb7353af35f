package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/spf13/cobra"

	"github.com/roboconf/workbench/internal/excerpt"
	"github.com/roboconf/workbench/model/check"
	"github.com/roboconf/workbench/model/decl"
	"github.com/roboconf/workbench/model/diag"
	"github.com/roboconf/workbench/model/load"
	"github.com/roboconf/workbench/model/near"
	"github.com/roboconf/workbench/model/page"
)

type explainOptions struct{ format string }

// explainers print what is known of codes, by the name of the format. Without codes they print the list of all.
var explainers = map[string]func(s streams, codes []diag.Code) error{
	"text":     explainText,
	"json":     explainJSON,
	"markdown": explainMarkdown,
}

func explainCommand(s streams) *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain [--format text|json|markdown] [CODE...]",
		Short: "Explain findings: why, a wrong and a right example",
		Long: "Says what a finding means, why it matters and what to do, with an example of each. The wrong example is checked on the spot:\n" +
			"what is shown of it is what check says. Without a code it lists all codes.",
		Example: "  roboconf explain RM_UNRESOLVABLE_VARIABLE\n  roboconf explain --lang fr x_trailing_comma",
		RunE: func(_ *cobra.Command, args []string) error {
			return o.run(s, args)
		},
		ValidArgsFunction: func(_ *cobra.Command, given []string, begun string) ([]string, cobra.ShellCompDirective) {
			return completeCodes(given, begun, language(s)), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "text, json (one line per code) or markdown")
	completeWords(cmd, "format", "text", "json", "markdown")
	return cmd
}

func (o explainOptions) run(s streams, args []string) error {
	explain, known := explainers[o.format]
	if !known {
		return fmt.Errorf("no format is called %q: there are text, json, markdown", o.format)
	}
	codes := make([]diag.Code, len(args))
	for i, word := range args {
		code, err := findCode(word)
		if err != nil {
			return err
		}
		codes[i] = code
	}
	return explain(s, codes)
}

// findCode reads a code as people write it: in any letter case, with hyphens for underscores.
func findCode(word string) (diag.Code, error) {
	code := diag.Code(strings.ToUpper(strings.ReplaceAll(word, "-", "_")))
	if diag.Known(code) {
		return code, nil
	}
	hint := "roboconf explain lists all codes"
	if names := near.Names(string(code), codeNames()); len(names) > 0 {
		hint = diag.DidYouMean(names).String()
	}
	return "", fmt.Errorf("no finding is called %q: %s", word, hint)
}

func codeNames() (names []string) {
	for code := range diag.Codes() {
		names = append(names, string(code))
	}
	return names
}

// completeCodes are the codes that may follow, with what they find.
func completeCodes(given []string, begun string, lang diag.Language) (out []string) {
	for code := range diag.Codes() {
		if strings.HasPrefix(string(code), strings.ToUpper(begun)) && !slices.Contains(given, string(code)) {
			out = append(out, string(code)+"\t"+diag.FirstSentence(code, lang))
		}
	}
	return out
}

// lesson is a page with what the checker says of its wrong example.
type lesson struct {
	page.Page
	found checked
}

// learn checks the wrong example of a page and keeps what it is about.
func learn(code diag.Code) lesson {
	p, ok := page.Of(code)
	if !ok {
		p = page.Page{Code: code}
	}
	fsys := page.Folder(p.Wrong)
	o := load.Options{Options: decl.Options{Strict: p.Strict}, Recipe: p.Recipe}
	r := load.Dir(fsys, o, nil)
	found := check.With(r, fsys, check.Options{Strict: p.Strict})
	found = slices.DeleteFunc(found, func(f diag.Problem) bool { return f.Code != code })
	return lesson{p, checked{result: r, problems: found}}
}

func explainText(s streams, codes []diag.Code) error {
	if len(codes) == 0 {
		return listCodes(s)
	}
	for i, code := range codes {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		if err := learn(code).write(s, language(s)); err != nil {
			return err
		}
	}
	return nil
}

// listCodes prints all codes by family, with what they find.
func listCodes(s streams) error {
	lang := language(s)
	width := 0
	for _, name := range codeNames() {
		width = max(width, len(name))
	}
	last := diag.Category(255)
	for code := range diag.Codes() {
		if family := code.Category(); family != last {
			if last != diag.Category(255) {
				fmt.Fprintln(s.out)
			}
			last = family
			fmt.Fprintln(s.out, s.bold(fmt.Sprintf("%s (%s)", family.Title(lang), family.Prefix())))
		}
		level := diag.Lookup(code).Level.Word(lang)
		if _, err := fmt.Fprintf(s.out, "  %-*s  %-13s  %s\n", width, code, level, diag.FirstSentence(code, lang)); err != nil {
			return err
		}
	}
	return nil
}

// write prints a page for people: the example of what is wrong is followed by what the checker says of it.
func (l lesson) write(s streams, lang diag.Language) error {
	family := l.Code.Category()
	fmt.Fprintf(s.out, "%s  %s  %s (%s)\n\n%s\n\n%s\n",
		s.bold(string(l.Code)), diag.Lookup(l.Code).Level.Word(lang), family.Title(lang), family.Prefix(),
		wrap(diag.Pattern(l.Code, lang)), wrap(l.In(lang)))
	wrong, right := page.Headings(lang)
	if len(l.ShownWrong) > 0 {
		l.example(s, wrong, l.Wrong, l.ShownWrong)
		fmt.Fprintln(s.out)
		o := excerpt.Options{Color: s.color, Language: lang, File: l.found.file}
		for _, p := range l.found.problems {
			if err := excerpt.Write(s.out, p, o); err != nil {
				return err
			}
		}
	}
	if len(l.ShownRight) > 0 {
		l.example(s, right, l.Right, l.ShownRight)
	}
	return nil
}

// example prints the files of an example, each below its name.
func (l lesson) example(s streams, title string, files map[string]string, names []string) {
	fmt.Fprintf(s.out, "\n%s\n", s.bold(title))
	for _, name := range names {
		fmt.Fprintf(s.out, "\n  %s\n", name)
		for line := range strings.Lines(page.Visible(files[name])) {
			fmt.Fprintln(s.out, strings.TrimRight("    "+strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "    "), " "))
		}
	}
}

// bold marks a heading where colours are wanted.
func (s streams) bold(text string) string {
	if !s.color {
		return text
	}
	return "\x1b[1m" + text + "\x1b[m"
}

// column is how wide explanations are.
const column = 80

// bound are the signs that French writes apart from their word, but on its line.
var bound = strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", " »", "\u00a0»", "« ", "«\u00a0")

// wrap breaks the lines of paragraphs between words.
func wrap(text string) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(bound.Replace(text), "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		at := 0
		for word := range strings.FieldsFuncSeq(paragraph, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }) {
			width := uniseg.StringWidth(word)
			switch {
			case at == 0:
			case at+1+width > column:
				b.WriteByte('\n')
				at = 0
			default:
				b.WriteByte(' ')
				at++
			}
			b.WriteString(word)
			at += width
		}
	}
	return b.String()
}

// The machine-readable form: one line per code.
type (
	jsonPage struct {
		Code     string       `json:"code"`
		Level    string       `json:"level"`
		Category string       `json:"category"`
		Sentence string       `json:"sentence"`
		Why      string       `json:"why,omitempty"`
		Wrong    *jsonExample `json:"wrong,omitempty"`
		Right    *jsonExample `json:"right,omitempty"`
	}
	jsonExample struct {
		Files       map[string]string `json:"files"`
		Diagnostics []jsonProblem     `json:"diagnostics,omitempty"`
	}
)

func explainJSON(s streams, codes []diag.Code) error {
	brief := len(codes) == 0
	if brief {
		codes = slices.Collect(diag.Codes())
	}
	lang := language(s)
	for _, code := range codes {
		out := jsonPage{
			Code: string(code), Level: diag.Lookup(code).Level.String(), Category: code.Category().String(),
			Sentence: diag.Pattern(code, lang),
		}
		if !brief {
			learn(code).fill(&out, lang)
		}
		if err := writeJSON(s.out, out, ""); err != nil {
			return err
		}
	}
	return nil
}

// fill adds what a page says.
func (l lesson) fill(out *jsonPage, lang diag.Language) {
	out.Why = l.In(lang)
	if len(l.ShownWrong) > 0 {
		out.Wrong = &jsonExample{Files: shown(l.Wrong, l.ShownWrong)}
		for _, p := range l.found.problems {
			out.Wrong.Diagnostics = append(out.Wrong.Diagnostics, l.found.jsonProblem(p, lang))
		}
	}
	if len(l.ShownRight) > 0 {
		out.Right = &jsonExample{Files: shown(l.Right, l.ShownRight)}
	}
}

// shown are the files that a page gives itself, as text that JSON can hold.
func shown(files map[string]string, names []string) map[string]string {
	out := make(map[string]string, len(names))
	for _, name := range names {
		out[name] = strings.ToValidUTF8(files[name], "\uFFFD")
	}
	return out
}

func explainMarkdown(s streams, codes []diag.Code) error {
	if len(codes) == 0 {
		codes = slices.Collect(diag.Codes())
	}
	for i, code := range codes {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		p, ok := page.Of(code)
		if !ok {
			p = page.Page{Code: code}
		}
		if _, err := fmt.Fprint(s.out, p.Markdown(language(s), 1)); err != nil {
			return err
		}
	}
	return nil
}
