package document

// flow reads the flow collection that begins at the reader's place (§7.4), and
// moves behind it. Its lines may be indented in any way, as the library has it.
func (r *commonReader) flow(depth int) *Node {
	kind, closer := List, byte(']')
	if r.text[r.at] == '{' {
		kind, closer = Map, '}'
	}
	n := r.collection(kind, r.pos(), depth)
	members := r.open()
	r.at++
	for r.skipSpace(); r.text[r.at] != closer; r.skipSpace() {
		if kind == Map {
			r.flowKey(&members)
		}
		r.addItem(r.flowItem(depth + 1))
		r.skipSpace()
		switch r.text[r.at] {
		case ',':
			r.at++
		case closer:
		default:
			panic(stepBack{})
		}
	}
	r.at++
	r.close(n, members)
	return n
}

// flowKey reads a key with its colon. A key that stands alone is not common.
func (r *commonReader) flowKey(members *frame) {
	from := r.at
	key := r.word(flowStop)
	if !r.skipColon(from, true) || !r.addKey(members, key) {
		panic(stepBack{})
	}
	r.skipSpace()
}

func (r *commonReader) flowItem(depth int) *Node {
	if c := r.text[r.at]; c == '[' || c == '{' {
		return r.flow(depth)
	}
	return r.word(flowStop)
}

// skipSpace moves past what separates the tokens of a flow collection (§6.7).
func (r *commonReader) skipSpace() {
	for {
		switch r.text[r.at] {
		case ' ', '\t', '\r':
			r.at++
		case '\n':
			if r.newLine(); r.isMarker() {
				panic(stepBack{})
			}
		case '#':
			r.skipComment()
		default:
			return
		}
	}
}
