package avro

import "slices"

// A resolver answers whether a reader's schema reads all that is written with a
// writer's (specification, "Schema Resolution").
//
// Types recurse, so the answer is the greatest one without a contradiction: a pair that
// is being asked about counts as readable until it is shown not to be. "No" is then
// final, because the assumption only ever helps. "Yes" may rest on the assumption, and
// is kept only once the outermost pair that it rests on is answered with yes; if that
// becomes a no, all that rested on it is asked again. Implementations that keep such a
// yes call schemas compatible that are not.
type resolver struct {
	known   map[typePair]bool
	inside  map[typePair]int // pairs that are being asked about: how many enclose them
	trusted map[typePair]bool
	trust   []trust // the trusted pairs, in the order in which they were answered
	left    int     // questions; below zero: gave up
}

// A typePair is a reader's type and a writer's.
type typePair struct{ r, w *typ }

// A trust is a pair with a yes for now.
type trust struct {
	typePair
	restsOn int // the outermost enclosing pair on which it rests, or any before it in the list
}

// maxQuestions bounds the work for one pair of ports. One of 20,000 types, each of which
// is compared with its counterpart, asks a fraction of it.
const maxQuestions = 5_000_000

func newResolver() *resolver {
	return &resolver{known: make(map[typePair]bool), inside: make(map[typePair]int), trusted: make(map[typePair]bool), left: maxQuestions}
}

// onNothing is what an answer rests on that rests on no assumption.
const onNothing = int(^uint(0) >> 1)

// reads reports whether r reads w.
func (s *resolver) reads(r, w *typ) bool {
	ok, _ := s.ask(r, w)
	return ok
}

// gaveUp reports whether the question was too large: then no answer counts.
func (s *resolver) gaveUp() bool { return s.left < 0 }

func (s *resolver) ask(r, w *typ) (ok bool, restsOn int) {
	if s.left--; s.left < 0 {
		return false, onNothing
	}
	if !(r.kind.isNamed() && w.kind.isNamed()) && r.kind != unionKind && w.kind != unionKind {
		return s.decide(r, w)
	}
	pair := typePair{r, w}
	if ok, is := s.known[pair]; is {
		return ok, onNothing
	}
	if depth, is := s.inside[pair]; is {
		return true, depth
	}
	if s.trusted[pair] {
		return true, s.trust[len(s.trust)-1].restsOn // no deeper than its own
	}
	depth, mark := len(s.inside), len(s.trust)
	s.inside[pair] = depth
	ok, restsOn = s.decide(r, w)
	delete(s.inside, pair)
	if ok && restsOn < depth {
		outermost := restsOn
		if len(s.trust) > 0 {
			outermost = min(outermost, s.trust[len(s.trust)-1].restsOn)
		}
		s.trust, s.trusted[pair] = append(s.trust, trust{pair, outermost}), true
		return true, restsOn
	}
	for _, t := range s.trust[mark:] {
		if delete(s.trusted, t.typePair); ok {
			s.known[t.typePair] = true
		}
	}
	s.left -= len(s.trust) - mark
	s.trust = s.trust[:mark]
	s.known[pair] = ok
	return ok, onNothing
}

// decide applies the rules to two types, whatever they are.
func (s *resolver) decide(r, w *typ) (ok bool, restsOn int) {
	restsOn = onNothing
	all := func(r, w *typ) bool {
		ok, on := s.ask(r, w)
		restsOn = min(restsOn, on)
		return ok
	}
	switch {
	case w.kind == unionKind: // whatever comes is read, so each branch has to be
		for _, b := range w.branches {
			if !all(r, b.typ) {
				return false, onNothing
			}
		}
		return true, restsOn
	case r.kind == unionKind:
		ok := slices.ContainsFunc(r.branches, func(b *use) bool { return mayRead(b.typ, w) && all(b.typ, w) })
		return ok, restsOn
	case r.kind != w.kind:
		return promotes(w.kind, r.kind), restsOn
	case r.kind.isNamed() && !sameName(r, w):
		return false, restsOn
	}
	switch r.kind {
	case arrayKind, mapKind:
		return all(r.items.typ, w.items.typ), restsOn
	case fixedKind:
		return r.size == w.size, restsOn
	case enumKind:
		return r.fallback != "" || len(missing(r, w)) == 0, restsOn
	case recordKind:
		for _, f := range r.fields {
			g := f.writer(w)
			if g == nil && f.fallback == nil || g != nil && !all(f.use.typ, g.use.typ) {
				return false, onNothing
			}
		}
	}
	return true, restsOn
}

// mayRead tells most branches of a union from the one that counts.
func mayRead(r, w *typ) bool {
	if r.kind != w.kind {
		return promotes(w.kind, r.kind)
	}
	return !r.kind.isNamed() || sameName(r, w)
}

// promotes reports whether a reader of type to takes what is written as from, which is
// another type.
func promotes(from, to kind) bool {
	switch from {
	case intKind, longKind, floatKind:
		return to.isNumber() && to > from
	case stringKind:
		return to == bytesKind
	case bytesKind:
		return to == stringKind
	}
	return false
}

// losesDigits reports whether the promotion rounds large numbers.
func losesDigits(from, to kind) bool {
	return to == floatKind && (from == intKind || from == longKind) || to == doubleKind && from == longKind
}

// sameName reports whether a reader takes the named type w for its own r: by the name
// without the namespace, or by an alias in full.
func sameName(r, w *typ) bool {
	return short(r.name) == short(w.name) || slices.Contains(r.aliases, w.name)
}

// missing lists the symbols that w may hold and r does not know.
func missing(r, w *typ) (all []symbol) {
	known := make(map[string]bool, len(r.symbols))
	for _, s := range r.symbols {
		known[s.name] = true
	}
	for _, s := range w.symbols {
		if !known[s.name] {
			all = append(all, s)
		}
	}
	return all
}
