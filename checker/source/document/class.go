package document

// What a byte is to a reader. Those of longer characters are nothing, or rare.
const (
	blank      = 1 << iota // a space or a tab
	lineEnd                // a line break or the zero byte that ends the text
	indicator              // begins something else than a plain scalar
	plainStop              // may end a plain scalar
	flowStop               // may end a plain scalar within a flow collection
	singleStop             // may end a part of a single-quoted scalar
	doubleStop             // may end a part of a double-quoted scalar
	stringStop             // does not stand for itself in a string of JSON
	rare                   // is forbidden, or may begin what is
)

var class = classify()

func classify() (class [256]uint16) {
	add := func(bits uint16, chars string) {
		for i := range len(chars) {
			class[chars[i]] |= bits
		}
	}
	add(blank, " \t")
	add(lineEnd|plainStop|flowStop|singleStop|doubleStop, "\r\n\x00")
	add(indicator, ",[]{}#&*!|>'\"%@`")
	add(plainStop|flowStop, ":#")
	add(flowStop, ",[]{}?")
	add(singleStop, "'")
	add(doubleStop|stringStop, `"\`)
	for c := range ' ' {
		class[c] |= stringStop
		if c != '\t' && c != '\n' {
			class[c] |= rare
		}
	}
	add(rare, "\x7F\xC2\xE2\xEF")
	return class
}
