package document

// block reads the node that begins at the reader's place and moves to the next
// token. The node belongs to a collection of the given indent, than which all its
// lines stand deeper. No block collection begins on the line of a key (§8.2.2).
func (r *commonReader) block(indent, depth int, onKeyLine bool) *Node {
	from, column := r.at, r.at-r.start
	var n *Node
	switch c := r.text[from]; {
	case c == '|' || c == '>':
		return r.blockScalar(indent)
	case c == '[' || c == '{':
		n = r.flow(depth)
	case r.isEntry() && !onKeyLine:
		return r.sequence(column, depth)
	default:
		n = r.word(plainStop)
		if !onKeyLine && r.skipColon(from, false) {
			return r.mapping(n, column, depth)
		}
		if c != '"' && c != '\'' {
			r.continuePlain(n, indent)
			return n
		}
	}
	r.endLine()
	r.next()
	return n
}

// mapping reads a block mapping (§8.2.2) whose keys stand in column, from behind
// the colon of its first key.
func (r *commonReader) mapping(key *Node, column, depth int) *Node {
	n := r.collection(Map, key.Span.Start, depth)
	members := r.open()
	for {
		if !r.addKey(&members, key) {
			panic(stepBack{})
		}
		r.addItem(r.value(column, depth+1))
		if r.column != column {
			break
		}
		from := r.at
		if key = r.word(plainStop); !r.skipColon(from, false) {
			panic(stepBack{})
		}
	}
	r.close(n, members)
	return n
}

// value reads what stands behind the colon of a key. A sequence may stand as deep
// as the key: its dashes are taken for indentation (§8.2.2).
func (r *commonReader) value(indent, depth int) *Node {
	none := r.pos()
	if r.skipBlanks(); !r.endsLine() {
		return r.block(indent, depth, true)
	}
	r.endLine()
	r.next()
	switch {
	case r.column > indent:
		return r.block(indent, depth, false)
	case r.column == indent && r.isEntry():
		return r.sequence(indent, depth)
	}
	return r.null(none)
}

// sequence reads a block sequence (§8.2.1) whose dashes stand in column.
func (r *commonReader) sequence(column, depth int) *Node {
	n := r.collection(List, r.pos(), depth)
	members := r.open()
	for {
		r.at++
		r.addItem(r.entry(column, depth+1))
		if r.column != column || !r.isEntry() {
			break
		}
	}
	r.close(n, members)
	return n
}

// entry reads what stands behind a dash. A collection that begins on the line of
// the dash is indented by the dash and the spaces behind it (§8.2.1).
func (r *commonReader) entry(indent, depth int) *Node {
	none := r.pos()
	for r.text[r.at] == ' ' {
		r.at++
	}
	if r.endsLine() {
		r.endLine()
		r.next()
		if r.column <= indent {
			return r.null(none)
		}
	}
	return r.block(indent, depth, false)
}

// skipColon moves past the colon that makes a key of the word that began at offset
// from, if there is one: on the same line, not too far off (§7.4.2). In a flow
// collection the value may follow at once.
func (r *commonReader) skipColon(from int, inFlow bool) bool {
	const longestKey = 1024
	r.skipBlanks()
	if r.text[r.at] != ':' || !inFlow && !isWhite(r.text[r.at+1]) {
		return false
	}
	if from < r.start || r.at-from > longestKey {
		panic(stepBack{})
	}
	r.at++
	return true
}

// isEntry reports whether an entry of a block sequence begins here.
func (r *commonReader) isEntry() bool { return r.text[r.at] == '-' && isWhite(r.text[r.at+1]) }

// endsLine reports whether the line holds nothing more than a comment.
func (r *commonReader) endsLine() bool {
	c := r.text[r.at]
	return c == '#' || class[c]&lineEnd != 0
}
