package avro

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	hamba "github.com/hamba/avro/v2"
	"github.com/twmb/avro"
)

// How many random edits the tests below look at, and how many values of each.
const (
	pairsOfSchemas = 3000
	samples        = 200
)

// An edited schema, in the forms that the decoders and we have of it.
type edited struct {
	seed       uint64
	base, head string
	b, h       schema.Schema
	changes    []change.Change
}

// randomEdits makes pairs of valid schemas that differ.
func randomEdits(t *testing.T, n int, yield func(edited)) {
	made := 0
	for seed := uint64(1); made < n; seed++ {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 7))}
		was := m.record(3)
		now := m.edit(was)
		base, _ := json.Marshal(was)
		head, _ := json.Marshal(now)
		b, err1 := load1(t, string(base))
		h, err2 := load1(t, string(head))
		if err1 != nil || err2 != nil {
			continue // a name that is used twice, or no longer declared
		}
		made++
		yield(edited{seed, string(base), string(head), b, h, compare(t, b, h)})
	}
}

// says reports whether we find something to say on a surface, whatever its rule.
func (e edited) says(some change.Surface) bool {
	for _, c := range e.changes {
		if c.Rule.Class > change.Compatible && c.Breaks().Overlaps(some) {
			return true
		}
	}
	return false
}

// What we call readable is read by two decoders, for every value; what we call broken is
// so for another library's checker.
func TestRandomEditsAgainstDecoders(t *testing.T) {
	readable, decoded, byBoth, checked := 0, 0, 0, 0
	randomEdits(t, pairsOfSchemas, func(e edited) {
		for _, way := range []struct {
			writer, reader string
			form           schema.Schema
			surface        change.Surface
		}{{e.head, e.base, e.h, change.Wire}, {e.base, e.head, e.b, change.Replay}} {
			w, err1 := hamba.ParseBytesWithCache([]byte(way.writer), "", &hamba.SchemaCache{})
			r, err2 := hamba.ParseBytesWithCache([]byte(way.reader), "", &hamba.SchemaCache{})
			broken := len(peers(e.changes, way.surface)) > 0
			if err1 == nil && err2 == nil {
				checked++
				if theirs := hamba.NewSchemaCompatibility().Compatible(r, w); (theirs != nil) != broken {
					t.Errorf("seed %d, %s: hamba says %v, we say broken: %t\nwriter %s\nreader %s\n%s", e.seed, way.surface.Names(), theirs, broken, way.writer, way.reader, told(e.changes))
				}
			}
			if broken || e.says(way.surface) {
				continue
			}
			readable++
			n, both := decodeSamples(t, e, way.writer, way.reader, way.form, r, w)
			decoded += n
			byBoth += both
		}
	})
	t.Logf("%d edits, %d answers equal to hamba's; %d directions readable: %d values read by twmb, %d of them by hamba, too", pairsOfSchemas, checked, readable, decoded, byBoth)
}

// decodeSamples writes random values and reads them with both libraries.
func decodeSamples(t *testing.T, e edited, writer, reader string, form schema.Schema, r, w hamba.Schema) (decoded, byBoth int) {
	from, err1 := avro.Parse(writer)
	to, err2 := avro.Parse(reader)
	if err1 != nil || err2 != nil {
		return 0, 0 // stricter than we are about what a schema is
	}
	resolved, err := avro.Resolve(from, to)
	if err != nil {
		t.Errorf("seed %d: we call it readable, twmb says %v\nwriter %s\nreader %s\n%s", e.seed, err, writer, reader, told(e.changes))
		return 0, 0
	}
	var second hamba.Schema
	p, _ := schema.Form[*port](form)
	if r != nil && w != nil && !recurses(p) {
		second, _ = hamba.NewSchemaCompatibility().Resolve(r, w) // it refuses some that it calls compatible
	}
	m := &maker{Rand: rand.New(rand.NewPCG(e.seed, 11))}
	for range samples {
		v, ok := m.value(p.roots[0].use.typ, 0)
		if !ok {
			continue
		}
		data, err := from.Encode(v)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", e.seed, err, writer)
		}
		var out any
		if _, err := resolved.Decode(data, &out); err != nil {
			t.Errorf("seed %d: we call it readable, and twmb fails on %v: %v\nwriter %s\nreader %s", e.seed, v, err, writer, reader)
			return decoded, byBoth
		}
		decoded++
		if second != nil {
			var out any
			err := hamba.Unmarshal(second, data, &out)
			if err != nil && isDefect(err) {
				return decoded, byBoth
			}
			if err != nil {
				t.Errorf("seed %d: we call it readable, and hamba fails on %v: %v\nwriter %s\nreader %s", e.seed, v, err, writer, reader)
				return decoded, byBoth
			}
			byBoth++
		}
	}
	return decoded, byBoth
}

// isDefect reports whether hamba fails for what it cannot do whatever the other schema
// is: skip a null that the reader does not want, and fill in the default of a union of
// one branch.
func isDefect(err error) bool {
	return strings.Contains(err.Error(), "schema type null is unsupported") || strings.Contains(err.Error(), "decode default: ")
}

// recurses reports whether a type of p leads back to itself.
func recurses(p *port) bool {
	const inside, done = 1, 2
	state := make(map[*typ]int)
	var visit func(t *typ) bool
	visit = func(t *typ) bool {
		if state[t] == inside {
			return true
		}
		if state[t] == done {
			return false
		}
		state[t] = inside
		var next []*use
		for _, f := range t.fields {
			next = append(next, f.use)
		}
		if t.items != nil {
			next = append(next, t.items)
		}
		for _, u := range append(next, t.branches...) {
			if !u.kind.isPrimitive() && visit(u.typ) {
				return true
			}
		}
		state[t] = done
		return false
	}
	return visit(p.roots[0].use.typ)
}

// Nearly every break comes with a value that a decoder confirms.
func TestRandomBreaksHaveWitnesses(t *testing.T) {
	breaks, shown, without := 0, 0, map[string]int{}
	randomEdits(t, pairsOfSchemas/3, func(e edited) {
		for _, c := range e.changes {
			if len(c.Also) == 0 {
				continue
			}
			breaks++
			if w := Format.Prove(t.Context(), e.b, e.h, c); w != nil {
				shown++
				continue
			}
			if without[c.Rule.Name()]++; without[c.Rule.Name()] <= 2 {
				t.Logf("seed %d: no witness for %s %s\nbase %s\nhead %s", e.seed, c.Rule.ID, c.Detail, e.base, e.head)
			}
		}
	})
	t.Logf("%d of %d breaks (%.1f %%) have a witness; without: %v", shown, breaks, 100*float64(shown)/float64(breaks), without)
	if 100*shown < 97*breaks {
		t.Error("want at least 97 %")
	}
}
