package bot

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/consumer"
)

// maxChecks is how many checks the API lists, the newest first.
const maxChecks = 1_000

// mountAPI mounts what the pages show, for machines.
func (b *Bot) mountAPI(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v1/ports", b.behindPages(func(req *http.Request, sees func(repo string) bool) (any, error) {
		ports, err := b.Store.Ports(req.Context())
		return list("ports", slices.DeleteFunc(ports, func(p store.Port) bool { return !sees(p.Repo) })), err
	}))
	mux.HandleFunc("GET /api/v1/consumers", b.behindPages(func(req *http.Request, sees func(repo string) bool) (any, error) {
		readings, err := b.Store.AllReadings(req.Context())
		return list("consumers", shownReadings(slices.DeleteFunc(readings, func(r store.Reading) bool { return !sees(r.Repo) }))), err
	}))
	mux.HandleFunc("GET /api/v1/checks", b.behindPages(func(req *http.Request, sees func(repo string) bool) (any, error) {
		checks, err := b.Store.Checks(req.Context(), maxChecks)
		return list("checks", shownChecks(slices.DeleteFunc(checks, func(c store.Checked) bool { return !sees(c.Repo) }))), err
	}))
}

// behindPages answers those who may look at pages, with what they see.
func (b *Bot) behindPages(answer func(req *http.Request, sees func(repo string) bool) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		sees := func(string) bool { return true }
		switch {
		case b.Pages == Anonymous:
		case b.Pages == Login && b.Sees == nil:
			say(w, http.StatusUnauthorized, "nobody can log in: --github-client-id and --public-url are missing; --pages anonymous shows this to everybody who can reach it")
			return
		case b.Pages == Login:
			if sees = b.Sees(req); sees == nil {
				say(w, http.StatusUnauthorized, "log in first")
				return
			}
		default:
			say(w, http.StatusNotFound, "not found")
			return
		}
		v, err := answer(req, sees)
		if err != nil {
			b.Log.Error("not answered", "path", req.URL.Path, "error", err.Error())
			say(w, http.StatusServiceUnavailable, "the database does not answer")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		json.NewEncoder(w).Encode(v)
	}
}

func list[T any](name string, all []T) any {
	if all == nil {
		all = []T{}
	}
	return map[string]any{"schemaVersion": 1, name: all}
}

// shownReading is what a consumer reads, as the API has it.
type shownReading struct {
	Consumer    string   `json:"consumer"`
	Team        string   `json:"team"`
	Criticality string   `json:"criticality"`
	Owners      []string `json:"owners"`
	Repo        string   `json:"repo"` // where it is registered
	Port        string   `json:"port"`
	ContractID  string   `json:"contractId"`
	Version     string   `json:"version"`
	Fields      []string `json:"fields"` // empty: all
	Source      string   `json:"source"`
	File        string   `json:"file"`
	Line        int      `json:"line"`
	Collected   string   `json:"collected"`
}

func shownReadings(readings []store.Reading) (all []shownReading) {
	for _, r := range readings {
		u := r.Use
		all = append(all, shownReading{
			Consumer: u.ID, Team: u.Team, Criticality: u.Criticality, Owners: append([]string{}, u.Owners...), Repo: r.Repo, Port: u.Port, ContractID: u.ContractID,
			Version: u.Version, Fields: fields(u), Source: u.Evidence.Source, File: u.Span.File, Line: u.Span.Start.Line, Collected: r.Collected.Format(time.RFC3339),
		})
	}
	return all
}

func fields(u consumer.Use) []string {
	all := []string{}
	for _, n := range u.Fields {
		all = append(all, string(n.Path))
	}
	return all
}

// shownCheck is the latest check of a pull request or a merge group.
type shownCheck struct {
	Repo       string          `json:"repo"`
	Kind       store.Kind      `json:"kind"`
	Name       string          `json:"name"`
	Head       string          `json:"head"`
	Verdict    string          `json:"verdict"`
	Conclusion string          `json:"conclusion"`
	Finished   bool            `json:"finished"`
	Open       bool            `json:"open"`
	URL        string          `json:"url"`
	At         string          `json:"at"`
	Failure    string          `json:"failure"`
	Report     json.RawMessage `json:"report"`
}

func shownChecks(checks []store.Checked) (all []shownCheck) {
	for _, c := range checks {
		report := json.RawMessage(c.Report)
		if c.Report == "" {
			report = json.RawMessage("null")
		}
		all = append(all, shownCheck{c.Repo, c.Kind, c.Name, c.Head, c.Verdict.Verdict, c.Conclusion, c.Finished, c.Open, c.URL, c.At.Format(time.RFC3339), c.Failure, report})
	}
	return all
}
