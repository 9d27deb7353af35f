package syntax

import "strings"

// property writes name: value; — words that stand before the name are not the formatter's to lose.
func (p *printer) property(n Node) {
	text, name := p.chunk.text, Clean(n.Name().Of(p.chunk.text))
	inInstance := p.chunk.nodes[p.chunk.item].kind == Instance
	if before := n.Before(); before.Len() > 0 {
		p.span(before)
		p.text(" ")
	}
	value := Clean(n.Value().Of(text))
	if inInstance && IsData(name) && !strings.HasPrefix(name, "data.") {
		name = p.dataName(n, name)
	}
	p.text(name, ": ")
	if inInstance {
		p.instanceValue(name, value)
	} else {
		p.typeValue(name, value)
	}
	p.text(";")
}

// dataName writes the prefix data. in lower case, unless the block has the same key under another spelling: names are
// compared exactly (DSL-60).
func (p *printer) dataName(n Node, name string) string {
	for other := range p.owner.Children() {
		if other.index == n.index || other.Kind() != Property {
			continue
		}
		if o := Clean(other.Name().Of(p.chunk.text)); IsData(o) && o[len("data."):] == name[len("data."):] {
			return name
		}
	}
	return "data." + name[len("data."):]
}

// typeValue writes the value of a component's or a facet's property. A value with a fault keeps its bytes.
func (p *printer) typeValue(name, value string) {
	switch name {
	case "children", "facets", "extends":
		p.names(value)
	case "exports":
		p.exports(value)
	case "imports":
		p.imports(value)
	case "installer":
		if value = Trim(value); strings.EqualFold(value, "iaas") {
			value = "target" // never a legacy form (DSL-92)
		}
		p.text(value)
	default:
		p.text(Trim(value))
	}
}

// instanceValue writes the value of an instance's property. The right blanks of names, private data and overrides belong to
// the value (DSL-63), unless quotes end it.
func (p *printer) instanceValue(name, value string) {
	switch {
	case name == "channels", name == "instance-data":
		p.labels(value)
	case name == "count", name == "instance-state", isQuoted(value) && !IsInstanceProperty(name):
		p.text(Trim(value))
	default:
		p.text(value)
	}
}

// isQuoted says whether a value is wholly in quotes (DSL-64).
func isQuoted(value string) bool {
	value = Trim(value)
	return len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"'
}

// names writes a list whose empty pieces are mistakes.
func (p *printer) names(value string) {
	pieces, _ := SplitList(value)
	for _, piece := range pieces {
		if !IsID(piece.Text) {
			p.text(value)
			return
		}
	}
	p.join(pieces, value)
}

// labels writes a list whose empty pieces are ignored.
func (p *printer) labels(value string) {
	pieces, _ := SplitList(value)
	kept := pieces[:0]
	for _, piece := range pieces {
		if piece.Text != "" {
			kept = append(kept, piece)
		}
	}
	p.join(kept, value)
}

func (p *printer) join(pieces []Piece, value string) {
	if len(pieces) == 0 {
		p.text(value) // commas alone: there is no list to write
		return
	}
	for i, piece := range pieces {
		p.comma(i)
		p.text(piece.Text)
	}
}

func (p *printer) comma(i int) {
	if i > 0 {
		p.text(", ")
	}
}

func (p *printer) exports(value string) {
	exports, faults := ScanExports(value)
	if len(faults) > 0 {
		p.text(value)
		return
	}
	for i, e := range exports {
		p.comma(i)
		if e.Random.Len() > 0 {
			p.text("random[", e.Kind, "] ")
		}
		p.text(e.Name)
		if e.HasValue {
			p.text(" = ")
			p.exportValue(e.Value)
		}
	}
}

// exportValue writes a default, in quotes where it would not be the same without.
func (p *printer) exportValue(v string) {
	if v == "" || Trim(v) != v || strings.ContainsAny(v, ",;#") {
		p.text(`"`, v, `"`)
		return
	}
	p.text(v)
}

func (p *printer) imports(value string) {
	entries, faults, _ := ScanImports(value)
	if len(faults) > 0 || len(entries) == 0 {
		p.text(value)
		return
	}
	for i, e := range entries {
		p.comma(i)
		if e.External.Len() > 0 {
			p.text("external ")
		}
		p.text(e.Prefix, ".", e.Name)
		if e.Optional.Len() > 0 {
			p.text(" (optional)")
		}
	}
}
