package checker

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Producer is where ports are that somebody reads.
type Producer struct {
	*Inventory
	Name   string
	Commit string // empty: what is read is in no commit
	Alone  bool   // it is one contract, and not all that its product has
}

// A Verification says which needs of consumers are met as things are now.
type Verification struct {
	Uses   []Verified
	Errors []Error // contracts that are needed and cannot be read
}

// A Verified use is one whose needs were held against its port.
type Verified struct {
	Use      consumer.Use
	Producer *Producer // nil: the port is nowhere
	Port     *Held
	Needs    []consumer.Held
	Since    []string // what changed since the lock was written
	Locked   *Locked  // the entry of the lock that it was compared with; nil: there is none
}

// Answer returns the worst answer to a need of v.
func (v Verified) Answer() consumer.Answer {
	worst := consumer.Met
	for _, n := range v.Needs {
		worst = max(worst, n.Answer)
	}
	return worst
}

// Verify holds uses against the ports of producers, as they are at now, and says what
// changed since lock was written.
func Verify(uses []consumer.Use, producers []*Producer, lock Lock, now time.Time) *Verification {
	r := new(Verification)
	told := make(map[string]bool)
	for _, u := range uses {
		v := Verified{Use: u}
		v.Producer, v.Port = find(u, producers)
		switch {
		case u.At(now).Evidence.Doubt != "":
			v.Needs = []consumer.Held{{Need: "until", Answer: consumer.CannotTell, Why: u.At(now).Evidence.Doubt, Own: u.Span}}
		case v.Port == nil:
			v.Needs = []consumer.Held{nowhere(u, producers, lock)}
		default:
			errs := v.Producer.errorsOf(v.Port.ID)
			if len(errs) > 0 {
				v.Needs = []consumer.Held{{Need: "port: " + v.Port.ID, Answer: consumer.CannotTell, Why: "its contract cannot be read", Own: u.Span, At: errs[0].Err.Span}}
				if key := v.Producer.Name + "\x00" + v.Port.ID; !told[key] {
					told[key] = true
					r.Errors = append(r.Errors, errs...)
				}
				break
			}
			v.Needs = u.Verify(consumer.Offer{
				Outline: v.Port.Outline, Promises: v.Port.Promises, Status: v.Port.Status, Version: v.Port.Version.Head,
				Now: now, Removes: v.Producer.Policy.NoticeEnds(now, v.Port.Notice),
			})
			if v.Locked = lock.of(u); v.Locked != nil {
				v.Since = v.Locked.since(newLocked(v), u)
			}
		}
		r.Uses = append(r.Uses, v)
	}
	return r
}

// find returns the port that u reads: of several versions, one that u's pin admits.
func find(u consumer.Use, producers []*Producer) (*Producer, *Held) {
	anyVersion := u
	anyVersion.Version = ""
	var first *Held
	var of *Producer
	for _, p := range producers {
		for i := range p.Ports {
			h := &p.Ports[i]
			alone := p.Alone && len(p.Ports) == 1 && u.Port != "" && strings.HasSuffix("/"+u.Port, "/"+h.Name)
			if !alone && !anyVersion.Reads("", h.ID, h.ContractID) {
				continue
			}
			if u.Version == "" || u.Reads(h.Version.Head, h.ID, h.ContractID) {
				return p, h
			}
			if first == nil {
				first, of = h, p
			}
		}
	}
	return of, first
}

// nowhere says that a port is with no producer. It is gone where its product is, or
// where it was when the lock was written; else its producer may not have been named.
func nowhere(u consumer.Use, producers []*Producer, lock Lock) consumer.Held {
	h := consumer.Held{Need: "port: " + cmp.Or(u.Port, u.ContractID), Answer: consumer.CannotTell, Why: "it is with none of the producers that were named", Own: u.Span}
	product, _, _ := strings.Cut(u.Port, "/")
	var ids []string
	for _, p := range producers {
		if to := p.Moved[u.Port]; to != "" {
			h.Answer, h.Why = consumer.NotMet, "it went to "+to
			return h
		}
		for _, port := range p.Ports {
			ids = append(ids, port.ID)
			if u.Port != "" && port.Product == product {
				h.Answer, h.Why = consumer.NotMet, product+" has no such port"
			}
		}
	}
	if locked := lock.of(u); locked != nil && slices.ContainsFunc(producers, func(p *Producer) bool { return p.Name == locked.Producer }) {
		h.Answer, h.Why = consumer.NotMet, "it was at "+locked.Producer+" and is gone"
	}
	if u.Port != "" {
		h.Why += document.Suggest(u.Port, ids)
	}
	return h
}

// errorsOf lists what is wrong with the contract of a port.
func (p *Producer) errorsOf(id string) []Error {
	return slices.DeleteFunc(slices.Clone(p.Errors), func(e Error) bool { return !e.Contract || e.Port != id })
}

// Twice reports the uses that stand twice: of one consumer, for one port and version.
func Twice(uses []consumer.Use) (errs []*source.Error) {
	type key struct{ id, port, contract, version string }
	seen := make(map[key]source.Span)
	for _, u := range uses {
		k := key{u.ID, u.Port, u.ContractID, u.Version}
		if at, ok := seen[k]; ok {
			e := source.Errorf(u.Span, "%s is registered for %s twice; the other is at %s", u.ID, cmp.Or(u.Port, u.ContractID), at)
			e.Also = []source.Span{at}
			errs = append(errs, e)
			continue
		}
		seen[k] = u.Span
	}
	return errs
}

// typeOf says in one text what an element is: its type, whether it may be absent, and
// which values it has.
func typeOf(e schema.Edge) string {
	text := cmp.Or(e.Type, "a group")
	if e.Optional {
		text += " (optional)"
	}
	if e.Values != nil {
		text += " of " + strings.Join(e.Values, ", ")
	}
	return text
}
