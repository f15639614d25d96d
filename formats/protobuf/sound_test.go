package protobuf

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// What a codec loses is never called compatible: over random schemas and edits,
// messages are written with one side and read with the other, and where a value
// does not come back, something is said about that message that concerns whoever
// reads bytes that way.
func TestRandomEditsAgainstACodec(t *testing.T) {
	const rounds = 1500
	lost := 0
	for seed := range uint64(rounds) {
		w := &world{r: rand.New(rand.NewPCG(seed, 2))}
		s := w.schema()
		base, err := loadPort(s.render())
		if err != nil {
			continue
		}
		for range 4 + w.r.IntN(12) {
			w.edit(s)
		}
		head, err := loadPort(s.render())
		if err != nil {
			continue
		}
		changes := diff(base, head)
		for _, d := range base.order {
			was, isMessage := d.(message)
			now, stays := head.decls[d.FullName()].(message)
			if !isMessage || !stays || isEntry(was) || isEntry(now) {
				continue
			}
			said := saidOf(was, changes)
			for range 5 {
				if bad := w.lossBetween(now, was); bad != "" && base.used[was.FullName()]&isRead != 0 {
					lost++
					if !said.Overlaps(change.Wire | change.Value) {
						t.Errorf("seed %d: new data of %s: %s, but only %v is said to be at risk", seed, was.FullName(), bad, said.Names())
					}
				}
				if bad := w.lossBetween(was, now); bad != "" {
					lost++
					if !said.Overlaps(change.Replay | change.Value | change.Request) {
						t.Errorf("seed %d: old data of %s: %s, but only %v is said to be at risk", seed, was.FullName(), bad, said.Names())
					}
				}
			}
		}
	}
	t.Logf("%d messages did not come back whole", lost)
	if lost < 100 {
		t.Error("too little was lost for the test to mean anything")
	}
}

// saidOf collects what is at risk in m by more than compatible changes: of itself, and
// of enums, which its fields hold.
func saidOf(m message, changes []change.Change) (said change.Surface) {
	for _, c := range changes {
		here := change.Path(m.FullName()).Covers(c.Path) || strings.Contains(c.Rule.ID, "enum")
		if c.Rule.Class > change.Compatible && here {
			said |= c.Breaks()
		}
	}
	return said
}

// lossBetween writes a random message with one declaration and reads it with the
// other. It returns the first field of a number that both have whose value differs.
// What only one of them has is told by name; what nested messages hold is theirs.
func (w *world) lossBetween(writer, reader message) string {
	m, into := dynamicpb.NewMessage(writer), dynamicpb.NewMessage(reader)
	for i := range writer.Fields().Len() {
		f := writer.Fields().Get(i)
		if f.Message() != nil || f.IsMap() {
			continue
		}
		if values := edges(f); len(values) > 0 {
			m.Set(f, values[w.r.IntN(len(values))])
		}
	}
	data, err := proto.MarshalOptions{AllowPartial: true, Deterministic: true}.Marshal(m)
	if err != nil {
		return ""
	}
	if err := (proto.UnmarshalOptions{AllowPartial: true}).Unmarshal(data, into); err != nil {
		return err.Error()
	}
	bad := ""
	m.Range(func(f field, v protoreflect.Value) bool {
		g := reader.Fields().ByNumber(f.Number())
		if g == nil || g.Message() != nil {
			return true
		}
		if a, b := meaning(f, v), meaning(g, into.Get(g)); a != b {
			bad = fmt.Sprintf("%s of %s is read as %s", a, f.Name(), b)
		}
		return bad == ""
	})
	return bad
}
