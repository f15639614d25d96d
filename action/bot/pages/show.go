package pages

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action/bot"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
)

// How much one page shows.
const (
	maxPorts   = 1_000
	maxOpen    = 200
	maxLetters = 200
	maxEntries = 300
	maxRows    = 2_000
)

// A port is one of the catalogue.
type port struct {
	Repo       string `json:"-"`
	ID         string `json:"id"`
	ContractID string `json:"contractId"`
	Format     string `json:"format"`
	Kind       string `json:"kind"`
	Status     string `json:"status"`
	Version    string `json:"version"`
	Owner      string `json:"owner"`
	Notice     string `json:"notice"`
	Files      []string
	Promises   []struct{ Path, Limit string }

	Readers []reader `json:"-"`
	Hidden  int      `json:"-"` // consumers in repositories that the viewer does not see
}

// A reader is a consumer as it reads one port.
type reader struct {
	ID, Team, Criticality, Repo, Source string
	Fields                              []string
	Since                               time.Time
}

// ports lists the ports that the viewer sees, with who reads them.
func (r *request) ports() ([]port, error) {
	ctx := r.req.Context()
	stored, err := r.Bot.Store.Ports(ctx)
	if err != nil {
		return nil, err
	}
	readings, err := r.Bot.Store.AllReadings(ctx)
	if err != nil {
		return nil, err
	}
	var all []port
	for _, s := range stored {
		if !r.sees(s.Repo) {
			continue
		}
		p := port{Repo: s.Repo}
		if err := json.Unmarshal(s.Document, &p); err != nil {
			return nil, err
		}
		r.readers(&p, readings)
		all = append(all, p)
	}
	return all, nil
}

func (r *request) readers(p *port, readings []store.Reading) {
	for _, reading := range readings {
		u := reading.Use
		if !u.Reads(p.Version, p.ID, p.ContractID) {
			continue
		}
		if !r.sees(reading.Repo) {
			p.Hidden++
			continue
		}
		p.Readers = append(p.Readers, newReader(reading.Repo, u, reading.Collected))
	}
	slices.SortFunc(p.Readers, func(a, b reader) int { return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Repo, b.Repo)) })
}

func newReader(repo string, u consumer.Use, since time.Time) reader {
	out := reader{ID: u.ID, Team: u.Team, Criticality: u.Criticality, Repo: repo, Source: u.Evidence.Source, Since: since}
	for _, n := range u.Fields {
		out.Fields = append(out.Fields, string(n.Path))
	}
	return out
}

func (r *request) catalogue() error {
	all, err := r.ports()
	if err != nil {
		return err
	}
	query := strings.ToLower(strings.TrimSpace(r.req.URL.Query().Get("q")))
	found := slices.DeleteFunc(all, func(p port) bool {
		return !strings.Contains(strings.ToLower(p.ID+" "+p.Owner+" "+p.Repo+" "+p.Format+" "+p.ContractID), query)
	})
	more := max(len(found)-maxPorts, 0)
	return r.show(http.StatusOK, "catalogue", "Ports", struct {
		Query string
		Ports []port
		More  int
	}{r.req.URL.Query().Get("q"), found[:len(found)-more], more})
}

// find returns the port that the address names; nil: the viewer sees none.
func (r *request) find() (*port, error) {
	repo, ok := r.repo()
	if !ok {
		return nil, nil
	}
	all, err := r.ports()
	i := slices.IndexFunc(all, func(p port) bool { return strings.EqualFold(p.Repo, repo) && p.ID == r.req.URL.Query().Get("port") })
	if err != nil || i < 0 {
		return nil, err
	}
	return &all[i], nil
}

func (r *request) port() error {
	p, err := r.find()
	if err != nil {
		return err
	}
	if p == nil {
		return r.notFound()
	}
	versions, missing, err := r.Bot.Versions(r.req.Context(), p.Repo, p.Files)
	if err != nil { // the rest is worth showing
		r.Bot.Log.Warn("the history of a port is not shown", "repo", p.Repo, "error", err.Error())
		missing = "GitHub does not answer, so there may be more"
	}
	return r.show(http.StatusOK, "port", p.ID, struct {
		*port
		Versions []bot.Version
		Missing  string
	}{p, versions, missing})
}

// A difference is one file on both sides.
type difference struct {
	Name       string
	Rows       []report.Row
	Left       int
	Base, Head bool // it is there
}

func (r *request) compare() error {
	p, err := r.find()
	if err != nil {
		return err
	}
	if p == nil {
		return r.notFound()
	}
	query := r.req.URL.Query()
	base, head := query.Get("base"), query.Get("head")
	c, err := r.Bot.Compare(r.req.Context(), p.Repo, p.Files, base, head)
	if errors.Is(err, bot.ErrNoVersion) {
		return r.notFound()
	}
	if err != nil {
		return err
	}
	body := struct {
		*port
		Base, Head string
		Findings   []report.Finding
		Files      []difference
	}{port: p, Base: base, Head: head}
	for _, other := range report.NewDocument(c.Result).Ports {
		if other.ID == p.ID {
			body.Findings = other.Findings
		}
	}
	room := maxRows
	for _, f := range c.Files {
		d := difference{Name: f.Name, Base: f.Base != nil, Head: f.Head != nil}
		d.Rows, d.Left = report.SideBySide(f.Base, f.Head, room)
		room -= len(d.Rows)
		body.Files = append(body.Files, d)
	}
	return r.show(http.StatusOK, "compare", p.ID+" side by side", body)
}

func (r *request) graph() error {
	all, err := r.ports()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p port) bool { return len(p.Readers)+p.Hidden == 0 })
	return r.show(http.StatusOK, "graph", "Who reads what", all)
}

// picture draws the graph. It is a document of its own, with a style of its own.
func (r *request) picture() error {
	all, err := r.ports()
	if err != nil {
		return err
	}
	var reads []report.Reads
	for _, p := range all {
		for _, reader := range p.Readers {
			reads = append(reads, report.Reads{Port: p.ID, Consumer: reader.ID})
		}
	}
	r.w.Header().Set("Content-Type", "image/svg+xml")
	r.w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	return report.RegistrySVG(r.w, reads)
}

// An open change is a pull request, and who has yet to agree to it.
type openChange struct {
	Repo, Name, URL, Verdict, Failure string
	At                                time.Time
	Waits                             []waits
	Agreed                            []store.Ack
	Objected                          []store.Objection
}

// waits is one finding that nobody, or not everybody, agreed to.
type waits struct{ ID, Rule, Port, What, For string }

func (r *request) changes() error {
	ctx := r.req.Context()
	checks, err := r.Bot.Store.OpenChecks(ctx, 10*maxOpen)
	if err != nil {
		return err
	}
	var all []openChange
	for _, c := range checks {
		if !r.sees(c.Repo) || len(all) == maxOpen {
			continue
		}
		change := openChange{Repo: c.Repo, Name: c.Name, URL: c.URL, Verdict: c.Verdict.Verdict, Failure: c.Failure, At: c.At}
		if change.Agreed, err = r.Bot.Store.Acks(ctx, c.Subject.ID); err != nil {
			return err
		}
		if change.Objected, err = r.Bot.Store.Objections(ctx, c.Subject.ID); err != nil {
			return err
		}
		if doc, err := report.Read(strings.NewReader(c.Report)); err == nil {
			for _, p := range doc.Ports {
				change.Waits = append(change.Waits, missing(p)...)
			}
		}
		all = append(all, change)
	}
	return r.show(http.StatusOK, "changes", "Open changes", all)
}

// missing lists the findings of a port that block, and for whom they wait.
func missing(p report.Port) (all []waits) {
	for _, f := range p.Findings {
		if f.Verdict != policy.Block.String() {
			continue
		}
		w := waits{ID: f.ID, Rule: f.Rule, Port: p.ID, What: f.Message}
		var who []string
		if f.Approval != nil {
			who = f.Approval.Missing
		} else {
			for _, h := range f.Consumers {
				if h.Impact == consumer.Violated.String() || h.Impact == consumer.Affected.String() {
					who = append(who, h.ID+" ("+cmp.Or(strings.Join(h.Owners, ", "), "nobody is named")+")")
				}
			}
		}
		w.For = cmp.Or(strings.Join(who, "; "), "nobody who is registered; the port's owner and somebody of policy.approvers")
		all = append(all, w)
	}
	return all
}

// A letter is one as its page shows it: without the address that it goes to.
type letter struct {
	store.Letter
	MayRepeat bool
}

func (r *request) letters(state store.LetterState) (all []letter, err error) {
	list, err := r.Bot.Store.Letters(r.req.Context(), state, r.names(), maxLetters)
	for _, l := range list {
		all = append(all, letter{l, state == store.Dead && r.writes[strings.ToLower(l.Repo)]})
	}
	return all, err
}

func (r *request) deliveries() error {
	dead, err1 := r.letters(store.Dead)
	waiting, err2 := r.letters(store.Waiting)
	sent, err3 := r.letters(store.Sent)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	return r.show(http.StatusOK, "deliveries", "Deliveries", struct{ Dead, Waiting, Sent []letter }{dead, waiting, sent})
}

// again sends a dead letter again.
func (r *request) again() error {
	id, _ := strconv.ParseInt(r.req.PathValue("id"), 10, 64)
	dead, err := r.letters(store.Dead)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(dead, func(l letter) bool { return l.ID == id })
	switch {
	case i < 0:
		return r.notFound()
	case !dead[i].MayRepeat:
		return r.say(http.StatusForbidden, "Not allowed", "Who may write to "+dead[i].Repo+" can have this sent again.")
	}
	if _, err := r.Bot.Store.Again(r.req.Context(), id, r.login); err != nil {
		return err
	}
	http.Redirect(r.w, r.req, "/deliveries", http.StatusSeeOther)
	return nil
}

func (r *request) audit() error {
	entries, err := r.Bot.Store.LatestTrail(r.req.Context(), r.names(), maxEntries)
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, "audit", "Audit log", entries)
}
