package document

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// plainTag returns the tag of a plain scalar, which is what the library says it is
// (§10.3.2, and some of YAML 1.1). Most texts are proven to be strings, or whole
// numbers, without asking.
func plainTag(text string) string {
	switch {
	case isWord(text):
		return String
	case isWhole(text):
		return Int
	}
	n := yaml.Node{Kind: yaml.ScalarNode, Value: text}
	return n.ShortTag()
}

// isWord reports whether text is surely a string: no number, no date, no true,
// false, null or ~ in any spelling, and no merge key.
func isWord(text string) bool {
	if text == "" {
		return false
	}
	switch text[0] | 0x20 { // in lower case
	case 't':
		return len(text) != len("true") || text[1]|0x20 != 'r'
	case 'f':
		return len(text) != len("false") || text[1]|0x20 != 'a'
	case 'n':
		return len(text) != len("null") || text[1]|0x20 != 'u'
	case 'y', 'o', '~', '<':
		return len(text) > len("off")
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '-', '.':
		const inNumbers = "0123456789abcdefABCDEF+-._xXoOpP" + "inIN" + "tTzZ: " // hexadecimal, .inf and .nan, dates
		for i := range len(text) {
			if strings.IndexByte(inNumbers, text[i]) < 0 {
				return true
			}
		}
		return false
	}
	return true
}

// isWhole reports whether text is surely a whole number: decimal, small enough for
// an int64, and without the leading zero of an octal one.
func isWhole(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	if len(digits) == 0 || len(digits) > 18 || digits[0] == '0' && digits != "0" {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}
