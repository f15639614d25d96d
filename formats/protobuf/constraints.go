package protobuf

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Options can be a part of the contract: what values a field may take, who may set it,
// how fresh the data is. An ordering says of two values of such an option what the
// second allows less, and what it allows more. Where neither can be told, it allows
// both: a value that is only different is tighter for one consumer and looser for
// another.
type ordering func(base, head facts) (tighter, looser []string)

// knownOptions need not be listed. (google.api.http) is one too, see http.go.
var knownOptions = map[name]ordering{
	"buf.validate.field": compareRules, "buf.validate.message": compareRules, "buf.validate.oneof": compareRules,
	"validate.rules": compareRules, "validate.required": compareRules,
	"google.api.field_behavior": compareBehavior,
}

// Facts are the value of an option taken apart: "string.min_len" is 3.
type facts map[string]fact

// A fact is a number, or a set of texts.
type fact struct {
	number *big.Rat
	texts  []string // sorted; empty if it is a number
}

func (f fact) String() string {
	if f.number != nil {
		return strings.TrimSuffix(f.number.RatString(), "/1")
	}
	return clip(strings.Join(f.texts, ", "), mostShown)
}

// factsOf takes a value of fd apart. Absent is nothing.
func factsOf(m protoreflect.Message, option name) facts {
	all := make(facts)
	m.Range(func(fd field, v protoreflect.Value) bool {
		if fd.IsExtension() && fd.FullName() == option {
			all.add("", fd, v)
		}
		return true
	})
	return all
}

func (all facts) add(at string, fd field, v protoreflect.Value) {
	switch {
	case fd.IsList():
		var texts []string
		for i := range v.List().Len() {
			texts = append(texts, scalarText(fd, v.List().Get(i)))
		}
		slices.Sort(texts)
		all[at] = fact{texts: slices.Compact(texts)}
	case fd.IsMap():
		all[at] = fact{texts: []string{text(fd, v)}}
	case fd.Message() != nil:
		all.addMessage(at, v.Message())
	default:
		n, isNumber := new(big.Rat), false
		switch fd.Kind() {
		case protoreflect.BoolKind, protoreflect.StringKind, protoreflect.BytesKind, protoreflect.EnumKind:
		default:
			_, isNumber = n.SetString(v.String())
		}
		if isNumber {
			all[at] = fact{number: n}
		} else {
			all[at] = fact{texts: []string{scalarText(fd, v)}}
		}
	}
}

func (all facts) addMessage(at string, m protoreflect.Message) {
	switch full := m.Descriptor().FullName(); full {
	case "google.protobuf.Duration", "google.protobuf.Timestamp":
		part := func(name protoreflect.Name) *big.Rat {
			return new(big.Rat).SetInt64(m.Get(m.Descriptor().Fields().ByName(name)).Int())
		}
		all[at] = fact{number: new(big.Rat).Add(part("seconds"), new(big.Rat).Quo(part("nanos"), big.NewRat(1e9, 1)))}
		return
	}
	if len(m.GetUnknown()) > 0 {
		all[strings.TrimPrefix(at+".unknown", ".")] = fact{texts: []string{messageText(m)}}
	}
	m.Range(func(fd field, v protoreflect.Value) bool {
		step := fd.TextName()
		if at == "" && slices.Contains(numberRules, step) {
			step = "number" // another width of number does not make another rule
		}
		all.add(strings.TrimPrefix(at+"."+step, "."), fd, v)
		return true
	})
}

var numberRules = []string{
	"int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "float", "double",
}

// How the rules of protovalidate, and of its predecessor, compare, by their last name.
// All others only count as there, not there, or another.
var (
	lowerBounds = []string{"gt", "gte", "min_len", "min_bytes", "min_items", "min_pairs"}
	upperBounds = []string{"lt", "lte", "max_len", "max_bytes", "max_items", "max_pairs", "within"}
	allowed     = []string{"in"} // of which more is looser; of anything else more is tighter
	lenient     = []string{"ignore", "ignore_empty", "skipped", "disabled", "skip", "strict"}
	meaningless = []string{"example"}
)

// compareRules compares what protovalidate checks.
func compareRules(base, head facts) (tighter, looser []string) {
	for _, at := range slices.Sorted(maps.Keys(unionOf(base, head))) {
		a, before := base[at]
		b, after := head[at]
		kind := at[strings.LastIndexByte(at, '.')+1:]
		if slices.Contains(meaningless, kind) || isFalse(a) && isFalse(b) {
			continue
		}
		before, after = before && !isFalse(a), after && !isFalse(b)
		words := at + " " + became(a, b)
		isTighter, isLooser := true, true // another
		switch {
		case before && after && a.String() == b.String() && slices.Equal(a.texts, b.texts):
			isTighter, isLooser = false, false
		case slices.Contains(lenient, kind):
		case !before:
			isLooser = false
		case !after:
			isTighter = false
		case a.number != nil && b.number != nil && crossed(base, at) == crossed(head, at) && slices.Contains(lowerBounds, kind):
			isTighter, isLooser = b.number.Cmp(a.number) > 0, b.number.Cmp(a.number) < 0
		case a.number != nil && b.number != nil && crossed(base, at) == crossed(head, at) && slices.Contains(upperBounds, kind):
			isTighter, isLooser = b.number.Cmp(a.number) < 0, b.number.Cmp(a.number) > 0
		case a.number != nil || b.number != nil:
		case slices.Contains(allowed, kind):
			isTighter, isLooser = hasMore(a, b), hasMore(b, a)
		default: // a list of conditions, or one
			isTighter, isLooser = hasMore(b, a), hasMore(a, b)
		}
		if isTighter {
			tighter = append(tighter, words)
		}
		if isLooser {
			looser = append(looser, words)
		}
	}
	return tighter, looser
}

// isFalse reports whether f says no more than if it were absent.
func isFalse(f fact) bool {
	return f.number == nil && (len(f.texts) == 0 || slices.Equal(f.texts, []string{"false"}))
}

// crossed reports whether the bounds beside at mean what is outside of them.
func crossed(all facts, at string) bool {
	in := at[:strings.LastIndexByte(at, '.')+1]
	bound := func(names ...string) *big.Rat {
		for _, name := range names {
			if f, ok := all[in+name]; ok && f.number != nil {
				return f.number
			}
		}
		return nil
	}
	low, high := bound("gt", "gte"), bound("lt", "lte")
	return low != nil && high != nil && low.Cmp(high) > 0
}

// hasMore reports whether a has a text that b has not.
func hasMore(a, b fact) bool {
	return slices.ContainsFunc(a.texts, func(text string) bool { return !slices.Contains(b.texts, text) })
}

func unionOf(a, b facts) facts {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func became(a, b fact) string {
	none := func(f fact) bool { return f.number == nil && len(f.texts) == 0 }
	switch {
	case none(a):
		return "is new: " + b.String()
	case none(b):
		return "is gone: it was " + a.String()
	}
	return a.String() + " became " + b.String()
}

// What google.api.field_behavior says of a field. What is in neither list promises
// nothing that a consumer could miss.
var (
	tightBehavior = []string{"REQUIRED", "OUTPUT_ONLY", "IMMUTABLE"}
	looseBehavior = []string{"INPUT_ONLY", "UNORDERED_LIST"}
)

func compareBehavior(base, head facts) (tighter, looser []string) {
	for _, behavior := range append(slices.Clone(tightBehavior), looseBehavior...) {
		a, b := slices.Contains(base[""].texts, behavior), slices.Contains(head[""].texts, behavior)
		switch isTight := slices.Contains(tightBehavior, behavior); {
		case a == b:
		case b == isTight:
			tighter = append(tighter, behavior+map[bool]string{true: " is new", false: " is gone"}[b])
		default:
			looser = append(looser, behavior+map[bool]string{true: " is new", false: " is gone"}[b])
		}
	}
	return tighter, looser
}

// contractOptions reports the options of the contract that differ. c says where it
// stands.
func (d *differ) contractOptions(was decl, base, head protoreflect.Message, c change.Change, s scope) {
	for _, option := range slices.Sorted(maps.Keys(d.head.contract.orderings)) {
		a, b := factsOf(base, option), factsOf(head, option)
		if len(a) == 0 && len(b) == 0 {
			continue
		}
		tighter, looser := d.head.contract.orderings[option](a, b)
		from, to := optionText(base, option), optionText(head, option)
		say := func(r *change.Rule, k risk, used usage, words []string, what string) {
			if len(words) == 0 || s.used != 0 && used == 0 {
				return
			}
			c := c
			c.Key, c.From, c.To = strings.TrimSpace(c.Key+" "+string(option)), from, to
			c.Detail = fmt.Sprintf("%s: (%s) %s, %s", label(was), option, strings.Join(words, "; "), what)
			d.report(r, scope{used, s.peers}, k, nil, c)
		}
		if len(looser) > 0 {
			say(constraintLoosened, valueNew, s.used&isRead, looser, "so readers may get what they did not get before")
		} else {
			say(constraintTightened, 0, s.used&isRead, tighter, "so readers get no more than before")
		}
		if len(tighter) > 0 {
			say(requestConstraintTightened, valueOld|wireOld, s.used&isSent, tighter, "so what consumers send today may be refused")
		} else {
			say(requestConstraintLoosened, 0, s.used&isSent, looser, "so more may be sent than before")
		}
	}
}

func optionText(m protoreflect.Message, option name) string {
	found := ""
	m.Range(func(fd field, v protoreflect.Value) bool {
		if fd.IsExtension() && fd.FullName() == option {
			found = text(fd, v)
		}
		return true
	})
	return cmp.Or(found, "absent")
}

var constraintLoosened = &change.Rule{
	ID: "protobuf/constraint-loosened", Idea: "bound-loosened",
	Title:  "An option of the contract allows more than before",
	Class:  change.Risky,
	Breaks: change.Value,
	Why: `A consumer may meet values that the contract ruled out: ones that it refuses if it checks the data, and
that its code never had to handle.`,
	Fix: `Tell the consumers before such values are written, or offer the wider field beside this one.`,
}

var constraintTightened = &change.Rule{
	ID: "protobuf/constraint-tightened", Idea: "bound-tightened",
	Title:  "An option of the contract allows less than before",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Readers get nothing that they could not get before.`,
	Fix:    `Nothing has to be done, unless old data is checked against the new contract.`,
}

var requestConstraintTightened = &change.Rule{
	ID: "protobuf/request-constraint-tightened", Idea: "bound-tightened",
	Title:  "An option of the contract allows less in what consumers send",
	Class:  change.Breaking,
	Breaks: change.Request,
	Why:    `What consumers send today, within the contract, is refused from the first day on.`,
	Fix:    `Accept the old values until no consumer sends them, and tighten the option then.`,
}

var requestConstraintLoosened = &change.Rule{
	ID: "protobuf/request-constraint-loosened", Idea: "bound-loosened",
	Title:  "An option of the contract allows more in what consumers send",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `What consumers send today is still accepted.`,
	Fix:    `Nothing has to be done.`,
}
