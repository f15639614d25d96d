package consumer

import (
	"fmt"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// What refuses or ignores an element that a request has, for whoever sends it.
var refused = []change.Idea{"request-field-removed", "request-closed-field-removed", "parameter-removed", "request-body-removed"}

// sentValueRemoved is that of a value which a request may not hold any more. Key is the value.
const sentValueRemoved change.Idea = "request-enum-value-removed"

// What asks for an element that a request could do without, or gives another meaning to
// its absence: it hits those who leave it out.
var demanded = []change.Idea{
	"request-field-required-added", "request-field-required", "parameter-required-added", "parameter-required",
	"request-body-required-added", "request-body-required",
}

const assumedOtherwise change.Idea = "request-default-changed"

func isOmission(c change.Change) bool {
	return slices.Contains(demanded, c.Rule.Idea) || c.Rule.Idea == assumedOtherwise
}

// calls judges what hits u for calling an operation, whatever else of it u uses: what it
// has to send from now on, and what concerns every call.
func (u Use) calls(c change.Change, at schema.Places) Hit {
	switch {
	case !c.Breaks().Overlaps(change.Request):
		return Hit{}
	case isOmission(c):
		return u.omits(c, at)
	case at.Has(c.Path):
		return Hit{}
	}
	for _, n := range u.Fields { // security and servers are of no element
		if op := at.OperationOf(n.Path); op != "" {
			return Hit{Impact: Affected, Need: fmt.Sprintf("fields: %s", at.Short(n.Path)), Why: fmt.Sprintf("calls %s", at.Short(op))}
		}
	}
	return Hit{}
}

// omits judges a change that hits those who leave out what it is about.
func (u Use) omits(c change.Change, at schema.Places) Hit {
	used := make(map[change.Path][]Need) // by operation
	var ops []change.Path
	for _, n := range u.Fields {
		if op := at.OperationOf(n.Path); op != "" {
			if used[op] == nil {
				ops = append(ops, op)
			}
			used[op] = append(used[op], n)
		}
	}
	for _, op := range ops {
		if !leavesOut(op, used[op], c.Path, at) {
			continue
		}
		_, last := c.Path.Split()
		h := Hit{Impact: Violated, Need: fmt.Sprintf("fields: %s", at.Short(op)), Why: fmt.Sprintf("calls %s and does not send %s", at.Short(op), last)}
		if u.Evidence.Source == Pact {
			h.Why += where(used[op][0].Span)
		}
		if c.Rule.Idea == assumedOtherwise {
			h.Impact = Affected
		}
		return h
	}
	return Hit{}
}

// leavesOut reports whether calls of op by somebody with those needs lack what is at q. Who
// lists it sends it, at least in some calls, and is judged by that need.
func leavesOut(op change.Path, needs []Need, q change.Path, at schema.Places) bool {
	var paths []change.Path
	for _, n := range needs {
		if at.Passes(n.Path, q) && n.Path != op {
			return false
		}
		paths = append(paths, n.Path)
	}
	return at.Omits(op, paths, q)
}
