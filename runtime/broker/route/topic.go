package route

import (
	"slices"
	"strings"
)

// trie finds the patterns that a routing key matches: words between dots, * for one word, # for any number of them.
//
// The search walks all patterns at once, word by word, so its cost is bounded by words times nodes, whatever the patterns are.
type trie struct {
	root      node
	step      uint64
	now, next []*node // kept between searches
}

type node struct {
	word     string
	parent   *node
	children map[string]*node
	star     *node
	hash     *node // what follows a #; it stays on it for any number of words
	loops    bool  // the node is behind a #
	bound    []*Binding
	step     uint64 // of the search that came here last
}

func (t *trie) add(pattern string, b *Binding) {
	at := t.find(pattern)
	at.bound = append(at.bound, b)
}

// find gives the node of a pattern, made when it is not there. An empty pattern has no words, as an empty key has none.
func (t *trie) find(pattern string) *node {
	at := &t.root
	if pattern == "" {
		return at
	}
	for word := range strings.SplitSeq(pattern, ".") {
		at = at.child(word)
	}
	return at
}

func (n *node) child(word string) *node {
	var to *node
	switch word {
	case "*":
		to = n.star
	case "#":
		if n.loops { // "#.#" says no more than "#"
			return n
		}
		to = n.hash
	default:
		to = n.children[word]
	}
	if to != nil {
		return to
	}
	to = &node{word: word, parent: n}
	switch word {
	case "*":
		n.star = to
	case "#":
		to.loops = true
		n.hash = to
	default:
		if n.children == nil {
			n.children = map[string]*node{}
		}
		n.children[word] = to
	}
	return to
}

func (t *trie) remove(pattern string, b *Binding) {
	at := t.find(pattern)
	at.bound = slices.DeleteFunc(at.bound, func(other *Binding) bool { return other == b })
	for at.parent != nil && len(at.bound) == 0 && len(at.children) == 0 && at.star == nil && at.hash == nil {
		up := at.parent
		switch at.word {
		case "*":
			up.star = nil
		case "#":
			up.hash = nil
		default:
			delete(up.children, at.word)
		}
		at = up
	}
}

// each calls do with the bindings whose pattern the key matches.
func (t *trie) each(key string, do func(*Binding)) {
	t.begin()
	t.enter(&t.root)
	for rest, more := key, key != ""; more; {
		var word string
		word, rest, more = strings.Cut(rest, ".")
		t.begin()
		for _, n := range t.now {
			t.forward(n, word)
		}
	}
	for _, n := range t.next {
		for _, b := range n.bound {
			do(b)
		}
	}
}

// begin makes what was found the place to start from.
func (t *trie) begin() {
	t.step++
	t.now, t.next = t.next, t.now[:0]
}

func (t *trie) forward(n *node, word string) {
	if n.loops {
		t.enter(n)
	}
	if to := n.children[word]; to != nil {
		t.enter(to)
	}
	if n.star != nil {
		t.enter(n.star)
	}
}

// enter adds a node, with those that it reaches without another word.
func (t *trie) enter(n *node) {
	for ; n != nil && n.step != t.step; n = n.hash {
		n.step = t.step
		t.next = append(t.next, n)
	}
}
