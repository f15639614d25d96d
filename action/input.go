package action

import (
	"fmt"
	"slices"
	"strings"
)

// An InputError is the user's to mend: an input of the action, or an event from
// which it is not clear what to compare.
type InputError struct{ Err error }

func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *InputError) Unwrap() error { return e.Err }

func inputErrorf(format string, args ...any) error {
	return &InputError{fmt.Errorf(format, args...)}
}

// inputs are what a workflow says under with:, which action.yml hands over in the
// environment, as INPUT_FAIL_ON for fail-on.
type inputs struct {
	config, base, head, failOn string
	comment                    When
	commentID                  string
	annotations, summary       bool
	notify                     bool
	sarif                      string
	token                      string
}

// When says which pull requests get a comment. One that has a comment always
// keeps it up to date.
type When string

// What the input comment may be.
const (
	WhenAuto   When = "auto"      // there is somebody to tell, or something to do
	WhenChange When = "on-change" // a contract changed at all
	WhenAlways When = "always"
	WhenNever  When = "never"
)

func readInputs(getenv func(string) string) (in inputs, err error) {
	get := func(name string) string {
		return strings.TrimSpace(getenv("INPUT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))))
	}
	choose := func(name string, values ...string) string { // the first is what it is unless said
		value := get(name)
		switch {
		case value == "":
			return values[0]
		case !slices.Contains(values, value) && err == nil:
			err = inputErrorf("input %s: want %s, got %q", name, strings.Join(values, " or "), cut(value, 80))
		}
		return value
	}
	in = inputs{
		config: get("config"), base: get("base"), head: get("head"),
		comment:     When(choose("comment", string(WhenAuto), string(WhenChange), string(WhenAlways), string(WhenNever))),
		commentID:   get("comment-id"),
		annotations: choose("annotations", "true", "false") == "true",
		summary:     choose("summary", "true", "false") == "true",
		notify:      choose("notify", "false", "true") == "true",
		sarif:       get("sarif-file"), token: get("github-token"),
	}
	if get("fail-on") != "" {
		in.failOn = choose("fail-on", "breaking", "risky", "never")
	}
	return in, err
}
