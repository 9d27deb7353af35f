package load

import "github.com/roboconf/workbench/model/properties"

// Entry is one key of a properties file and where it stands.
type Entry = properties.Entry

// Properties is a properties file with what a descriptor means by its keys.
type Properties struct{ *properties.File }

// Find gives the entry that counts for a key: the last one (MOD-20). Nothing holds no key.
func (p *Properties) Find(key string) (Entry, bool) {
	if p == nil {
		return Entry{}, false
	}
	return p.File.Find(key)
}

// ParseProperties reads a properties file. The error tells about an escape that means no character; what could be read is
// given all the same.
func ParseProperties(text string) (*Properties, error) {
	f := properties.Parse(text)
	return &Properties{f}, f.Err()
}
