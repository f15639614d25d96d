package document

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// word reads a quoted scalar, or what stands on this line of a plain one, and moves
// behind it. Stop is what may end a plain scalar here.
func (r *commonReader) word(stop uint16) *Node {
	start := r.pos()
	tag, text := String, ""
	switch c := r.text[r.at]; {
	case c == '"':
		text = r.quoted(doubleStop)
	case c == '\'':
		text = r.quoted(singleStop)
	case r.beginsPlain(stop):
		text = r.plainPart(stop)
		if tag = plainTag(text); tag == merge {
			panic(stepBack{})
		}
	default:
		panic(stepBack{})
	}
	n := r.node(Scalar, start)
	n.Tag, n.Text = tag, text
	return n
}

// beginsPlain reports whether a plain scalar begins here (§7.3.3, ns-plain-first).
func (r *commonReader) beginsPlain(stop uint16) bool {
	c := r.text[r.at]
	if c != '-' && c != '?' && c != ':' {
		return class[c]&(indicator|blank|lineEnd) == 0
	}
	if next := r.text[r.at+1]; stop == flowStop {
		return c == '-' && class[next]&(blank|flowStop) == 0
	} else {
		return !isWhite(next)
	}
}

// plainPart reads what stands on this line of a plain scalar, and moves behind it
// (§7.3.3, ns-plain-char).
func (r *commonReader) plainPart(stop uint16) string {
	from, i := r.at, r.at
scan:
	for ; ; i++ {
		for class[r.text[i]]&stop == 0 {
			i++
		}
		switch c := r.text[i]; {
		case c == ':':
			if next := class[r.text[i+1]]; next&(blank|lineEnd) != 0 {
				break scan
			} else if stop == flowStop && next&flowStop != 0 { // the library reads on
				panic(stepBack{})
			}
		case c == '#':
			if class[r.text[i-1]]&blank != 0 {
				break scan
			}
		case c == '?': // the library stops here
			panic(stepBack{})
		default:
			break scan
		}
	}
	for class[r.text[i-1]]&blank != 0 && i > from {
		i--
	}
	r.at = i
	return r.text[from:i]
}

// continuePlain adds to n, a plain scalar, the lines that stand deeper than indent,
// and moves to the next token (§7.3.3). A comment ends a scalar.
func (r *commonReader) continuePlain(n *Node, indent int) {
	r.commented = false
	r.endLine()
	end, line := r.pos(), r.line
	if r.next(); r.column <= indent || r.commented {
		return
	}
	r.buf = append(r.buf[:0], n.Text...)
	for r.column > indent && !r.commented {
		r.fold(r.line - line)
		line = r.line
		r.buf = append(r.buf, r.plainPart(plainStop)...)
		r.endLine()
		r.next()
	}
	n.Text = string(r.buf)
	n.Tag, n.Span.End = plainTag(n.Text), end // shown by its first line
}

// fold adds to the scalar what so many line breaks in a row mean (§6.5).
func (r *commonReader) fold(breaks int) {
	if breaks == 1 {
		r.buf = append(r.buf, ' ')
	}
	r.breakLines(breaks - 1)
}

// quoted reads a scalar in quotes and moves behind it (§7.3.1, §7.3.2).
func (r *commonReader) quoted(stop uint16) string {
	quote := r.text[r.at]
	r.at++
	part := r.quotedPart(stop)
	if r.closes(quote) {
		return part
	}
	r.buf = r.buf[:0]
	for {
		switch r.text[r.at] {
		case '\'': // two of them
			r.buf = append(append(r.buf, part...), '\'')
			r.at += len("''")
		case '\\':
			r.buf = append(r.buf, part...)
			r.escape()
		default:
			r.buf = append(r.buf, strings.TrimRight(part, " \t")...)
			r.fold(r.lineBreaks())
		}
		part = r.quotedPart(stop)
		if r.closes(quote) {
			return string(append(r.buf, part...))
		}
	}
}

func (r *commonReader) quotedPart(stop uint16) string {
	from := r.at
	for class[r.text[r.at]]&stop == 0 {
		r.at++
	}
	return r.text[from:r.at]
}

// closes moves past a quote that ends the scalar, if one is there.
func (r *commonReader) closes(quote byte) bool {
	if r.text[r.at] != quote || quote == '\'' && r.text[r.at+1] == quote {
		return false
	}
	r.at++
	return true
}

// lineBreaks moves past line breaks and the blanks behind each, and counts them.
func (r *commonReader) lineBreaks() (breaks int) {
	for ; class[r.text[r.at]]&lineEnd != 0; breaks++ {
		if r.text[r.at] == '\r' {
			r.at++
		}
		if r.atEnd() {
			panic(stepBack{})
		}
		if r.newLine(); r.isMarker() {
			panic(stepBack{})
		}
		r.skipBlanks()
	}
	return breaks
}

// escape reads an escape sequence, all but the rarest of them (§5.7).
func (r *commonReader) escape() {
	r.at++
	const names, means = "0abtnvfre \"'\\\t", "\x00\a\b\t\n\v\f\r\x1b \"'\\\t"
	switch c := r.text[r.at]; {
	case class[c]&lineEnd != 0: // it is left out, but not the empty lines that follow
		if breaks := r.lineBreaks(); breaks > 1 {
			r.fold(breaks)
		}
	case c == 'x':
		r.hex(2)
	case c == 'u':
		r.hex(4)
	case c == 'U':
		r.hex(8)
	default:
		i := strings.IndexByte(names, c)
		if i < 0 {
			panic(stepBack{})
		}
		r.buf = append(r.buf, means[i])
		r.at++
	}
}

// hex reads the number of a character.
func (r *commonReader) hex(digits int) {
	from := r.at + 1
	r.at = from + digits
	if r.at > len(r.text) {
		panic(stepBack{})
	}
	c, err := strconv.ParseUint(r.text[from:r.at], 16, 32)
	if err != nil || c > utf8.MaxRune || !utf8.ValidRune(rune(c)) {
		panic(stepBack{})
	}
	r.buf = utf8.AppendRune(r.buf, rune(c))
}

// blockScalar reads a literal or folded scalar (§8.1) and moves to the next token.
// Its lines stand deeper than indent. It is shown by the line that begins it.
func (r *commonReader) blockScalar(indent int) *Node {
	start, folded := r.pos(), r.text[r.at] == '>'
	width, chomping := r.blockHeader(indent)
	n := r.node(Scalar, start)
	r.buf = r.buf[:0]
	breaks := r.blockText(indent, width, folded)
	switch { // §8.1.1.2
	case chomping == '+':
		r.breakLines(breaks)
	case chomping != '-' && len(r.buf) > 0:
		r.breakLines(min(breaks, 1))
	}
	n.Tag, n.Text = String, string(r.buf)
	r.next()
	return n
}

// blockHeader reads how far the lines of a block scalar are indented, 0 if it does
// not say, and how it ends, and moves to the end of the line.
func (r *commonReader) blockHeader(indent int) (width int, chomping byte) {
	for r.at++; ; r.at++ {
		switch c := r.text[r.at]; {
		case (c == '-' || c == '+') && chomping == 0:
			chomping = c
		case '1' <= c && c <= '9' && width == 0:
			width = max(indent, 0) + int(c-'0')
		default:
			r.endLine()
			return width, chomping
		}
	}
}

// blockText reads the lines of a block scalar, and returns how many line breaks
// there are behind the last that is not empty. Where width is 0, the first of those
// tells how far all are indented (§8.1.1.1).
func (r *commonReader) blockText(indent, width int, folded bool) (breaks int) {
	widest := 0    // of the indentation of empty lines
	spaced := true // the last line begins with a blank, or there is none
	for breaks = -1; !r.atEnd(); {
		if r.text[r.at] == '\r' {
			r.at++
		}
		r.newLine()
		breaks++
		for r.text[r.at] == ' ' && (width == 0 || r.at-r.start < width) {
			r.at++
		}
		column, c := r.at-r.start, r.text[r.at]
		if class[c]&lineEnd != 0 {
			widest = max(widest, column)
			continue
		}
		if c == '\t' && (width == 0 || column < width) {
			panic(stepBack{})
		}
		if width == 0 && column > max(indent, 0) {
			if width = column; width < widest {
				panic(stepBack{})
			}
		}
		if width == 0 || column < width {
			return breaks
		}
		isSpaced := class[c]&blank != 0
		if folded && !spaced && !isSpaced { // §8.1.3
			r.fold(breaks)
		} else {
			r.breakLines(breaks)
		}
		from := r.at
		r.skipLine()
		r.buf = append(r.buf, r.text[from:r.at]...)
		spaced, breaks = isSpaced, 0
	}
	return breaks
}

// breakLines adds line breaks to the scalar.
func (r *commonReader) breakLines(breaks int) {
	for range breaks {
		r.buf = append(r.buf, '\n')
	}
}
