package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/source"
)

//go:embed html/page.tmpl
var pageText string

//go:embed html/style.css
var style string

// Nobody reads on in a page that is longer than this; the other reports hold it all.
const (
	maxCards     = 300  // of findings
	maxPeople    = 100  // consumers who are hit
	maxItems     = 20   // what hits one of them
	maxDiffLines = 2000 // of all files together
	openDiff     = 30   // a longer difference is folded
)

// HTML writes one page that stands alone: it loads nothing, runs nothing, and can be
// read on paper, in the dark and on a phone.
func (o Options) HTML(w io.Writer, r *checker.Result) error {
	p := &htmlPage{Options: o, view: newView(r, o.Verbose), cards: maxCards, diffLines: maxDiffLines, differs: make(map[checker.Place]bool)}
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p.page()); err != nil {
		return err
	}
	_, err = w.Write(bytes.ReplaceAll(b.Bytes(), []byte("##["), []byte("##&#91;"))) // a workflow's command, anywhere in a line
	return err
}

// htmlPage is a page that is being written. Every text in what it makes is plain.
type htmlPage struct {
	Options
	*view
	cards     int // how many there is room for
	diffLines int
	leftOut   int                    // findings
	differs   map[checker.Place]bool // the files whose difference is shown: ports can share one
}

type (
	page struct {
		StyleHash                            template.HTMLAttr
		Style                                template.CSS
		Title, Verdict, Mark, Word, Headline string
		Between                              string
		Counts                               []string
		People                               []person
		MorePeople                           string
		Problems                             []problem
		Graph                                *graph
		Ports                                []section
		Others                               []card
		MoreCards                            string
		Unread                               []unread
		Fine, Foot                           string
	}
	place  struct{ Text, Link string }
	person struct {
		ID, Criticality, Impact, Class, Reach string
		Items                                 []item
		More                                  string
		worst                                 consumer.Impact
		more                                  int
	}
	item struct {
		Why, What, Anchor string
		Place             place
	}
	problem struct {
		Place place
		Text  string
		Code  *excerpt
	}
	section struct {
		Anchor, Name, Facts, Fine string
		Cards                     []card
		Diffs                     []fileDiff
	}
	card struct {
		Anchor, Class, Mark, Word, Title, Rule, Verdict string
		Sides                                           []side
		Breaks, Spares, Proof, Also, Places             string
		Prose                                           []retold
		Hits                                            []hitLine
		Do, Because                                     string
		Approvals                                       string
		Accept                                          []string
	}
	hitLine struct{ ID, Criticality, Impact, Why string }
	side    struct {
		Label, Note string
		Place       place
		Code        *excerpt
	}
	excerpt struct {
		Label string
		Lines []codeLine
	}
	codeLine struct {
		Number                int
		Before, Marked, After string
	}
	fileDiff struct {
		Place place
		Open  bool
		Lines []diffLine
		More  string
	}
	diffLine struct{ Kind, Base, Head, Sign, Text string }
	unread   struct{ Path, Why string }
)

func (h *htmlPage) page() page {
	mark, word := h.verdictWord()
	verdict := h.r.Verdict.String()
	if mark == "✗" {
		verdict = policy.Block.String()
	}
	hash := sha256.Sum256([]byte(style))
	p := page{
		StyleHash: template.HTMLAttr("sha256-" + base64.StdEncoding.EncodeToString(hash[:])), Style: template.CSS(style),
		Title: word + ": " + h.headline(), Verdict: verdict, Mark: mark, Word: word, Headline: h.headline(),
		Between: Plain(h.between()), Counts: h.count.words(), Graph: h.graph(),
	}
	p.People, p.MorePeople = h.people()
	for _, e := range h.problems() {
		at := checker.Place{Side: e.Side, Span: e.Err.Span}
		p.Problems = append(p.Problems, problem{h.place(at), Plain(e.Err.Msg), h.excerpt(at, true)})
	}
	fine := 0
	for i, port := range h.r.Ports {
		s := h.section(port)
		s.Anchor = fmt.Sprintf("port-%d", i)
		switch {
		case len(s.Cards) > 0 || h.all && port.State != checker.Unchanged:
			p.Ports = append(p.Ports, s)
		case port.State != checker.Unchanged:
			fine++
		}
	}
	p.Others = h.cardsOf("")
	if h.leftOut > 0 {
		p.MoreCards = fmt.Sprintf("And %s; the JSON report lists them all.", many(h.leftOut, "more finding"))
	}
	if fine > 0 {
		p.Fine = fmt.Sprintf("%s changed with nothing to look at.", many(fine, "port"))
	}
	for _, u := range h.r.Unread {
		p.Unread = append(p.Unread, unread{Plain(u.Path), Plain(u.Why)})
	}
	p.Foot = Plain(fmt.Sprintf("%s %s · %s, %s · %s", h.r.Tool.Name, h.r.Tool.Version, many(len(h.r.Ports), "port"), many(len(h.r.Consumers), "registered consumer"), day(h.r.Now)))
	return p
}

// people lists who is hit, the worst first, and by what.
func (h *htmlPage) people() (all []person, more string) {
	index := make(map[string]int)
	for _, f := range h.shown() {
		for _, hit := range h.hit(f) {
			i, ok := index[hit.Use.ID]
			if !ok {
				i = len(all)
				index[hit.Use.ID] = i
				all = append(all, h.person(hit.Use.Consumer))
			}
			all[i].worst = max(all[i].worst, hit.Impact)
			if len(all[i].Items) == maxItems {
				all[i].more++
				continue
			}
			all[i].Items = append(all[i].Items, item{Plain(why(hit)), Plain(f.Detail), anchor(f), h.place(h.where(f))})
		}
	}
	slices.SortStableFunc(all, func(a, b person) int { return cmp.Or(cmp.Compare(b.worst, a.worst), cmp.Compare(a.ID, b.ID)) })
	for i := range all {
		p := &all[i]
		p.Impact, p.Class = p.worst.String(), impactClass(p.worst)
		if p.more > 0 {
			p.More = many(p.more, "more finding")
		}
	}
	if n := len(all) - maxPeople; n > 0 {
		all, more = all[:maxPeople], fmt.Sprintf("And %s.", many(n, "more consumer"))
	}
	return all, more
}

func (h *htmlPage) person(c consumer.Consumer) person {
	return person{ID: Plain(c.ID), Criticality: Plain(c.Criticality), Reach: reach(c)}
}

func impactClass(i consumer.Impact) string {
	return [...]string{"compatible", "risky", "risky", "breaking"}[i]
}

func (h *htmlPage) place(at checker.Place) place {
	return place{Plain(at.Span.String()), fileURL(h.Repository, h.r.At(at.Side).Commit, at.Span.File, at.Span.Start.Line)}
}

func (h *htmlPage) section(p checker.Port) section {
	s := section{Name: Plain(p.ID), Facts: Plain(facts(p)), Cards: h.cardsOf(p.ID)}
	if len(s.Cards) == 0 && !h.all {
		return s
	}
	fine := 0
	for _, f := range h.r.Of(p.ID) {
		if f.Class == change.Compatible && f.Verdict == policy.Pass {
			fine++
		}
	}
	if fine > 0 && !h.all {
		s.Fine = fmt.Sprintf("%s besides.", many(fine, "compatible change"))
	}
	for _, t := range p.Texts {
		at := checker.Place{Side: checker.Head, Span: source.Top(cmp.Or(t.Head, t.Base))}
		if t.Head == "" {
			at.Side = checker.Base
		}
		if !h.differs[at] {
			h.differs[at] = true
			s.Diffs = append(s.Diffs, h.diff(at, t))
		}
	}
	return s
}

func (h *htmlPage) cardsOf(port string) []card {
	var all []card
	for _, f := range h.r.Of(port) {
		switch {
		case !h.shows(f):
		case h.cards == 0:
			h.leftOut++
		default:
			h.cards--
			all = append(all, h.card(f))
		}
	}
	return all
}
