package text

import "strings"

// hunk says that lines [a0,a1) of one text became lines [b0,b1) of another.
type hunk struct{ a0, a1, b0, b1 int }

// linesOf cuts a text into lines with their ends.
func linesOf(s string) []string {
	lines := strings.SplitAfter(s, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// Difference gives edits that make b of a; they change only lines that differ.
func Difference(a, b string) []Edit {
	if a == b {
		return nil
	}
	la, lb := linesOf(a), linesOf(b)
	var edits []Edit
	at, line := 0, 0
	for _, h := range diff(la, lb) {
		for ; line < h.a0; line++ {
			at += len(la[line])
		}
		e := Edit{At: at, Old: strings.Join(la[h.a0:h.a1], ""), New: strings.Join(lb[h.b0:h.b1], "")}
		edits = append(edits, trim(e))
	}
	return edits
}

// trim takes what an edit keeps at its ends out of it, by whole characters of ASCII.
func trim(e Edit) Edit {
	for e.Old != "" && e.New != "" && e.Old[0] == e.New[0] && e.Old[0] < 0x80 {
		e = Edit{At: e.At + 1, Old: e.Old[1:], New: e.New[1:]}
	}
	for e.Old != "" && e.New != "" {
		c := e.Old[len(e.Old)-1]
		if c != e.New[len(e.New)-1] || c >= 0x80 {
			break
		}
		e.Old, e.New = e.Old[:len(e.Old)-1], e.New[:len(e.New)-1]
	}
	return e
}

// diff gives the hunks in which two texts differ, in order. Lines that stand once on each side hold the comparison together;
// what lies between them is compared again, small leftovers line by line. The result is right for any texts, but not always
// the shortest.
func diff(a, b []string) []hunk {
	d := differ{a: a, b: b}
	d.compare(0, len(a), 0, len(b))
	return d.hunks
}

type differ struct {
	a, b  []string
	hunks []hunk
}

// add notes a hunk, as a part of the last one when they meet.
func (d *differ) add(h hunk) {
	if n := len(d.hunks) - 1; n >= 0 && d.hunks[n].a1 == h.a0 && d.hunks[n].b1 == h.b0 {
		d.hunks[n].a1, d.hunks[n].b1 = h.a1, h.b1
		return
	}
	d.hunks = append(d.hunks, h)
}

func (d *differ) compare(a0, a1, b0, b1 int) {
	for a0 < a1 && b0 < b1 && d.a[a0] == d.b[b0] {
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && d.a[a1-1] == d.b[b1-1] {
		a1, b1 = a1-1, b1-1
	}
	if a0 == a1 && b0 == b1 {
		return
	}
	if a0 == a1 || b0 == b1 {
		d.add(hunk{a0, a1, b0, b1})
		return
	}
	pairs := d.anchors(a0, a1, b0, b1)
	if len(pairs) == 0 {
		pairs = d.common(a0, a1, b0, b1)
		if len(pairs) == 0 {
			d.add(hunk{a0, a1, b0, b1})
			return
		}
	}
	for _, p := range pairs {
		d.compare(a0, p[0], b0, p[1])
		a0, b0 = p[0]+1, p[1]+1
	}
	d.compare(a0, a1, b0, b1)
}

// anchors are the longest ascending run of lines that stand exactly once on each side.
func (d *differ) anchors(a0, a1, b0, b1 int) [][2]int {
	type seen struct{ inA, inB, a, b int }
	lines := make(map[string]*seen, a1-a0)
	for i := a0; i < a1; i++ {
		s := lines[d.a[i]]
		if s == nil {
			s = &seen{}
			lines[d.a[i]] = s
		}
		s.inA, s.a = s.inA+1, i
	}
	for i := b0; i < b1; i++ {
		if s := lines[d.b[i]]; s != nil {
			s.inB, s.b = s.inB+1, i
		}
	}
	var pairs [][2]int
	for i := a0; i < a1; i++ {
		if s := lines[d.a[i]]; s.inA == 1 && s.inB == 1 {
			pairs = append(pairs, [2]int{s.a, s.b})
		}
	}
	return ascending(pairs)
}

// ascending is a longest subsequence whose second parts ascend.
func ascending(pairs [][2]int) [][2]int {
	var tails []int // index of the pair that ends the best run of each length
	back := make([]int, len(pairs))
	for i, p := range pairs {
		lo, hi := 0, len(tails)
		for lo < hi {
			if mid := (lo + hi) / 2; pairs[tails[mid]][1] < p[1] {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		back[i] = -1
		if lo > 0 {
			back[i] = tails[lo-1]
		}
		tails = append(tails[:lo], i)
	}
	run := make([][2]int, len(tails))
	if len(tails) == 0 {
		return run
	}
	for n, i := len(tails)-1, tails[len(tails)-1]; n >= 0; n, i = n-1, back[i] {
		run[n] = pairs[i]
	}
	return run
}

// commonLimit is how large a table of common lines may grow.
const commonLimit = 1 << 20

// common is a longest common subsequence of the lines; none when the table would grow too large.
func (d *differ) common(a0, a1, b0, b1 int) [][2]int {
	n, m := a1-a0, b1-b0
	if n*m > commonLimit {
		return nil
	}
	table := make([]int32, (n+1)*(m+1))
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if d.a[a0+i] == d.b[b0+j] {
				table[i*(m+1)+j] = table[(i+1)*(m+1)+j+1] + 1
			} else {
				table[i*(m+1)+j] = max(table[(i+1)*(m+1)+j], table[i*(m+1)+j+1])
			}
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case d.a[a0+i] == d.b[b0+j]:
			pairs = append(pairs, [2]int{a0 + i, b0 + j})
			i, j = i+1, j+1
		case table[(i+1)*(m+1)+j] >= table[i*(m+1)+j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}
