package target

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// The labels that every machine carries (manager.md 4.4, TG-140).
const (
	LabelDomain = "rbc.domain"
	LabelApp    = "rbc.app"
	LabelScope  = "rbc.scope"
	LabelGen    = "rbc.gen"
	LabelToken  = "rbc.token"
)

// hashed is how many characters of a hash end a name (TG-115).
const hashed = 8

// Labels are what a machine is found by.
func (k Key) Labels() map[string]string {
	return map[string]string{
		LabelDomain: k.Domain, LabelApp: k.App, LabelScope: k.Scope, LabelGen: strconv.Itoa(k.Gen), LabelToken: k.Token(),
	}
}

// KeyOf reads labels; false when one is missing or is not ours.
func KeyOf(labels map[string]string) (Key, bool) {
	gen, err := strconv.Atoi(labels[LabelGen])
	k := Key{Domain: labels[LabelDomain], App: labels[LabelApp], Scope: labels[LabelScope], Gen: gen}
	return k, err == nil && k.App != "" && k.Scope != "" && labels[LabelToken] == k.Token()
}

// Token is the idempotency token of a machine: 32 characters that no other key has.
func (k Key) Token() string { return k.hash()[:32] }

// String is the key for people: domain/app/scope, then the generation.
func (k Key) String() string {
	return k.Domain + "/" + k.App + k.Scope + "#" + strconv.Itoa(k.Gen)
}

// hash covers every field; lengths keep "a"+"bc" apart from "ab"+"c".
func (k Key) hash() string {
	h := sha256.New()
	for _, part := range []string{k.Domain, k.App, k.Scope, strconv.Itoa(k.Gen)} {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part)) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Name derives the name of a machine: a readable part, then 8 characters of a hash over the whole key, so that names that were cut
// stay apart (TG-115). It has at most limit characters (at least 9 are needed), all of them a-z, 0-9 or "-", begins with a letter,
// ends with none of "-": legal as a host name, a container, a folder.
func (k Key) Name(limit int) string {
	end := k.hash()[:hashed]
	readable := plain(k.App + "-" + strings.TrimPrefix(k.Scope, "/"))
	if readable == "" || readable[0] < 'a' || readable[0] > 'z' {
		readable = "m" + readable
	}
	readable = strings.TrimRight(readable[:min(len(readable), max(1, limit-hashed-1))], "-")
	if limit < hashed+2 {
		return "m" + end[:max(0, min(hashed, limit-1))]
	}
	return readable + "-" + end
}

// plain keeps letters, digits; everything else becomes one dash.
func plain(text string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(text) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
			continue
		}
		dash = true
	}
	return b.String()
}
