package pact

import (
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A body is what is read of one body: which elements it shows.
type body struct {
	*reader
	rules *rules
	at    change.Path // of the body in a call
	parts []consumer.Part
	known map[change.Path]int         // where in parts an element stands
	count map[change.Path]int         // how often an element is there
	outer map[change.Path]change.Path // what encloses a member of a map, or an item of a list
	over  bool
}

// read lists the elements of a body. None means that the body is not looked at.
func (b *body) read(n *document.Node, contentType string) []consumer.Part {
	if b.isFourth && n != nil {
		contentType = n.Get("contentType").String()
		encoded := n.Get("encoded").String()
		if n = n.Get("content"); n != nil && encoded != "" && encoded != "false" && n.Kind == document.Scalar {
			return b.opaque(n, shown(contentType)+" is encoded, and not read")
		}
	}
	switch {
	case n == nil, n.IsNull():
		return nil
	case contentType != "" && !isJSON(contentType):
		return b.opaque(n, shown(contentType)+" is not read")
	}
	b.known, b.count, b.outer = make(map[change.Path]int), make(map[change.Path]int), make(map[change.Path]change.Path)
	b.element(n, n.Span, b.at, b.rules.begin())
	if b.over {
		return b.opaque(n, "body has more than "+strconv.Itoa(maxParts)+" elements")
	}
	for i := range b.parts {
		b.parts[i].Sometimes = b.isSometimes(b.parts[i].Path)
	}
	return b.parts
}

// isSometimes reports whether what stands at p, or something around it, is missing from
// an object that others have it in. An empty list has no items to miss it.
func (b *body) isSometimes(p change.Path) bool {
	for outer, ok := b.outer[p]; ok; outer, ok = b.outer[p] {
		if !strings.HasSuffix(string(p), string(change.Items)) && b.count[p] < b.count[outer] {
			return true
		}
		p = outer
	}
	return false
}

// shown says a media type in an error.
func shown(contentType string) string { return "body of the type " + strconv.Quote(clip(contentType)) }

func isJSON(contentType string) bool {
	name, _, err := mime.ParseMediaType(contentType)
	_, sub, _ := strings.Cut(name, "/")
	return err == nil && (sub == "json" || strings.HasSuffix(sub, "+json"))
}

// opaque is a body of which all may be used.
func (b *body) opaque(n *document.Node, why string) []consumer.Part {
	why = "has a pact whose " + why
	if len(b.notes) < MaxErrors {
		b.notes = append(b.notes, source.Errorf(n.At(), "%s %s", b.use.ID, why))
	}
	return []consumer.Part{{Path: b.at, Why: why, Span: n.At()}}
}

// element enters what n shows, which stands at p and is named at a place.
func (b *body) element(n *document.Node, at source.Span, p change.Path, m matching) {
	if b.over {
		return
	}
	b.count[p]++
	inside := func(step change.Step) change.Path {
		inner := p.Join(step)
		b.outer[inner] = p
		return inner
	}
	switch {
	case n.Kind == document.Scalar:
		values, exhaustive := m.values(n)
		b.enter(consumer.Part{Path: p, Values: values, Exhaustive: exhaustive, Span: at})
	case len(p) > maxPath:
		b.enter(consumer.Part{Path: p, Why: "nests it deeper than is read", Span: at})
	case len(n.Items) == 0:
		b.enter(consumer.Part{Path: p, Why: "expects it without saying what is in it", Span: at})
	case n.Kind == document.List:
		for i, item := range n.Items {
			b.element(item, at, inside(change.Items), m.next(strconv.Itoa(i)))
		}
	case m.anyKey():
		b.enter(consumer.Part{Path: p, Why: "takes whatever keys there are", Span: at})
	default:
		for i, key := range n.Keys {
			if len(key.Text) > maxName {
				b.fail(key.Span, "the name has %d bytes; the most is %d", len(key.Text), maxName)
				continue
			}
			b.element(n.Items[i], key.Span, inside(change.Name(key.Text)), m.next(key.Text))
		}
	}
}

// enter adds a part. Items of a list show one element.
func (b *body) enter(p consumer.Part) {
	i, known := b.known[p.Path]
	if !known {
		if b.over = len(b.parts) == maxParts; b.over {
			return
		}
		if b.left -= len(p.Path); b.left < 0 {
			b.over = true
			if b.left > -MaxPaths { // once
				b.left = -2 * MaxPaths
				b.fail(p.Span, "the paths of all elements have more than %d bytes", MaxPaths)
			}
			return
		}
		b.known[p.Path] = len(b.parts)
		b.parts = append(b.parts, p)
		return
	}
	was := &b.parts[i]
	was.Exhaustive = was.Exhaustive && p.Exhaustive
	for _, v := range p.Values {
		if !slices.Contains(was.Values, v) && len(was.Values) < maxValues {
			was.Values = append(was.Values, v)
		}
	}
	if was.Why == "" {
		was.Why = p.Why
	}
}
