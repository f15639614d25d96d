package change

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Prose is a text for people that changed: what it is, and how both sides have it.
// A report shows which of its words changed.
type Prose struct {
	About      string // "transformLogic", "the description"
	Base, Head string
}

// maxProse is how many bytes of a text a change carries. A report shows fewer still.
const maxProse = 4 << 10

// NewProse returns how a text changed, if there is more of it than a word: of a single
// word, the sentence says all.
func NewProse(about, base, head string) []Prose {
	p := Prose{about, strings.TrimSpace(clip(base)), strings.TrimSpace(clip(head))}
	if p.Base == p.Head || !strings.ContainsAny(p.Base, " \n\t") && !strings.ContainsAny(p.Head, " \n\t") {
		return nil
	}
	return []Prose{p}
}

func clip(text string) string {
	if len(text) <= maxProse {
		return text
	}
	end := maxProse
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// Fingerprint returns text as a fact, which is short: a long one goes by its digest.
func Fingerprint(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("sha256:%.16x", sha256.Sum256([]byte(text)))
}
