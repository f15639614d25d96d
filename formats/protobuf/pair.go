package protobuf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A pairing says which declaration of the base is which of the head. Same full
// name, same declaration; then those whose package, or enclosing message, has
// another name now; then those that the same field, or the same method, refers to
// under another name. What is left over was removed, or is new.
type pairing struct {
	base, head *port
	to         map[name]decl // by name in the base
	from       map[name]decl // by name in the head
	packages   map[name]name // the packages that have another name now
	fresh      []decl        // of the base, whose insides are still to be paired
}

// maxGuesses bounds how many candidates are held against each other where only
// their insides can tell which belongs to which.
const maxGuesses = 10_000

// pairWith returns the pairing of p, the head, with base. It is kept, since a proof
// is looked for after all has been compared.
func (p *port) pairWith(base *port) *pairing {
	p.pairLock.Lock()
	defer p.pairLock.Unlock()
	if p.paired == nil || p.paired.base != base {
		p.paired = pair(base, p)
	}
	return p.paired
}

func pair(base, head *port) *pairing {
	p := &pairing{base: base, head: head, to: make(map[name]decl), from: make(map[name]decl), packages: make(map[name]name)}
	for _, was := range base.order {
		if now, ok := head.decls[was.FullName()]; ok {
			p.match(was, now)
		}
	}
	if base.root != nil && head.root != nil && p.isFree(base.root, head.root) && alike(base.root, head.root) {
		p.match(base.root, head.root)
	}
	p.renamePackages()
	p.follow()
	p.pairByShape()
	p.pairServices()
	p.follow()
	return p
}

// match pairs two declarations of one kind, unless one of them has a partner.
func (p *pairing) match(was, now decl) {
	b, h := was.FullName(), now.FullName()
	if p.to[b] == nil && p.from[h] == nil && kindOf(was) == kindOf(now) {
		p.to[b], p.from[h] = now, was
		p.fresh = append(p.fresh, was)
	}
}

// isFree reports whether was is gone by its name, now is new by its name, and
// neither has a partner yet.
func (p *pairing) isFree(was, now decl) bool {
	b, h := was.FullName(), now.FullName()
	return p.head.decls[b] == nil && p.base.decls[h] == nil && p.to[b] == nil && p.from[h] == nil
}

// kindOf returns what d is, as a word.
func kindOf(d decl) string {
	switch d.(type) {
	case message:
		return "message"
	case enum:
		return "enum"
	}
	return "service"
}

// same reports whether was and now are one type.
func (p *pairing) same(was, now decl) bool {
	to := p.to[was.FullName()]
	return was.FullName() == now.FullName() || to != nil && to.FullName() == now.FullName()
}

// renamePackages finds the packages of the port's own files that are gone, each
// with the new one that its files have now, or else the one that declares most of
// the same names.
func (p *pairing) renamePackages() {
	gone, added := ownPackages(p.base), ownPackages(p.head)
	for pkg := range gone {
		if added[pkg] != nil {
			delete(gone, pkg)
			delete(added, pkg)
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(gone)) {
		if to, ok := p.successor(pkg, gone[pkg], added, len(gone)*len(added) > maxGuesses); ok {
			p.packages[pkg] = to
			delete(added, to)
		}
	}
	for _, was := range p.base.order {
		pkg := was.ParentFile().Package()
		if to, ok := p.packages[pkg]; ok {
			if now := p.head.decls[moved(was.FullName(), pkg, to)]; now != nil {
				p.match(was, now)
			}
		}
	}
}

// moved returns what full is called in package to.
func moved(full, from, to name) name {
	rest := strings.TrimPrefix(string(full), string(from)+".")
	return name(strings.TrimPrefix(string(to)+"."+rest, "."))
}

// ownPackages lists the port's own files by package.
func ownPackages(p *port) map[name][]*file {
	packages := make(map[name][]*file)
	for _, f := range p.files {
		if f.own {
			packages[f.Package()] = append(packages[f.Package()], f)
		}
	}
	return packages
}

// successor returns the package among added that took over from pkg.
func (p *pairing) successor(pkg name, files []*file, added map[name][]*file, byFileOnly bool) (best name, ok bool) {
	most := 0
	for _, to := range slices.Sorted(maps.Keys(added)) {
		shared, total := 0, 0
		for _, f := range files {
			if slices.ContainsFunc(added[to], func(g *file) bool { return g.path == f.path }) {
				return to, true
			}
			for d := range top(f) {
				if total++; !byFileOnly && p.head.decls[moved(d.FullName(), pkg, to)] != nil {
					shared++
				}
			}
		}
		if shared > most && 2*shared > total {
			best, most, ok = to, shared, true
		}
	}
	return best, ok
}

// top yields what stands at the top of f.
func top(f *file) func(yield func(decl) bool) {
	return func(yield func(decl) bool) {
		ok := true
		for i := 0; ok && i < f.Messages().Len(); i++ {
			ok = yield(f.Messages().Get(i))
		}
		for i := 0; ok && i < f.Enums().Len(); i++ {
			ok = yield(f.Enums().Get(i))
		}
		for i := 0; ok && i < f.Services().Len(); i++ {
			ok = yield(f.Services().Get(i))
		}
	}
}

// follow pairs what is inside, or used by, declarations that are paired.
func (p *pairing) follow() {
	try := func(was, now decl) {
		if was != nil && now != nil && p.isFree(was, now) && alike(was, now) {
			p.match(was, now)
		}
	}
	for len(p.fresh) > 0 {
		was := p.fresh[0]
		p.fresh = p.fresh[1:]
		switch now := p.to[was.FullName()].(type) {
		case message:
			was := was.(message)
			if was.FullName() != now.FullName() {
				p.pairInside(was, now)
			}
			fields := byNumberOf(p.head, now)
			for f := range p.base.fields(was) {
				if g := fields[f.Number()]; g != nil {
					try(heldBy(f), heldBy(g))
				}
			}
		case service:
			methods := methodsOf(now)
			for _, m := range methodsOf(was.(service)) {
				if n := methods[m.Name()]; n != nil {
					try(m.Input(), n.Input())
					try(m.Output(), n.Output())
				}
			}
		}
	}
}

// pairInside pairs what stands under one name in two messages.
func (p *pairing) pairInside(was, now message) {
	for i := range was.Messages().Len() {
		p.pairNested(was.Messages().Get(i), now)
	}
	for i := range was.Enums().Len() {
		p.pairNested(was.Enums().Get(i), now)
	}
}

func (p *pairing) pairNested(was decl, owner message) {
	if now := p.head.decls[owner.FullName().Append(was.Name())]; now != nil {
		p.match(was, now)
	}
}

// alike reports whether now can be was under another name: it kept its own name
// and only its place changed, or most of what is in it is the same.
func alike(was, now decl) bool {
	if kindOf(was) != kindOf(now) {
		return false
	}
	base, head := members(was), members(now)
	kept := 0
	for key := range base {
		if head[key] {
			kept++
		}
	}
	return was.Name() == now.Name() || 2*kept > max(len(base), len(head)) || len(base)+len(head) == 0
}

// pairByShape pairs what nothing refers to: a type that is gone with the one new
// type of the same package that has exactly the same members, if there is only one.
func (p *pairing) pairByShape() {
	base, head := p.shapes(p.base, p.to), p.shapes(p.head, p.from)
	for _, shape := range slices.Sorted(maps.Keys(base)) {
		if was, now := base[shape], head[shape]; len(was) == 1 && len(now) == 1 && p.isFree(was[0], now[0]) {
			p.match(was[0], now[0])
		}
	}
}

// shapes lists the port's own messages and enums that have no partner, by package
// and members.
func (p *pairing) shapes(of *port, partner map[name]decl) map[string][]decl {
	found := make(map[string][]decl)
	for _, d := range of.order {
		if partner[d.FullName()] != nil || isEntry(d) || !of.own(d) || kindOf(d) == "service" {
			continue
		}
		if all := members(d); len(all) > 0 {
			shape := kindOf(d) + " " + string(d.ParentFile().Package()) + "\n" + strings.Join(slices.Sorted(maps.Keys(all)), "\n")
			found[shape] = append(found[shape], d)
		}
	}
	return found
}

// pairServices pairs services that are gone with new ones of most of the same methods.
func (p *pairing) pairServices() {
	free := func(in *port, partner map[name]decl) (found []decl) {
		for _, d := range in.order {
			if s, ok := d.(service); ok && partner[d.FullName()] == nil && in.own(d) && s.Methods().Len() > 0 {
				found = append(found, d)
			}
		}
		return found
	}
	base, head := free(p.base, p.to), free(p.head, p.from)
	if len(base)*len(head) > maxGuesses {
		return
	}
	for _, was := range base {
		for _, now := range head {
			if p.isFree(was, now) && alike(was, now) {
				p.match(was, now)
			}
		}
	}
}

// members lists what is in d, each as a text that says all that counts of it: the
// fields of a message, the values of an enum, the methods of a service.
func members(d decl) map[string]bool {
	all := make(map[string]bool)
	switch d := d.(type) {
	case message:
		for i := range d.Fields().Len() {
			f := d.Fields().Get(i)
			all[fmt.Sprintf("%s %s = %d", typeWithin(f, d), f.Name(), f.Number())] = true
		}
	case enum:
		for i := range d.Values().Len() {
			v := d.Values().Get(i)
			all[string(v.Name())+" = "+itoa(v.Number())] = true
		}
	case service:
		for name := range methodsOf(d) {
			all[string(name)] = true
		}
	}
	return all
}

// typeWithin writes the type of f so that it reads the same when m, which holds f,
// has another name.
func typeWithin(f field, m message) string {
	held := heldBy(f)
	if held == nil {
		return typeOf(f)
	}
	full := string(held.FullName())
	rest, inside := strings.CutPrefix(full+".", string(m.FullName())+".")
	if !inside {
		return typeOf(f)
	}
	return strings.Replace(typeOf(f), full, "~"+rest, 1)
}
