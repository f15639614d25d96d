package checker

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// LockFile is where a consumer keeps what its producers offered when it last looked.
const LockFile = ".breakwater/consumes.lock"

const lockVersion = 1

// A Lock is what producers offered when somebody last looked.
type Lock struct {
	Version int      `json:"lockVersion"`
	Ports   []Locked `json:"ports"`
}

// A Locked port is what one port offered to one consumer.
type Locked struct {
	Consumer   string        `json:"consumer"`
	Port       string        `json:"port"`
	ContractID string        `json:"contractId"`
	Producer   string        `json:"producer"`         // as the verification named it, without what is secret
	Commit     string        `json:"commit"`           // empty: it was in none
	State      string        `json:"version"`          // the contract's own
	Outline    string        `json:"outline"`          // its digest
	Fields     []LockedField `json:"fields"`           // those that the consumer reads
	SLO        []string      `json:"slo"`              // all that was promised
	Select     string        `json:"select,omitempty"` // "*": it reads whatever there is
	Bounds     *[]string     `json:"bounds,omitempty"` // what it needs of SLO; nil: it does not say

	span source.Span
}

// A LockedField is an element that the consumer reads, and its type.
type LockedField struct {
	Path string `json:"path"`
	Type string `json:"type"`
}

// Lock returns what there is now, for a later verification to compare with. What could
// not be told stays as it was.
func (r *Verification) Lock(was Lock) Lock {
	l := Lock{Version: lockVersion, Ports: []Locked{}}
	for _, v := range r.Uses {
		if v.Port != nil && len(v.Needs) > 0 && len(v.Producer.errorsOf(v.Port.ID)) == 0 {
			l.Ports = append(l.Ports, newLocked(v))
		} else if old := was.of(v.Use); old != nil {
			l.Ports = append(l.Ports, *old)
		}
	}
	slices.SortFunc(l.Ports, func(a, b Locked) int {
		return cmp.Or(cmp.Compare(a.Consumer, b.Consumer), cmp.Compare(a.Port, b.Port), cmp.Compare(a.ContractID, b.ContractID))
	})
	return l
}

// newLocked writes down what v's port offers.
func newLocked(v Verified) Locked {
	l := Locked{
		Consumer: v.Use.ID, Port: v.Use.Port, ContractID: v.Use.ContractID, Producer: v.Producer.Name, Commit: v.Producer.Commit,
		State: v.Port.Version.Head, Outline: v.Port.Outline.Digest(), Fields: []LockedField{}, SLO: []string{},
	}
	for _, o := range v.Port.Promises {
		l.SLO = append(l.SLO, fmt.Sprintf("%s %s", o.Path(), o.Limit))
	}
	slices.Sort(l.SLO)
	l.want(v)
	for _, n := range v.Use.Fields {
		if path, e, ok := v.Port.Outline.Named(n.Path); ok {
			l.Fields = append(l.Fields, LockedField{string(path), typeOf(e)})
		}
	}
	slices.SortFunc(l.Fields, func(a, b LockedField) int { return cmp.Compare(a.Path, b.Path) })
	l.Fields = slices.Compact(l.Fields)
	return l
}

// of returns the entry for a use; nil: there is none.
func (l Lock) of(u consumer.Use) *Locked {
	for i, p := range l.Ports {
		if p.Consumer == u.ID && p.Port == u.Port && p.ContractID == u.ContractID {
			return &l.Ports[i]
		}
	}
	return nil
}

// since says how now, which is what u reads, differs from what was locked.
func (l *Locked) since(now Locked, u consumer.Use) (changed []string) {
	say := func(format string, args ...any) { changed = append(changed, fmt.Sprintf(format, args...)) }
	if l.State != now.State {
		say("the version was %s and is %s", orNone(l.State), orNone(now.State))
	}
	types := make(map[string]string)
	before := len(changed)
	for _, f := range now.Fields {
		types[f.Path] = f.Type
	}
	for _, f := range l.Fields {
		switch is, ok := types[f.Path]; {
		case !ok && listed(u, f.Path):
			say("%s is gone", f.Path)
		case !ok: // it is not read any more
		case is != f.Type:
			say("%s was %s and is %s", f.Path, orNone(f.Type), orNone(is))
		}
	}
	fields := len(changed) - before
	for _, o := range l.SLO {
		if slices.Contains(now.SLO, o) {
			continue
		}
		path, limit, _ := strings.Cut(o, " ")
		is := slices.IndexFunc(now.SLO, func(s string) bool { return strings.HasPrefix(s, path+" ") && !slices.Contains(l.SLO, s) })
		if is < 0 {
			say("%s %s is not promised any more", strings.TrimPrefix(path, "@slo."), limit)
		} else {
			say("%s was %s and is %s", strings.TrimPrefix(path, "@slo."), limit, strings.TrimPrefix(now.SLO[is], path+" "))
		}
	}
	if l.Outline != now.Outline && fields == 0 {
		say("what the port shows besides changed")
	}
	return changed
}

// listed reports whether u lists the element that was found at path.
func listed(u consumer.Use, path string) bool {
	return slices.ContainsFunc(u.Fields, func(n consumer.Need) bool { return strings.HasSuffix("."+path, "."+string(n.Path)) })
}

func orNone(text string) string { return cmp.Or(text, "none") }

// Text writes l as a file, the same for the same.
func (l Lock) Text() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(l)
	return b.Bytes(), err
}

// ParseLock reads a lock strictly.
func ParseLock(file string, text []byte) (Lock, error) {
	n, err := document.Parse(file+".json", text)
	if err != nil {
		return Lock{}, source.Errorf(source.Top(file), "the lock cannot be read: %w", err)
	}
	var problems document.Problems
	f := problems.Fields(n, "a lock")
	if version := f.Required("lockVersion"); n != nil && version != "1" {
		f.Problem("lockVersion", "want 1, got %q; breakwater verify --lock writes it anew", version)
	}
	l := Lock{Version: lockVersion}
	for _, p := range f.Each("ports") {
		locked := Locked{
			Consumer: p.Required("consumer"), Port: p.Text("port"), ContractID: p.Text("contractId"), Producer: p.Text("producer"),
			Commit: p.Text("commit"), State: p.Text("version"), Outline: p.Required("outline"), SLO: p.Texts("slo"), span: p.At("consumer"),
			Select: p.OneOf("select", selectAll),
		}
		if p.Has("bounds") {
			bounds := append([]string{}, p.Texts("bounds")...)
			locked.Bounds = &bounds
		}
		locked.span.File = file
		for _, field := range p.Each("fields") {
			locked.Fields = append(locked.Fields, LockedField{field.Required("path"), field.Text("type")})
			field.Done()
		}
		p.Done()
		l.Ports = append(l.Ports, locked)
	}
	f.Done()
	return l, problems.Err()
}
