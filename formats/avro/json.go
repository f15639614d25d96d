package avro

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// jsonOf writes n with the members of objects in the order of their names: the same for
// all spellings.
func jsonOf(n *document.Node) string {
	var b strings.Builder
	writeJSON(&b, n)
	return b.String()
}

func writeJSON(b *strings.Builder, n *document.Node) {
	switch {
	case n == nil:
		b.WriteString("null")
	case n.Kind == document.Map:
		order := make([]int, len(n.Keys))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(i, j int) int { return strings.Compare(n.Keys[i].Text, n.Keys[j].Text) })
		b.WriteByte('{')
		for i, k := range order {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(quoted(n.Keys[k].Text) + ": ")
			writeJSON(b, n.Items[k])
		}
		b.WriteByte('}')
	case n.Kind == document.List:
		b.WriteByte('[')
		for i, item := range n.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			writeJSON(b, item)
		}
		b.WriteByte(']')
	case n.Tag == document.String:
		b.WriteString(quoted(n.Text))
	default:
		b.WriteString(n.Text)
	}
}

func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(out)
}
