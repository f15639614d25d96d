package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// elsewhere knows who reads a port from another repository of the same installation:
// the same organisation, since nobody else's repositories are anybody's business.
type elsewhere struct {
	store        *store.Store
	installation int64
	repo         string
}

// errIncomplete says that there may be more readers than are known: some repository
// could not be read wholly. It is no reason not to judge, and whoever says that his
// registry is complete is not believed then.
var errIncomplete = errors.New("not every repository could be read")

// judged leaves out of what a check ends with that its registry is incomplete.
func judged(err error) error {
	all, joined := err.(interface{ Unwrap() []error })
	switch {
	case err == errIncomplete:
		return nil
	case !joined:
		return err
	}
	var rest []error
	for _, e := range all.Unwrap() {
		rest = append(rest, judged(e))
	}
	return errors.Join(rest...)
}

// Uses implements [consumer.Registry]. A registration stands for the present as long
// as somebody looked after it, like a copy that was taken by hand.
func (e *elsewhere) Uses(ctx context.Context, version string, names ...string) (uses []consumer.Use, err error) {
	found, err := e.store.Readings(ctx, e.installation, e.repo, names)
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		u := r.Use
		u.Repo = cmp.Or(u.Repo, r.Repo)
		u.Span.File = r.Repo + ":" + u.Span.File
		if u.Evidence.Source == "declared" { // what is wrong in it cannot be mended here
			u.Evidence.Source, u.Evidence.ObservedAt = consumer.Snapshot, r.Collected
		}
		if u.Reads(version, names...) {
			uses = append(uses, u)
		}
	}
	repos, err := e.store.Repositories(ctx, e.installation)
	if err == nil && slices.ContainsFunc(repos, func(r store.Repository) bool { return r.Failure != "" }) {
		err = errIncomplete
	}
	return uses, err
}

// collect reads what the default branch of a repository says of ports and consumers.
func (b *Bot) collect(ctx context.Context, claim *store.Claim) (failure string, err error) {
	client, _, _, err := b.GitHub.of(ctx, &claim.Subject)
	if err != nil {
		return b.lose(ctx, claim, err)
	}
	lib := b.library(client, claim.Subject)
	defer lib.close()
	head, err := lib.tip(ctx)
	if err != nil {
		return b.lose(ctx, claim, err)
	}
	if head == "" { // it is empty
		return "", b.Store.Do(ctx, func(tx *store.Tx) error {
			return tx.Collect(ctx, store.Repository{Repo: claim.Repo, Installation: claim.Installation, Build: b.build(), Collected: b.Now()}, nil, nil)
		})
	}
	known, err := b.Store.Repository(ctx, claim.Repo)
	if err != nil {
		return "", err
	}
	if known != nil && known.Head == head && known.Build == b.build() && known.Installation == claim.Installation && known.Failure == "" {
		return "", b.Store.Confirm(ctx, claim.Repo)
	}
	err = b.readRepository(ctx, claim, lib, known, head)
	if err == nil {
		return "", nil
	}
	if doubting := b.Store.Doubt(ctx, claim.Repo, claim.Installation, cut(err.Error(), 500)); doubting != nil {
		return "", errors.Join(err, doubting)
	}
	return b.final(err)
}

// lose forgets a repository that is not ours to read any more.
func (b *Bot) lose(ctx context.Context, claim *store.Claim, err error) (failure string, again error) {
	failure, again = b.final(err)
	if failure != "" && status(err) == http.StatusNotFound {
		again = b.Store.Do(ctx, func(tx *store.Tx) error { return tx.Forget(ctx, claim.Repo) })
	}
	return failure, again
}

// build tells apart programs that may read the same files differently.
func (b *Bot) build() string { return b.Checker.Tool.Version }

// readRepository reads the default branch at head, of which known is what was known.
func (b *Bot) readRepository(ctx context.Context, claim *store.Claim, lib *library, known *store.Repository, head string) error {
	tree, err := lib.at(ctx, head)
	if err != nil {
		return err
	}
	gate := known != nil && known.Head != "" && known.Head != head && b.gateMoved(ctx, lib, known.Head, tree)
	c := b.Checker // a copy
	c.Now = b.Now()
	inv, err := c.Inventory(ctx, tree)
	if err := errors.Join(lib.failure(), err); err != nil {
		return err
	}
	ports := make([]store.Port, 0, len(inv.Ports))
	for _, p := range inv.Ports {
		text, err := json.Marshal(newShownPort(p))
		if err != nil {
			return err
		}
		ports = append(ports, store.Port{ID: p.ID, Contract: p.ContractID, Document: text})
	}
	r := store.Repository{Repo: claim.Repo, Installation: claim.Installation, Head: head, Build: b.build(), Collected: b.Now(), Failure: broken(inv)}
	return b.Store.Do(ctx, func(tx *store.Tx) error {
		was, err := tx.ReadingsOf(ctx, claim.Repo)
		if err != nil {
			return err
		}
		if err := tx.Collect(ctx, r, ports, inv.Uses); err != nil {
			return err
		}
		return b.reconsider(ctx, tx, claim, gate, was, inv.Uses)
	})
}

// broken says that registrations could not be read: there may be more consumers than
// are known.
func broken(inv *checker.Inventory) string {
	for _, e := range inv.Errors {
		if !e.Contract {
			return cut(e.Err.Error(), 500)
		}
	}
	return ""
}

// gateMoved reports whether what judges differs between the commit was and now: what is
// not known does.
func (b *Bot) gateMoved(ctx context.Context, lib *library, was string, now *revision.Tree) bool {
	before, err := lib.at(ctx, was)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(revision.Changed(before, now), func(name string) bool {
		return name == policy.File || strings.HasPrefix(name, ".breakwater/")
	})
}

// reconsider asks for the open pull requests that change a port of which somebody
// registered, or went, since they were checked; and for all of the repository where the
// gate moved.
func (b *Bot) reconsider(ctx context.Context, tx *store.Tx, claim *store.Claim, gate bool, was, now []consumer.Use) error {
	changed := make(map[string]bool)
	differ := func(these, those []consumer.Use) {
		texts := make(map[string]bool)
		for _, u := range those {
			texts[u.Text()] = true
		}
		for _, u := range these {
			if !texts[u.Text()] {
				changed[u.Port], changed[u.ContractID] = true, true
			}
		}
	}
	differ(was, now)
	differ(now, was)
	delete(changed, "")
	if len(changed) == 0 && !gate {
		return nil
	}
	open, err := tx.Open(ctx, claim.Installation)
	for _, c := range open {
		var r struct {
			Ports []struct{ ID, PreviousID, ContractID, State string } `json:"ports"`
		}
		if json.Unmarshal([]byte(c.Report), &r) != nil {
			continue
		}
		touched := slices.ContainsFunc(r.Ports, func(p struct{ ID, PreviousID, ContractID, State string }) bool {
			return p.State != string(checker.Unchanged) && (changed[p.ID] || changed[p.PreviousID] || changed[p.ContractID])
		})
		if (touched || gate && c.Repo == claim.Repo) && err == nil {
			_, err = tx.Want(ctx, c.Subject)
		}
	}
	return err
}

// shownPort is what people are shown of a port.
type shownPort struct {
	ID         string         `json:"id"`
	Product    string         `json:"product"`
	Name       string         `json:"name"`
	ContractID string         `json:"contractId"`
	Format     string         `json:"format"`
	Kind       string         `json:"kind"`
	Status     string         `json:"status"`
	Version    string         `json:"version"`
	Owner      string         `json:"owner"`
	Files      []string       `json:"files"`
	Promises   []shownPromise `json:"promises"`
	Notice     string         `json:"notice"`
}

type shownPromise struct {
	Path  string `json:"path"`
	Limit string `json:"limit"`
}

func newShownPort(h checker.Held) shownPort {
	p := shownPort{
		ID: h.ID, Product: h.Product, Name: h.Name, ContractID: h.ContractID, Format: h.Format, Kind: string(h.Kind), Status: string(h.Status),
		Version: h.Version.Head, Owner: h.Owner, Files: h.Files, Promises: []shownPromise{},
	}
	for _, o := range h.Promises {
		p.Promises = append(p.Promises, shownPromise{string(o.Path()), o.Limit.String()})
	}
	if !h.Notice.IsZero() {
		p.Notice = h.Notice.String()
	}
	return p
}
