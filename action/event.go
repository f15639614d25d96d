package action

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"strings"
)

// maxEvent is how many bytes of an event are read. GitHub sends no more.
const maxEvent = 25 << 20

// An event is what made a workflow run, as far as it matters here. It is written by
// the forge, but what is in it (names of branches, titles) comes from anybody.
type event struct {
	Name string `json:"-"` // "pull_request"
	SHA  string `json:"-"` // the commit that the run is about

	Ref         string      `json:"ref"`
	Before      string      `json:"before"`
	After       string      `json:"after"`
	PullRequest *pull       `json:"pull_request"`
	MergeGroup  *mergeGroup `json:"merge_group"`
	Repository  repository  `json:"repository"`
}

type pull struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	URL    string `json:"html_url"`
	User   struct {
		Login string `json:"login"`
	} `json:"user"`
	Base side `json:"base"`
	Head side `json:"head"`
}

type side struct {
	Ref  string      `json:"ref"`
	SHA  string      `json:"sha"`
	Repo *repository `json:"repo"` // null where a fork was deleted
}

type mergeGroup struct {
	BaseSHA string `json:"base_sha"`
	HeadSHA string `json:"head_sha"`
}

type repository struct {
	FullName      string `json:"full_name"`
	DefaultBranch string `json:"default_branch"`
	Private       *bool  `json:"private"`
	Visibility    string `json:"visibility"`
}

// fork reports whether the pull request comes from another repository.
func (p *pull) fork() bool {
	return p.Head.Repo == nil || p.Base.Repo == nil || !strings.EqualFold(p.Head.Repo.FullName, p.Base.Repo.FullName)
}

// public reports whether strangers may read what is written about the event. What
// is not known counts as public.
func (e *event) public() bool {
	r := e.Repository
	seen := r.Visibility == "public" || r.Private == nil && r.Visibility == "" || r.Private != nil && !*r.Private && r.Visibility != "internal"
	return seen || e.PullRequest != nil && e.PullRequest.fork()
}

// readEvent reads what the runner says of the event. It is strict about what is
// used of it, and takes the rest as it comes.
func readEvent(getenv func(string) string) (*event, error) {
	e := &event{}
	name := getenv("GITHUB_EVENT_PATH")
	if name == "" {
		return nil, inputErrorf("GITHUB_EVENT_PATH is not set; breakwater action runs inside a GitHub workflow, breakwater check everywhere")
	}
	text, err := readLimited(name, maxEvent)
	if err != nil {
		return nil, inputErrorf("the event: %w", err)
	}
	if err := json.Unmarshal(text, e); err != nil {
		return nil, inputErrorf("the event %s: %s", name, unmarshalled(err))
	}
	e.Name, e.SHA = getenv("GITHUB_EVENT_NAME"), getenv("GITHUB_SHA")
	if err := e.check(); err != nil {
		return nil, inputErrorf("the event %s: %w", name, err)
	}
	return e, nil
}

// unmarshalled says what is wrong with JSON, without Go's names.
func unmarshalled(err error) string {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return err.Error()
	}
	want := map[reflect.Kind]string{reflect.String: "text", reflect.Int: "a number", reflect.Bool: "true or false"}[wrong.Type.Kind()]
	return fmt.Sprintf("byte %d: %s: want %s, got %s", wrong.Offset, cmp.Or(wrong.Field, "all of it"), cmp.Or(want, "an object"), wrong.Value)
}

// isSHA reports whether a commit's full id is meant.
var isSHA = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`).MatchString

// check holds that the ids are ids: they become arguments of git.
func (e *event) check() error {
	type id struct {
		name, value string
		needed      bool
	}
	ids := []id{{"GITHUB_SHA", e.SHA, false}, {"before", e.Before, false}, {"after", e.After, false}}
	if p := e.PullRequest; p != nil {
		if p.Number <= 0 {
			return fmt.Errorf("pull_request.number: want a number above 0, got %d", p.Number)
		}
		ids = append(ids, id{"pull_request.base.sha", p.Base.SHA, true}, id{"pull_request.head.sha", p.Head.SHA, true})
	}
	if g := e.MergeGroup; g != nil {
		ids = append(ids, id{"merge_group.base_sha", g.BaseSHA, true}, id{"merge_group.head_sha", g.HeadSHA, true})
	}
	for _, id := range ids {
		if (id.needed || id.value != "") && !isSHA(id.value) {
			return fmt.Errorf("%s: want a commit's full id, got %q", id.name, cut(id.value, 80))
		}
	}
	return nil
}

// readLimited reads a file of at most limit bytes.
func readLimited(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("there is no file %s", name)
		}
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return text, err
}

// cut shortens text that is quoted in an error.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}
