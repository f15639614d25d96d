package jsonschema

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// draftsBy lists the drafts in the order in which they came.
var draftsBy = []struct{ name, uri string }{{"4", uri4}, {"6", uri6}, {"7", uri7}, {"2019", uri2019}, {"2020", uri2020}}

// Each pair of testdata/pairs.txt gets the verdict that stands there, in every draft
// that has its keywords, and a validator agrees: a witness is one for it too, and no
// sample contradicts a proof.
func TestPairs(t *testing.T) {
	text, err := os.ReadFile("testdata/pairs.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for number, line := range strings.Split(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, " | ")
		if len(parts) != 4 {
			t.Fatalf("line %d: want DRAFTS | BASE | HEAD | VERDICT", number+1)
		}
		first, last, ranged := strings.Cut(parts[0], " ")
		if !ranged {
			last = "2020"
		}
		in := false
		for _, d := range draftsBy {
			in = in || d.name == first
			if in {
				cases++
				t.Run(fmt.Sprintf("line %d in draft %s", number+1, d.name), func(t *testing.T) {
					holdVerdict(t, d.uri, parts[1], parts[2], parts[3])
				})
			}
			in = in && d.name != last
		}
	}
	t.Logf("%d pairs", cases)
	if cases < 300 {
		t.Error("fewer than 300 pairs")
	}
}

func holdVerdict(t *testing.T, uri, text1, text2, want string) {
	s1, s2 := inDialect(uri, text1), inDialect(uri, text2)
	base, err1 := loaded(t, compact(s1))
	head, err2 := loaded(t, compact(s2))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	v1, v2 := base.validator(base.roots[0]), head.validator(head.roots[0])
	space := valueset.NewSpace()
	b, h := space.Of(base.roots[0].schema), space.Of(head.roots[0].schema)
	wide, narrow := space.Within(h, b), space.Within(b, h)
	verdict := map[[2]valueset.Verdict]string{
		{valueset.Yes, valueset.Yes}: "equal", {valueset.No, valueset.Yes}: "wider", {valueset.Yes, valueset.No}: "narrower",
		{valueset.No, valueset.No}: "both", {valueset.Undecided, valueset.Undecided}: "undecided",
		{valueset.Yes, valueset.Undecided}: "narrower-undecided",
	}[[2]valueset.Verdict{wide.Verdict, narrow.Verdict}]
	if verdict != want {
		t.Fatalf("got %q (wider %v, narrower %v), want %s", verdict, wide, narrow, want)
	}
	if v1 == nil || v2 == nil {
		if !strings.Contains(want, "undecided") {
			t.Error("the validator cannot read it")
		}
		return
	}
	if w := wide.Witness; w != nil && (v2(w.String()) != nil || v1(w.String()) == nil) {
		t.Errorf("%s does not show that it is wider", w)
	}
	if w := narrow.Witness; w != nil && (v1(w.String()) != nil || v2(w.String()) == nil) {
		t.Errorf("%s does not show that it is narrower", w)
	}
	m := &maker{Rand: rand.New(rand.NewPCG(1, 1)), draft: uri}
	for i := range samples {
		root := []object{s1, s2}[i%2]
		v := compact(m.value(root, root, 0))
		ok1, ok2 := v1(v) == nil, v2(v) == nil
		if ok1 && !ok2 && narrow.Verdict == valueset.Yes || ok2 && !ok1 && wide.Verdict == valueset.Yes {
			t.Errorf("%s contradicts it: base %v, head %v", v, ok1, ok2)
		}
	}
}

// inDialect reads a schema, which may be true or false, as a document of a draft.
func inDialect(uri, text string) object {
	s, ok := decoded(text).(object)
	if !ok {
		s = object{"allOf": []any{decoded(text)}}
	}
	s["$schema"] = uri
	return s
}
