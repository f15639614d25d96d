package jsonschema

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// An ajvPair is a pair of schemas, and what is said of it.
type ajvPair struct {
	wide, narrow valueset.Answer
	text         string
}

// A second validator, which shares nothing with the first, does not contradict what is
// said either, and accepts the same witnesses.
func TestAjvAgrees(t *testing.T) {
	node := ruletest.Peer(t, "node_modules/.bin/node")
	modules := filepath.Dir(filepath.Dir(ruletest.Peer(t, "node_modules/ajv/package.json")))
	const pairs = 2000
	var all []ajvPair
	var input bytes.Buffer
	for seed := range uint64(2 * pairs) {
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 7))}
		m.draft = pick(m, allDrafts...)
		if p, ok := askAjv(t, m, &input); ok {
			all = append(all, p)
		}
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "ajv.cjs"), modules)
	cmd.Stdin = &input
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(all) {
		t.Fatalf("%d answers to %d pairs", len(lines), len(all))
	}
	refused, witnesses, disputed := 0, 0, 0
	for i, p := range all {
		if strings.HasPrefix(lines[i], "no ") {
			refused++
			continue
		}
		answers := strings.Fields(lines[i])
		accepted, others := p.hold(t, answers)
		witnesses, disputed = witnesses+accepted, disputed+others
	}
	t.Logf("%d pairs of which ajv does not compile %d; it accepts %d witnesses and disputes %d", len(all), refused, witnesses, disputed)
	if refused*20 > len(all) || disputed*100 > witnesses {
		t.Error("ajv disagrees too often")
	}
}

// askAjv writes a random pair with samples and witnesses.
func askAjv(t *testing.T, m *maker, input *bytes.Buffer) (ajvPair, bool) {
	s1 := m.document()
	s2 := m.edit(s1)
	base, err1 := loaded(t, compact(s1))
	head, err2 := loaded(t, compact(s2))
	if err1 != nil || err2 != nil {
		return ajvPair{}, false
	}
	space := valueset.NewSpace()
	b, h := space.Of(base.roots[0].schema), space.Of(head.roots[0].schema)
	if b == h {
		return ajvPair{}, false
	}
	p := ajvPair{wide: space.Within(h, b), narrow: space.Within(b, h), text: compact(s1) + "\n" + compact(s2)}
	var values []any
	for i := range samples {
		root := []object{s1, s2}[i%2]
		values = append(values, m.value(root, root, 0))
	}
	for _, a := range []valueset.Answer{p.wide, p.narrow} {
		if a.Witness != nil {
			values = append(values, json.RawMessage(a.Witness.String()))
		}
	}
	input.WriteString(compact(object{"base": s1, "head": s2, "values": values}) + "\n")
	return p, true
}

// hold compares what is said with what ajv says, and returns how many witnesses it
// accepts. Some it disputes against the other validator and the letter of the standard:
// it takes [] for an array that contains something, where maxContains is given.
func (p ajvPair) hold(t *testing.T, answers []string) (accepted, disputed int) {
	for i, a := range answers[:samples] {
		if a == "01" && p.wide.Verdict == valueset.Yes || a == "10" && p.narrow.Verdict == valueset.Yes {
			t.Errorf("sample %d contradicts a proof (%s)\n%s", i, a, p.text)
		}
	}
	rest := answers[samples:]
	for _, w := range []struct {
		answer valueset.Answer
		want   string
	}{{p.wide, "01"}, {p.narrow, "10"}} {
		if w.answer.Witness == nil {
			continue
		}
		if rest[0] == w.want {
			accepted++
		} else {
			disputed++
			t.Logf("the witness %s is %s to ajv, want %s\n%s", w.answer.Witness, rest[0], w.want, p.text)
		}
		rest = rest[1:]
	}
	return accepted, disputed
}
