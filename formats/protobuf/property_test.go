package protobuf

import (
	"flag"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

var revisions = flag.Int("revisions", 1500, "pairs of random revisions that the property tests try")

// randomPairs yields random revisions of random schemas, a few edits apart, that
// compile.
func randomPairs(stream uint64, edits int) iter.Seq2[*world, [2]*port] {
	return func(yield func(*world, [2]*port) bool) {
		for seed := range uint64(*revisions) {
			w := &world{r: rand.New(rand.NewPCG(seed, stream))}
			s := w.schema()
			base, err := loadPort(s.render())
			if err != nil {
				continue
			}
			for range 1 + w.r.IntN(edits) {
				w.edit(s)
			}
			if head, err := loadPort(s.render()); err == nil && !yield(w, [2]*port{base, head}) {
				return
			}
		}
	}
}

// What is said to break on the wire, in JSON or for old data can be shown, unless it is
// about calls, of which no codec knows.
func TestBreaksHaveWitnesses(t *testing.T) {
	const enough = 0.95
	total, shown, calls := make(map[string]int), make(map[string]int), 0
	for _, sides := range randomPairs(3, 15) {
		base, head := sides[0], sides[1]
		for _, c := range diff(base, head) {
			if c.Rule.Class != change.Breaking || !c.Breaks().Overlaps(change.Wire|change.JSON|change.Replay) {
				continue
			}
			if aboutCalls(base, c) {
				calls++
				continue
			}
			total[c.Rule.ID]++
			if w := prove(t.Context(), base, head, c); w != nil {
				shown[c.Rule.ID]++
			}
		}
	}
	all, found := 0, 0
	for _, id := range slices.Sorted(maps.Keys(total)) {
		all, found = all+total[id], found+shown[id]
		t.Logf("%s: %d of %d", id, shown[id], total[id])
	}
	t.Logf("%d of %d breaks have a witness (%.1f %%); %d more are about calls", found, all, 100*float64(found)/float64(all), calls)
	if all < 200 || float64(found) < enough*float64(all) {
		t.Errorf("too few: %d of %d", found, all)
	}
}

// aboutCalls reports whether c only concerns who calls a method: no data of it is
// read in another way.
func aboutCalls(base *port, c change.Change) bool {
	name := c.Rule.Name()
	if c.Rule != packageRenamed {
		return strings.HasPrefix(name, "method-") || strings.HasPrefix(name, "service-")
	}
	for _, d := range base.order {
		if m, ok := d.(message); ok && change.Path(d.ParentFile().Package()) == c.Path && !isEntry(m) && !base.embedded[d.FullName()] {
			return false
		}
	}
	return true
}

// Where nothing risky is said of new data, it comes back whole from a reader with
// the base; where nothing is said of old data, from one with the head.
func TestSilenceMeansThatMessagesComeBack(t *testing.T) {
	const messages = 1000 // of each pair of revisions
	forward, backward := 0, 0
	for w, sides := range randomPairs(4, 3) {
		base, head := sides[0], sides[1]
		var said change.Surface
		for _, c := range diff(base, head) {
			if c.Rule.Class > change.Compatible {
				said |= c.Breaks()
			}
		}
		if forward+backward > *revisions*messages/10 {
			break
		}
		pairs := messagePairs(base, head)
		for i := 0; i < messages && len(pairs) > 0; i++ {
			was, now := pairs[i%len(pairs)][0], pairs[i%len(pairs)][1]
			if base.used[was.FullName()]&isRead != 0 && !said.Overlaps(change.Wire|change.Value) {
				forward++
				if bad := w.roundTrip(now, was); bad != "" {
					t.Fatalf("new data of %s: %s", was.FullName(), bad)
				}
			}
			if !said.Overlaps(change.Replay | change.Request) {
				backward++
				if bad := w.roundTrip(was, now); bad != "" {
					t.Fatalf("old data of %s: %s", was.FullName(), bad)
				}
			}
		}
	}
	t.Logf("%d messages came back with the base and %d with the head", forward, backward)
	if few := *revisions * messages / 50; forward < few || backward < few {
		t.Error("too few revisions were silent for the test to mean anything")
	}
}

func messagePairs(base, head *port) (pairs [][2]message) {
	p := head.pairWith(base)
	for _, d := range base.order {
		was, ok := d.(message)
		now, stays := p.to[d.FullName()].(message)
		if ok && stays && !isEntry(was) {
			pairs = append(pairs, [2]message{was, now})
		}
	}
	return pairs
}

// roundTrip writes a random message with one declaration and reads it with the
// other. It returns how what came back differs, where both know the field.
func (w *world) roundTrip(writer, reader message) string {
	m, into := w.message(writer, 0), dynamicpb.NewMessage(reader)
	data, err := proto.MarshalOptions{AllowPartial: true, Deterministic: true}.Marshal(m.Interface())
	if err != nil {
		return ""
	}
	if err := (proto.UnmarshalOptions{AllowPartial: !complete(m)}).Unmarshal(data, into); err != nil {
		return err.Error()
	}
	return lost(m, into)
}

// message makes a message with random fields set, those that are required always.
func (w *world) message(of message, depth int) protoreflect.Message {
	m := dynamicpb.NewMessage(of)
	for i := range of.Fields().Len() {
		f := of.Fields().Get(i)
		if !isRequired(f) && w.chance(40) || depth > 3 {
			continue
		}
		value := func(of field) protoreflect.Value {
			if of.Message() != nil {
				return protoreflect.ValueOfMessage(w.message(of.Message(), depth+1))
			}
			all := edges(singular{of})
			return all[w.r.IntN(len(all))]
		}
		switch {
		case f.IsMap():
			for range w.r.IntN(3) {
				m.Mutable(f).Map().Set(value(f.MapKey()).MapKey(), value(f.MapValue()))
			}
		case f.IsList():
			for range w.r.IntN(4) {
				m.Mutable(f).List().Append(value(f))
			}
		default:
			m.Set(f, value(f))
		}
	}
	return m
}

// complete reports whether all is set that is required in m, whatever the edition;
// what requires itself never is.
func complete(m protoreflect.Message) bool {
	fields, all := m.Descriptor().Fields(), true
	for i := range fields.Len() {
		all = all && (!isRequired(fields.Get(i)) || m.Has(fields.Get(i)))
	}
	m.Range(func(f field, v protoreflect.Value) bool {
		switch {
		case f.IsMap() && f.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool { all = all && complete(v.Message()); return all })
		case f.IsList() && f.Message() != nil:
			for i := range v.List().Len() {
				all = all && complete(v.List().Get(i).Message())
			}
		case f.Message() != nil && !f.IsMap():
			all = all && complete(v.Message())
		}
		return all
	})
	return all
}

// lost compares messages by the numbers of the fields that both declarations have.
func lost(m, got protoreflect.Message) (bad string) {
	m.Range(func(f field, v protoreflect.Value) bool {
		g := got.Descriptor().Fields().ByNumber(f.Number())
		if g == nil {
			return true
		}
		read := got.Get(g)
		compare := func(a, b protoreflect.Value) {
			switch {
			case f.Message() != nil && !f.IsMap():
				bad = lost(a.Message(), b.Message())
			case meaning(singular{f}, a) != meaning(singular{g}, b):
				bad = fmt.Sprintf("%s of %s is read as %s", a, f.FullName(), b)
			}
		}
		switch {
		case f.IsMap() != g.IsMap() || f.IsList() != g.IsList():
		case f.IsMap():
			bad = lostInMap(f, v.Map(), read.Map())
		case f.IsList() && v.List().Len() != read.List().Len():
			bad = fmt.Sprintf("%s has %d elements of %d", f.FullName(), read.List().Len(), v.List().Len())
		case f.IsList():
			for i := 0; i < v.List().Len() && bad == ""; i++ {
				compare(v.List().Get(i), read.List().Get(i))
			}
		default:
			compare(v, read)
		}
		return bad == ""
	})
	return bad
}

func lostInMap(f field, m, got protoreflect.Map) (bad string) {
	m.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		read := got.Get(k)
		switch {
		case !read.IsValid():
			bad = fmt.Sprintf("%s has no %s", f.FullName(), k)
		case f.MapValue().Message() != nil:
			bad = lost(v.Message(), read.Message())
		case v.Interface() != read.Interface() && f.MapValue().Kind() != protoreflect.BytesKind:
			bad = fmt.Sprintf("%s[%s] is read as %s", f.FullName(), k, read)
		}
		return bad == ""
	})
	return bad
}
