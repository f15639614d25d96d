package product

import (
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/breakwater-data/breakwater/checker/change"
)

// SuggestVersion returns what a contract that was called base should be called
// after changes of which worst is the worst class: the next major version after a
// breaking change, the next minor one after any other. It returns "" where head
// is high enough already, nothing changed, or base is no semantic version.
func SuggestVersion(base, head string, worst change.Class, changed bool) string {
	was, err := semver.NewVersion(base)
	if err != nil || !changed {
		return ""
	}
	next := was.IncMinor()
	if worst == change.Breaking && was.Major() > 0 { // before 1.0.0 every minor version may break
		next = was.IncMajor()
	}
	if now, err := semver.NewVersion(head); err == nil && !now.LessThan(&next) {
		return ""
	}
	if strings.HasPrefix(base, "v") {
		return "v" + next.String()
	}
	return next.String()
}
