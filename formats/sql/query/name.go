package query

import "slices"

// ref resolves a name in an expression and returns what it stands for.
func (r *resolver) ref(x ref, in *scope) []origin {
	if x.star {
		r.whole(x, in)
		return nil
	}
	if len(x.parts) == 1 {
		return r.column(x, in, r.lateralAlias)
	}
	for s := in; s != nil && r.spend(s.size()); s = s.parent {
		rel, n := s.relation(x.parts)
		if rel == nil {
			continue
		}
		if n == len(x.parts) {
			r.takeRow(rel.row, x.use)
			return nil
		}
		from := r.qualified(rel, x.parts[n], x)
		// t.a may also be the field a of a column t.
		if own, sure := s.find(x.parts[0].key); sure {
			start, end := x.span()
			r.mark(own, x.use, start, end)
			from = r.merge(from, own)
		}
		return from
	}
	field := x
	field.parts = x.parts[:1]
	if !r.possible(x.parts[0].key, in) {
		if x.guess {
			return nil
		}
		start, end := x.span()
		r.fail(start, end, "nothing here is called %s", clip(x.parts[0].key))
		return nil
	}
	return r.column(field, in, r.lateralAlias)
}

// qualified resolves rel.name.
func (r *resolver) qualified(rel *relation, name part, x ref) []origin {
	start, end := x.span()
	from, sure := rel.find(name.key)
	if !sure && len(from) == 0 {
		for _, b := range rel.stars { // the schema that we know may be of another day
			from = append(from, origin{b, name.key})
		}
	}
	r.mark(from, x.use, start, end)
	return from
}

// column resolves a name that stands alone, first here, then around. With
// aliased it may be a name of the select list.
func (r *resolver) column(x ref, in *scope, aliased bool) (from []origin) {
	key := x.parts[0].key
	start, end := x.span()
	maybe := false
	for s := in; s != nil && r.spend(s.size()); s = s.parent {
		found, sure := s.find(key)
		if sure || !x.soft {
			r.mark(found, x.use, start, end)
			from = r.merge(from, found)
		}
		if sure && !s.beside {
			return from
		}
		may := s.mayHave()
		if alias, ok := s.aliases[key]; ok && aliased {
			r.mark(alias, x.use, start, end)
			if from = r.merge(from, alias); !may {
				return from
			}
			maybe = true
		}
		if rel, n := s.relation(x.parts); rel != nil && n == 1 {
			if !rel.opaque { // the whole row; of a function its one column
				r.takeRow(rel.row, x.use)
			}
			maybe = true // around it may be a column, which comes first
		}
		maybe = maybe || may || sure
	}
	if !maybe && !x.soft && !x.guess {
		from = r.stale(key, in)
		r.mark(from, x.use, start, end)
	}
	return from
}

// stale gives a column that nobody is known to have to every table of the
// nearest scope that has any: the schema may be of another day than the query.
func (r *resolver) stale(key string, in *scope) (from []origin) {
	for s := in; s != nil && len(from) == 0; s = s.parent {
		for _, rel := range s.rels {
			for _, b := range rel.stars {
				from = append(from, origin{b, key})
			}
		}
	}
	return from
}

// possible reports whether some row in sight may have the column.
func (r *resolver) possible(key string, in *scope) bool {
	for s := in; s != nil; s = s.parent {
		if _, sure := s.find(key); sure || s.mayHave() || s.aliases[key] != nil {
			return true
		}
	}
	return false
}

// find looks for a column in all relations of s. Where one is sure to have it,
// no other can have it, or the name would be ambiguous.
func (s *scope) find(key string) (from []origin, sure bool) {
	var maybe []origin
	for _, rel := range s.rels {
		switch found, ok := rel.find(key); {
		case ok:
			from, sure = append(from, found...), true
		default:
			maybe = append(maybe, found...)
		}
	}
	if sure {
		return from, true
	}
	return maybe, false
}

func (s *scope) size() (n int) {
	for _, rel := range s.rels {
		n += 1 + rel.size()
	}
	return n
}

func (s *scope) mayHave() bool {
	return slices.ContainsFunc(s.rels, func(rel *relation) bool { return rel.mayHave() })
}

// whole takes all that * or t.* in an expression stands for.
func (r *resolver) whole(x ref, in *scope) {
	if len(x.parts) > 0 {
		if rel, n := in.lookup(x.parts); rel != nil && n == len(x.parts) {
			r.takeRow(rel.row, x.use)
			return
		}
		x.star = false
		r.ref(x, in)
		return
	}
	for s := in; s != nil; s = s.parent {
		for _, rel := range s.rels {
			if !rel.target { // MERGE takes the columns of its source
				r.takeRow(rel.row, x.use)
			}
		}
		if len(s.rels) > 0 {
			return
		}
	}
}
