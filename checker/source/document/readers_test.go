package document_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

var (
	random = flag.Int("random", 20_000, "how many random texts both YAML readers read")
	seed   = flag.Uint64("seed", 1, "which random texts")
)

// agree holds the reader of common YAML against the library: what it accepts, the
// library accepts, with the same tree to the last position.
func agree(t *testing.T, text string) (isCommon bool) {
	t.Helper()
	text = strings.ToValidUTF8(text, "ÿ") // nothing else comes to a reader
	got, ok := document.ParseCommon("x.yaml", []byte(text))
	if !ok {
		return false
	}
	want, err := document.ParseLibrary("x.yaml", []byte(text))
	if err != nil {
		t.Errorf("%q is read, but not by the library: %v", text, err)
	} else if !reflect.DeepEqual(got, want) {
		t.Errorf("%q is read as\n%s\nbut by the library as\n%s", text, show(got), show(want))
	}
	return true
}

// show writes a tree with its positions.
func show(docs []*document.Node) string {
	var b strings.Builder
	var visit func(n *document.Node, indent string)
	visit = func(n *document.Node, indent string) {
		s := n.Span
		fmt.Fprintf(&b, "%s%d %s %q %d:%d-%d:%d\n", indent, n.Kind, n.Tag, n.Text, s.Start.Line, s.Start.Column, s.End.Line, s.End.Column)
		for i, item := range n.Items {
			if n.Kind == document.Map {
				visit(n.Keys[i], indent+"  key ")
			}
			visit(item, indent+"  ")
		}
	}
	for _, doc := range docs {
		visit(doc, "")
	}
	return b.String()
}

func FuzzReaders(f *testing.F) {
	for _, text := range seeds(f) {
		if len(text) < 4000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) { agree(t, text) })
}

// Texts at random: soups of YAML's indicators, and real texts with errors in them.
func TestReadersAgreeAtRandom(t *testing.T) {
	texts, common := seeds(t), 0
	for i := range *random {
		rng := rand.New(rand.NewPCG(*seed, uint64(i)))
		text := soup(rng)
		if i%2 == 0 {
			text = damaged(rng, texts)
		}
		if agree(t, text) {
			common++
		}
		if t.Failed() {
			break
		}
	}
	t.Logf("%d of %d texts are common YAML", common, *random)
}

// seeds returns own texts, and those of the corpus where it is given.
func seeds(t testing.TB) []string {
	texts := []string{sample}
	if os.Getenv(ruletest.CorpusVariable) != "" {
		texts = slices.AppendSeq(texts, maps.Values(yamlTexts(t)))
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

var fragments = []string{
	" ", "  ", "   ", "    ", "\t", "\n", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", "\r\n", "\n\n", "#", " # c", "\n# c\n", ":", ": ", " :", "-", "- ", "?", "? ",
	"|", ">", "|\n", ">\n", "|-", ">+", "|2", ">1-", "'", "''", `"`, `\`, `\n`, `\"`, `\u00e4`, `\x41`, "\\\n", `\/`, "[", "]", "{", "}", ",", ", ", "&a ", "*a", "!!str ", "!", "%", "@", "`",
	"---", "\n---\n", "...", "\n...\n", "<<", "<<: ", "~", "null", "true", "No", "1", "-1", "0x1F", "017", "0o7", "1_000", "1.5", "1e3", ".inf", "-.INF", ".nan", "2024-01-01", "2001-12-14t21:59:43.10-05:00",
	"a", "b", "a: ", "a: b", "a:\n", "é", "日本", "\u0085", "\u2028", "\ufeff", "\x00", "\x7f", "\r", "=", "(", "a b", "x:y", "x#y", `"a"`, "'a'", "[a, b]", "{a: b}", "{}", "[]",
}

// soup returns a few kinds of fragments in any order.
func soup(rng *rand.Rand) string {
	kinds := make([]string, 2+rng.IntN(8))
	for i := range kinds {
		kinds[i] = fragments[rng.IntN(len(fragments))]
	}
	var b strings.Builder
	for range 1 + rng.IntN(24) {
		b.WriteString(kinds[rng.IntN(len(kinds))])
	}
	return b.String()
}

// damaged returns a few lines of one of texts with a few edits.
func damaged(rng *rand.Rand, texts []string) string {
	lines := strings.SplitAfter(texts[rng.IntN(len(texts))], "\n")
	from := rng.IntN(len(lines))
	lines = append([]string(nil), lines[from:min(from+1+rng.IntN(20), len(lines))]...)
	for range rng.IntN(4) {
		i := rng.IntN(len(lines))
		switch line := lines[i]; rng.IntN(6) {
		case 0:
			lines[i] = strings.Repeat(" ", rng.IntN(6)) + line
		case 1:
			lines[i] = line[min(rng.IntN(4), len(line)):]
		case 2:
			lines[i] = lines[rng.IntN(len(lines))]
		case 3:
			lines[i] = ""
		case 4:
			at := rng.IntN(len(line) + 1)
			lines[i] = line[:at] + fragments[rng.IntN(len(fragments))] + line[at:]
		case 5:
			at := rng.IntN(len(line) + 1)
			lines[i] = line[:at] + fragments[rng.IntN(len(fragments))] + line[min(at+rng.IntN(4), len(line)):]
		}
	}
	text := strings.Join(lines, "")
	if rng.IntN(8) == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if rng.IntN(8) == 0 {
		text = text[:rng.IntN(len(text)+1)]
	}
	return text
}

const sample = `# A contract, with all that common YAML has.
apiVersion: v3.1.0
kind: DataContract   # odcs
id: "urn:\u00e4\t1"
name: 'it''s'
tags: [a, "b",
  c]   # flow
price: {amount: 1.5, unit: 'USD', nested: {a: []}}
description:
  purpose: |
    Two lines,
      one indented.

  usage: >-
    Folded into
    one line.

    A paragraph.
  limits: plain text that goes
    on and on

    after an empty line
  quote: "in two
    lines \
    joined"
schema:
- name: orders
  properties:
    - name: id
      logicalType: integer
      required: true
    -   - nested
        -
        - null
empty:
date: 2024-01-01
---
second: document
...
`
