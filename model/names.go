package model

import "strings"

// SplitName cuts a full variable name at its first dot; prefix is "" when there is none (spec/model.md 1).
func SplitName(full string) (prefix, local string) {
	if i := strings.IndexByte(full, '.'); i >= 0 {
		return full[:i], full[i+1:]
	}
	return "", full
}

// FullName qualifies a variable that a type exports: a name that already starts with the type and a dot stays (MOD-70).
func FullName(owner, name string) string {
	if len(name) > len(owner) && name[len(owner)] == '.' && name[:len(owner)] == owner {
		return name
	}
	return owner + "." + name
}

// IsNetworkName says whether the platform gives the variable its value: the address of its machine (MOD-77).
func IsNetworkName(name string) bool {
	n := len(name)
	if n < 2 || !strings.EqualFold(name[n-2:], "ip") {
		return false
	}
	return n == 2 || name[n-3] == '.'
}

// The classes of bytes that names are made of (dsl.md 2.1). Names are ASCII.
const (
	first  = 1 << iota // may start a name
	idByte             // may follow in an ID
	space              // may follow in a FLEX-ID
	paren              // may follow in an APP-NAME
)

var class = classes()

func classes() (table [256]uint8) {
	for c := range 256 {
		switch b := byte(c); {
		case b == '_', 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z':
			table[c] = first | idByte
		case '0' <= b && b <= '9', b == '-', b == '.':
			table[c] = idByte
		case b == ' ':
			table[c] = space
		case b == '(', b == ')':
			table[c] = paren
		}
	}
	return table
}

func matches(s string, rest uint8) bool {
	if s == "" || class[s[0]]&first == 0 {
		return false
	}
	for i := 1; i < len(s); i++ {
		if class[s[i]]&rest == 0 {
			return false
		}
	}
	return true
}

// IsID says whether s is an ID (dsl.md 2.1).
func IsID(s string) bool { return matches(s, idByte) }

// IsFlexID says whether s is a FLEX-ID: an ID that may hold spaces.
func IsFlexID(s string) bool { return matches(s, idByte|space) }

// IsAppName says whether s is an APP-NAME: a FLEX-ID that may hold parentheses.
func IsAppName(s string) bool { return matches(s, idByte|space|paren) }

// IsTypeName says whether s can name a component or a facet: an ID without any dot (DSL-10).
func IsTypeName(s string) bool { return IsID(s) && strings.IndexByte(s, '.') < 0 }

// IsImportRef says whether s is an IMPORT-REF: an ID, or an ID followed by ".*".
func IsImportRef(s string) bool { return IsID(strings.TrimSuffix(s, ".*")) }
