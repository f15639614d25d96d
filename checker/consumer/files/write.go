package files

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Draft is a registration that is to be written for somebody. A Field or Promise
// carries, as a comment, where it was seen.
type Draft struct {
	Consumer  consumer.Consumer
	Port      string
	Contract  string // its contract's id, where no port is named
	SelectAll bool
	Star      string // where it was seen that all is selected
	Fields    []Field
	SLO       []Promise
}

// A Field is an element that the consumer reads, as people write its path.
type Field struct {
	Path string
	Uses []string
	Seen string
}

// A Promise is an objective that the consumer relies on.
type Promise struct{ Property, AtMost, Seen string }

// New returns the text of a registration that holds d.
func New(d Draft) []byte {
	var b bytes.Buffer
	c := d.Consumer
	fmt.Fprintf(&b, "# What %s reads. Whoever changes it sees this first: keep it true.\n", comment(c.ID))
	b.WriteString("apiVersion: breakwater/v1\nkind: Consumption\n")
	who := []string{"id: " + quote(c.ID)}
	for _, part := range [][2]string{{"team", c.Team}, {"criticality", c.Criticality}, {"repo", c.Repo}} {
		if part[1] != "" {
			who = append(who, part[0]+": "+quote(part[1]))
		}
	}
	if len(c.Owners) > 0 {
		who = append(who, "owners: ["+quoteAll(c.Owners)+"]")
	}
	fmt.Fprintf(&b, "consumer: {%s}\n", strings.Join(who, ", "))
	if len(c.Contacts) > 0 {
		var ways []string
		for _, contact := range c.Contacts {
			ways = append(ways, fmt.Sprintf("{channel: %s, target: %s}", quote(contact.Channel), quote(contact.Target)))
		}
		fmt.Fprintf(&b, "contacts: [%s]\n", strings.Join(ways, ", "))
	}
	b.WriteString("consumes:\n")
	b.Write(d.entry(2))
	return b.Bytes()
}

// entry writes the item of the list "consumes", its dash in the column behind indent.
func (d Draft) entry(indent int) []byte {
	var b bytes.Buffer
	line := func(depth int, format string, args ...any) {
		b.WriteString(strings.Repeat(" ", indent+2*depth) + fmt.Sprintf(format, args...) + "\n")
	}
	if d.Port != "" {
		line(0, "- port: %s", quote(d.Port))
	} else {
		line(0, "- contractId: %s", quote(d.Contract))
	}
	if d.SelectAll {
		line(1, `select: "*"%s`, seen(d.Star))
	}
	if len(d.Fields) == 0 && !d.SelectAll {
		line(1, "# no field is listed, so it counts for all of them")
	}
	if len(d.Fields) == 0 && len(d.SLO) == 0 {
		return b.Bytes()
	}
	line(1, "needs:")
	if len(d.Fields) > 0 {
		line(2, "fields:")
		for _, text := range d.fields() {
			line(3, "%s", text)
		}
	}
	if len(d.SLO) > 0 {
		line(2, "slo:")
		for _, p := range d.SLO {
			line(3, "- {property: %s, atMost: %s}%s", quote(p.Property), amount(p.AtMost), seen(p.Seen))
		}
	} else {
		line(2, "# slo: [{property: freshness, atMost: 26h}]   what it relies on; [] if on nothing")
	}
	return b.Bytes()
}

// fields writes the items of a list of needs, their comments below each other.
func (d Draft) fields() []string {
	var items []string
	widest := 0
	for _, f := range d.Fields {
		item := "- " + quote(f.Path)
		if len(f.Uses) > 0 {
			item = fmt.Sprintf("- {path: %s, uses: [%s]}", quote(f.Path), quoteAll(f.Uses))
		}
		items = append(items, item)
		if n := len([]rune(item)); n <= 48 {
			widest = max(widest, n)
		}
	}
	for i, f := range d.Fields {
		if f.Seen != "" {
			pad := max(widest-len([]rune(items[i])), 0)
			items[i] += strings.Repeat(" ", pad) + seen(f.Seen)
		}
	}
	return items
}

// seen is the comment that says where something was seen.
func seen(where string) string {
	if where == "" {
		return ""
	}
	return "  # " + comment(where)
}

// comment makes text fit for a comment: it ends with its line, and holds what YAML
// can print.
func comment(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == '\ufffe' || r == '\uffff' {
			return '\uFFFD'
		}
		return r
	}, text)
}

func quoteAll(texts []string) string {
	var quoted []string
	for _, t := range texts {
		quoted = append(quoted, quote(t))
	}
	return strings.Join(quoted, ", ")
}

// quote writes text as a scalar of YAML that is read as that text.
func quote(text string) string {
	plain := text != "" && !strings.Contains("0123456789-.", text[:1])
	for _, r := range text {
		if !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-", r)) {
			plain = false
		}
	}
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		plain = false
	}
	if plain {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case comment(string(r)) != string(r) && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// amount writes a duration such as 26h, which YAML takes for a text as it is.
func amount(text string) string {
	number := strings.TrimRight(text, "dhmins")
	if number != "" && number != text && strings.Trim(number, "0123456789") == "" {
		return text
	}
	return quote(text)
}

// ErrByHand is why a file was not changed: what is to be added goes to a place that is
// written in a way which only a person should change.
var ErrByHand = errors.New("its entries are not written one below the other; add this by hand")

// Add returns the registration in text with the entry of d behind its last one, and
// all else as it is.
func Add(file string, text []byte, d Draft) ([]byte, error) {
	docs, err := document.ParseAll(file, text)
	if err != nil {
		return nil, err
	}
	if len(docs) != 1 || docs[0].Kind != document.Map {
		return nil, ErrByHand
	}
	was, err := Parse(file, text)
	if err != nil {
		return nil, err
	}
	list := docs[0].Get("consumes")
	var out []byte
	switch last := docs[0].Items[len(docs[0].Items)-1]; {
	case list.IsNull() && docs[0].Key("consumes") == nil:
		out = insert(text, len(lines(text)), append([]byte("consumes:\n"), d.entry(2)...))
	case list == nil || list.Kind != document.List || len(list.Items) == 0:
		return nil, ErrByHand
	default:
		first := list.Items[0].Span.Start
		dash, ok := dashOf(lines(text), first.Line, first.Column)
		if !ok {
			return nil, ErrByHand
		}
		end := len(lines(text))
		if last != list {
			end = lineOfNext(docs[0], list) - 1
		}
		out = insert(text, end, d.entry(dash))
	}
	// What stood there has to stand there still, and the entry behind it.
	now, err := Parse(file, out)
	if err != nil || len(now) != len(was)+1 || !slices.EqualFunc(was, now[:len(was)], func(a, b consumer.Use) bool { return a.Text() == b.Text() }) {
		return nil, ErrByHand
	}
	return out, nil
}

// dashOf returns how far the dash of the item at line and column is indented, if it
// stands on that line alone.
func dashOf(all [][]byte, line, column int) (int, bool) {
	if line < 1 || line > len(all) {
		return 0, false
	}
	before := string(all[line-1][:min(column-1, len(all[line-1]))])
	trimmed := strings.TrimRight(before, " ")
	indent := strings.TrimSuffix(trimmed, "-")
	return len(indent), trimmed != indent && strings.Trim(indent, " ") == ""
}

// lineOfNext returns the line of the key that follows the one of value.
func lineOfNext(doc, value *document.Node) int {
	for i, item := range doc.Items[:len(doc.Items)-1] {
		if item == value {
			return doc.Keys[i+1].Span.Start.Line
		}
	}
	return 0
}

func lines(text []byte) [][]byte {
	all := bytes.SplitAfter(text, []byte("\n"))
	if len(all[len(all)-1]) == 0 {
		all = all[:len(all)-1]
	}
	return all
}

// insert puts more behind line n, before the empty lines and comments that belong to
// what follows.
func insert(text []byte, n int, more []byte) []byte {
	all := lines(text)
	for n > 0 && n <= len(all) {
		if l := bytes.TrimSpace(all[n-1]); len(l) > 0 && (l[0] != '#' || n == len(all) || all[n-1][0] == ' ') {
			break
		}
		n--
	}
	var out bytes.Buffer
	for i, l := range all[:n] {
		out.Write(l)
		if i == n-1 && !bytes.HasSuffix(l, []byte("\n")) {
			out.WriteByte('\n')
		}
	}
	if bytes.Contains(text, []byte("\r\n")) {
		more = bytes.ReplaceAll(more, []byte("\n"), []byte("\r\n"))
	}
	out.Write(more)
	for _, l := range all[n:] {
		out.Write(l)
	}
	return out.Bytes()
}

// Needs writes what d has as the lines that a person would add to an entry.
func (d Draft) Needs() string {
	var b strings.Builder
	for _, item := range d.fields() {
		b.WriteString(item + "\n")
	}
	return b.String()
}
