package slo

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Fact returns the canonical text of n: the same for the same, however it is spelled.
func Fact(n *document.Node) string {
	switch {
	case n.IsNull():
		return ""
	case n.Kind == document.Scalar:
		text := WordOf(n).Text
		if t, ok := parseDate(text); ok { // which tools that rewrite YAML spell anew
			text = Quantity{Amount: t}.date()
		}
		return short(strconv.Quote(text))
	}
	maps := true
	texts := make([]string, len(n.Items))
	for i, item := range n.Items {
		texts[i] = Fact(item)
		maps = maps && item.Kind == document.Map
	}
	if n.Kind == document.List {
		if maps { // no list of maps has an order that means anything here
			slices.Sort(texts)
		}
		return short("[" + strings.Join(texts, ", ") + "]")
	}
	var members []string
	for i, key := range n.Keys {
		if texts[i] != "" {
			members = append(members, strconv.Quote(key.Text)+": "+texts[i])
		}
	}
	slices.Sort(members)
	return short("{" + strings.Join(members, ", ") + "}")
}

// short replaces a long text by its fingerprint.
func short(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("sha256:%.16x", sha256.Sum256([]byte(text)))
}
