package valueset

// text looks for a text.
func (b *branch) text() *outcome {
	s := textSearch{max: -1}
	unknown := false
	formatted := ""
	for _, set := range b.holds {
		f := b.of(set)
		switch {
		case f.op == opMinLen && !set.denied():
			s.min = max(s.min, f.count)
		case f.op == opMinLen:
			s.atMost(f.count - 1)
		case f.op == opMaxLen && !set.denied():
			s.atMost(f.count)
		case f.op == opMaxLen:
			s.min = max(s.min, f.count+1)
		case f.op == opMatch && b.language(f.text).why != "", f.op == opOpaque, f.op == opFormat && set.denied():
			unknown = true
		case f.op == opFormat:
			unknown, formatted = true, f.text
		case f.op == opMatch && !set.denied():
			s.in = append(s.in, b.language(f.text))
		case f.op == opMatch:
			s.out = append(s.out, b.language(f.text))
		case f.op == opEnum:
			for _, v := range f.values {
				if v.typ == String {
					s.not = append(s.not, v.text)
				}
			}
		}
	}
	for _, sample := range formatSamples[formatted] {
		if v := textValue(sample); b.known(v) {
			return found(v)
		}
	}
	text, verdict := s.find(b.spend)
	switch {
	case verdict == Yes && unknown && !b.known(textValue(text)):
		return b.opaques()
	case verdict == Yes:
		return found(textValue(text))
	case verdict == No:
		return nothing
	}
	return b.long()
}

func (s *textSearch) atMost(n int) {
	if s.max < 0 || n < s.max {
		s.max = n
	}
	if n < 0 { // nothing is shorter than nothing
		s.min, s.max = 1, 0
	}
}

// long says that texts could not be searched to the end, and which keywords made it so.
func (b *branch) long() *outcome {
	for _, set := range b.holds {
		if f := b.of(set); f.op == opMatch || f.op == opMinLen {
			return b.stuck(f.keyword, "texts that are too long, or patterns that are too large together", f.at)
		}
	}
	return tooLong
}
