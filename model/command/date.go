package command

import (
	"fmt"
	"strings"
	"time"
)

// letters are those that mean something in a date pattern (CMD-41).
const letters = "GyMwWDdFEuaHkKhmsSzZX"

// pieces cuts a date pattern into runs of one letter and plain text; ok is false when it is not one.
func pieces(pattern string, letter func(c byte, count int), plain func(s string)) (ok bool) {
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\'':
			text, end := quoted(pattern[i:])
			if end < 0 {
				return false
			}
			plain(text)
			i += end
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z':
			if strings.IndexByte(letters, c) < 0 {
				return false
			}
			count := len(pattern[i:]) - len(strings.TrimLeft(pattern[i:], string(rune(c))))
			letter(c, count)
			i += count
		default:
			plain(pattern[i : i+1])
			i++
		}
	}
	return true
}

// quoted reads the text between the quotes that a pattern starts with; two quotes are one. end is -1 when the last one is missing.
func quoted(s string) (text string, end int) {
	if strings.HasPrefix(s, "''") {
		return "'", 2
	}
	for i := 1; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "''"):
			text += "'"
			i++
		case s[i] == '\'':
			return text, i + 1
		default:
			text += s[i : i+1]
		}
	}
	return "", -1
}

// validPattern says whether a text is a date pattern.
func validPattern(pattern string) bool {
	return pieces(pattern, func(byte, int) {}, func(string) {})
}

// formatTime writes a time as a pattern says; an invalid pattern gives what stands before its fault.
func formatTime(pattern string, t time.Time) string {
	var b strings.Builder
	pieces(pattern,
		func(c byte, count int) { b.WriteString(field(c, count, t)) },
		func(s string) { b.WriteString(s) })
	return b.String()
}

// field is one part of a date, with at least as many digits as it has letters.
func field(c byte, count int, t time.Time) string {
	switch c {
	case 'G':
		return "AD"
	case 'M':
		if count >= 3 {
			return named(t.Month().String(), count)
		}
	case 'y':
		if count == 2 {
			return fmt.Sprintf("%02d", t.Year()%100)
		}
	case 'E':
		return named(t.Weekday().String(), count)
	case 'a':
		return t.Format("PM")
	case 'z':
		return t.Format("MST")
	case 'Z':
		return t.Format("-0700")
	case 'X':
		return t.Format([]string{"Z07", "Z0700", "Z07:00"}[min(count, 3)-1])
	}
	return fmt.Sprintf("%0*d", count, number(c, t))
}

// named is a month or a day: three letters, or all from four letters of the pattern on.
func named(name string, count int) string {
	if count < 4 {
		return name[:3]
	}
	return name
}

// number is the value of a part of a date that is one.
func number(c byte, t time.Time) int {
	_, week := t.ISOWeek()
	weekday := (int(t.Weekday())+6)%7 + 1 // Monday is 1
	return map[byte]int{
		'y': t.Year(), 'M': int(t.Month()), 'w': week, 'W': (t.Day()+5)/7 + 1, 'D': t.YearDay(), 'd': t.Day(),
		'F': (t.Day()-1)/7 + 1, 'u': weekday, 'H': t.Hour(), 'k': (t.Hour()+23)%24 + 1, 'K': t.Hour() % 12, 'h': (t.Hour()+11)%12 + 1,
		'm': t.Minute(), 's': t.Second(), 'S': t.Nanosecond() / int(time.Millisecond),
	}[c]
}
