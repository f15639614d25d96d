package jsonschema

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// samples is how many values are tried for each pair.
const samples = 200

// A tally counts what a run of random pairs came to.
type tally struct {
	pairs, differ, breaking, proven, undecided int
	refuted, met                               int // directions with a witness, and those in which a sample shows it, too
}

func (c tally) String() string {
	return fmt.Sprintf("%d pairs, %d differ, %d undecided findings; %d of %d breaking findings have a proof; of %d refutations the samples meet %d",
		c.pairs, c.differ, c.undecided, c.proven, c.breaking, c.refuted, c.met)
}

// loaded reads a schema as the package itself does.
func loaded(t testing.TB, text string) (*port, error) {
	t.Helper()
	return load(t.Context(), schema.Request{FS: fstest.MapFS{"x.json": {Data: []byte(text)}}, Paths: []string{"x.json"}})
}

// What is said to be compatible is so for every value that a validator is asked about,
// and what is said to break is shown by a value.
func TestRandomPairsAreSound(t *testing.T) {
	pairs := 3000
	if n, err := strconv.Atoi(os.Getenv("RANDOM_PAIRS")); err == nil {
		pairs = n // to look for longer
	}
	if testing.Short() {
		pairs = 200
	}
	var c tally
	for seed := range uint64(pairs) {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 1))}
		m.draft = pick(m, allDrafts...)
		s := m.document()
		edited := m.edit(s)
		for m.chance(60) {
			edited = m.edit(edited)
		}
		holdPair(t, m, &c, s, edited)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Log(c)
	if c.proven*100 < c.breaking*90 {
		t.Error("fewer than 90 of 100 breaks have a proof")
	}
}

// holdPair holds what is said of one pair against a validator.
func holdPair(t *testing.T, m *maker, c *tally, s1, s2 object) {
	t.Helper()
	text1, text2 := compact(s1), compact(s2)
	base, err1 := loaded(t, text1)
	head, err2 := loaded(t, text2)
	if err1 != nil || err2 != nil {
		return // the edit made what is no schema
	}
	v1, v2 := base.validator(base.roots[0]), head.validator(head.roots[0])
	if v1 == nil || v2 == nil {
		return
	}
	c.pairs++
	comparer := newComparer()
	space := comparer.Space
	b, h := space.Of(base.roots[0].schema), space.Of(head.roots[0].schema)
	wide, narrow := space.Within(h, b), space.Within(b, h)
	var metWide, metNarrow bool
	for i := range samples {
		from, root := any(s1), s1
		if i%2 == 1 {
			from, root = s2, s2
		}
		text := compact(m.value(from, root, 0))
		ok1, ok2 := v1(text) == nil, v2(text) == nil
		metWide, metNarrow = metWide || ok2 && !ok1, metNarrow || ok1 && !ok2
		if ok2 && !ok1 && wide.Verdict == valueset.Yes || ok1 && !ok2 && narrow.Verdict == valueset.Yes {
			t.Errorf("said to be contained, and is not: %s (base %v, head %v)\n%s\n%s", text, ok1, ok2, text1, text2)
			return
		}
	}
	for _, met := range []bool{metWide, metNarrow} {
		if met {
			c.met++
		}
	}
	shows := func(a valueset.Answer, in, out func(string) error) {
		if a.Verdict == valueset.No {
			c.refuted++
		}
		if a.Verdict == valueset.No && (in(a.Witness.String()) != nil || out(a.Witness.String()) == nil) {
			t.Errorf("the witness %s shows nothing: %v, %v\n%s\n%s", a.Witness, in(a.Witness.String()), out(a.Witness.String()), text1, text2)
		}
	}
	shows(wide, v2, v1)
	shows(narrow, v1, v2)
	changes := diff(base, head)
	var said change.Surface
	for _, ch := range changes {
		if ch.Rule == notCompared {
			c.undecided++
		}
		if ch.Rule.Class > change.Compatible {
			said |= ch.Breaks()
		}
		if ch.Rule == fieldAdded {
			said |= change.Replay // the rule says that old data may hold the name
		}
		if ch.Rule.Class == change.Breaking {
			c.breaking++
			if prove(t.Context(), base, head, ch) != nil {
				c.proven++
			} else if testing.Verbose() {
				t.Logf("no proof of %s %s\n%s\n%s", ch.Rule.ID, ch.Detail, text1, text2)
			}
		}
	}
	if len(changes) > 0 {
		c.differ++
	}
	if wide.Verdict != valueset.Yes && !said.Overlaps(change.JSON) || narrow.Verdict != valueset.Yes && !said.Overlaps(change.Replay) {
		t.Errorf("wider %s, narrower %s, and the findings do not say so:\n%s\n%s\n%s", wide.Verdict, narrow.Verdict, details(changes), text1, text2)
	}
	if wide.Verdict == valueset.Yes && said.Overlaps(change.JSON) {
		t.Errorf("no value is new, and a finding says so:\n%s\n%s\n%s", details(changes), text1, text2)
	}
	if same := diff(base, base); len(same) > 0 {
		t.Errorf("it differs from itself:\n%s\n%s", details(same), text1)
	}
}
