package load

import "strings"

// PlainName is a display name without its accents: the name that identifies an application (MOD-24).
//
// The letters of the Latin scripts that have a canonical decomposition are written out here: the ground of the project
// stands on the standard library alone, which has no decomposition tables.
func PlainName(display string) string {
	ascii := true
	for i := range len(display) {
		ascii = ascii && display[i] < 0x80
	}
	if ascii {
		return display
	}
	var b strings.Builder
	for _, r := range display {
		switch base, ok := withoutAccent[r]; {
		case r >= 0x300 && r <= 0x36F:
		case ok:
			b.WriteRune(base)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var withoutAccent = accents()

func accents() map[rune]rune {
	letters := map[rune]string{
		'A': "ÀÁÂÃÄÅĀĂĄǍǞǠǺȀȂȦḀẠẢẤẦẨẪẬẮẰẲẴẶ", 'a': "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ",
		'B': "ḂḄḆ", 'b': "ḃḅḇ",
		'C': "ÇĆĈĊČḈ", 'c': "çćĉċčḉ",
		'D': "ĎḊḌḎḐḒ", 'd': "ďḋḍḏḑḓ",
		'E': "ÈÉÊËĒĔĖĘĚȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆ", 'e': "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ",
		'F': "Ḟ", 'f': "ḟ",
		'G': "ĜĞĠĢǦǴḠ", 'g': "ĝğġģǧǵḡ",
		'H': "ĤȞḢḤḦḨḪ", 'h': "ĥȟḣḥḧḩḫẖ",
		'I': "ÌÍÎÏĨĪĬĮİǏȈȊḬḮỈỊ", 'i': "ìíîïĩīĭįǐȉȋḭḯỉị",
		'J': "Ĵ", 'j': "ĵǰ",
		'K': "ĶǨḰḲḴ", 'k': "ķǩḱḳḵ",
		'L': "ĹĻĽḶḸḺḼ", 'l': "ĺļľḷḹḻḽ",
		'M': "ḾṀṂ", 'm': "ḿṁṃ",
		'N': "ÑŃŅŇǸṄṆṈṊ", 'n': "ñńņňǹṅṇṉṋ",
		'O': "ÒÓÔÕÖŌŎŐƠǑǪǬȌȎȪȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ", 'o': "òóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ",
		'P': "ṔṖ", 'p': "ṕṗ",
		'R': "ŔŖŘȐȒṘṚṜṞ", 'r': "ŕŗřȑȓṙṛṝṟ",
		'S': "ŚŜŞŠȘṠṢṤṦṨ", 's': "śŝşšșṡṣṥṧṩ",
		'T': "ŢŤȚṪṬṮṰ", 't': "ţťțṫṭṯṱẗ",
		'U': "ÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛȔȖṲṴṶṸṺỤỦỨỪỬỮỰ", 'u': "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự",
		'V': "ṼṾ", 'v': "ṽṿ",
		'W': "ŴẀẂẄẆẈ", 'w': "ŵẁẃẅẇẉẘ",
		'X': "ẊẌ", 'x': "ẋẍ",
		'Y': "ÝŶŸȲẎỲỴỶỸ", 'y': "ýÿŷȳẏẙỳỵỷỹ",
		'Z': "ŹŻŽẐẒẔ", 'z': "źżžẑẓẕ",
	}
	table := make(map[rune]rune)
	for base, list := range letters {
		for _, r := range list {
			table[r] = base
		}
	}
	return table
}
