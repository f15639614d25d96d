package jsonschema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// sentence says what was edited: the element and the keyword.
func (t teller) sentence() string {
	d := t.d
	at := string(d.Path)
	if key := d.Key; key != "" && d.Kind != valueset.ValueAdded && d.Kind != valueset.ValueRemoved && !isAnnotation(d.Kind) {
		at += " (" + key + ")"
	}
	switch d.Kind {
	case valueset.PropertyAdded:
		return at + " is new" + added(d)
	case valueset.PropertyRemoved:
		return at + " is gone"
	case valueset.PropertyRequired:
		return at + " is required now"
	case valueset.PropertyOptional:
		return at + " is no longer required"
	case valueset.TypeChanged:
		return fmt.Sprintf("%s: type %s became %s", at, orNothing(d.From), orNothing(d.To))
	case valueset.NullAllowed:
		return at + " may be null now"
	case valueset.NullForbidden:
		return at + " is never null any more"
	case valueset.ValueAdded:
		return fmt.Sprintf("%s may be %s now", at, d.To)
	case valueset.ValueRemoved:
		return fmt.Sprintf("%s is never %s any more", at, d.From)
	case valueset.ValuesOpened:
		return at + " is no longer limited to a list of values"
	case valueset.ValuesClosed:
		return at + " is limited to a list of values now"
	case valueset.ObjectOpened:
		return at + " may hold members that are not listed"
	case valueset.ObjectClosed:
		return at + " holds no members any more that are not listed"
	case valueset.BranchAdded:
		return fmt.Sprintf("%s: %s has one more alternative", at, d.Keyword)
	case valueset.BranchRemoved:
		return fmt.Sprintf("%s: %s has one alternative less", at, d.Keyword)
	case valueset.SetChanged:
		return at + whole(d)
	case valueset.Deprecated:
		return at + " is deprecated"
	case valueset.Undeprecated:
		return at + " is no longer deprecated"
	}
	return fmt.Sprintf("%s: %s", at, became(d))
}

func added(d valueset.Difference) string {
	switch {
	case d.Closed && d.Required:
		return " and required, in an object that was closed"
	case d.Closed:
		return ", in an object that was closed"
	case d.Wider.Verdict == valueset.Yes:
		return ", and allows what members that are not listed may not be"
	case d.Required:
		return " and required"
	}
	return ""
}

func whole(d valueset.Difference) string {
	wide, narrow := d.Wider.Verdict != valueset.No, d.Narrower.Verdict != valueset.No
	may := ""
	if d.Wider.Verdict == valueset.Undecided || d.Narrower.Verdict == valueset.Undecided {
		may = " may, or may not,"
	}
	switch {
	case may != "":
		return may + " allow other values than before"
	case wide && narrow:
		return " allows other values than before"
	case wide:
		return " allows more values than before"
	}
	return " allows fewer values than before"
}

// became says what happened to a keyword.
func became(d valueset.Difference) string {
	switch {
	case d.From == "" && d.To == "":
		return d.Keyword + " changed"
	case d.From == "":
		return fmt.Sprintf("%s %s is new", d.Keyword, d.To)
	case d.To == "":
		return fmt.Sprintf("%s %s is gone", d.Keyword, d.From)
	case d.From == d.To:
		return d.Keyword + " means something else, by what it refers to"
	}
	return fmt.Sprintf("%s %s became %s", d.Keyword, d.From, d.To)
}

func orNothing(types string) string {
	if types == "" {
		return "nothing"
	}
	return types
}

// Keywords of teams' own that are about the meaning of a value, or its protection.
func isUnit(keyword string) bool {
	return slices.Contains([]string{"x-unit", "x-units", "x-currency", "x-timezone"}, keyword)
}

func isLabel(keyword string) bool {
	k := strings.ToLower(keyword)
	return strings.Contains(k, "pii") || strings.Contains(k, "classification") || strings.Contains(k, "sensitiv") || strings.Contains(k, "personal")
}

// sensitivity ranks what a team writes in a label; a flag is one step above nothing.
func sensitivity(text string) (rank int, ok bool) {
	switch text = strings.Trim(text, `"`); text {
	case "", "false", "null", "none":
		return -1, true
	case "true":
		return 100, true
	}
	return schema.Sensitivity(text)
}
