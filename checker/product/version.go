package product

import (
	"strings"

	"github.com/Masterminds/semver/v3"
)

// A Bump is the part of a version that a change asks to raise.
// The order matters: of several changes the greatest counts.
type Bump uint8

const (
	NoBump Bump = iota
	Patch       // what describes the data changed
	Minor       // nothing breaks
	Major       // something may break
)

// SuggestVersion returns what a contract that was called base should be called after
// changes that ask for b, as SemVer 2.0.0 has it: before 1.0.0, every minor version may
// break. It returns "" where head is high enough already, nothing is asked for, or base
// is no semantic version.
func SuggestVersion(base, head string, b Bump) string {
	was, err := semver.NewVersion(base)
	if err != nil || b == NoBump {
		return ""
	}
	next := was.IncMinor()
	switch {
	case b == Major && was.Major() > 0:
		next = was.IncMajor()
	case b == Patch:
		next = was.IncPatch()
	}
	if now, err := semver.NewVersion(head); err == nil && !now.LessThan(&next) {
		return ""
	}
	if strings.HasPrefix(base, "v") {
		return "v" + next.String()
	}
	return next.String()
}
