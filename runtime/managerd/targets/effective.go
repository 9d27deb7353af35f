package targets

import (
	"regexp"
	"strings"
)

var address = regexp.MustCompile(`\{\{\s*ip\s*\}\}`)

// Effective are the properties with which a handler is asked for a machine (targets.md 4): those of the target, with {{ ip }} replaced by an
// address, then the data of the instance over them (TG-20, TG-21).
func Effective(properties map[string]string, ip string, data map[string]string) map[string]string {
	set := make(map[string]string, len(properties)+len(data))
	for key, value := range properties {
		set[key] = address.ReplaceAllLiteralString(value, ip)
	}
	for key, value := range data {
		set[strings.TrimPrefix(key, "data.")] = value
	}
	for _, key := range []string{"id", "handler"} { // a machine cannot leave its target
		if value, ok := properties[key]; ok {
			set[key] = value
		}
	}
	return set
}
