package revision

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

func TestOpenSide(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	commit := repo.Commit("Begin", repotest.Files{"contracts/orders.proto": "1", "contracts/common/money.proto": "m", "other": "o"})
	repo.Tag("v1")
	repo.Write("contracts/orders.proto", "2")
	repo.Git("add", ".")
	repo.Write("contracts/orders.proto", "3")
	repo.Write("contracts/un:tracked", "u")
	repo.Link("contracts/orders.proto", "current.proto")
	r := openRepo(t, repo.Path("contracts"))
	label := "v1@" + commit[:7]
	inGit := []string{"common/money.proto", "orders.proto"}
	tests := []struct {
		spec, name, file, text string
		files                  []string
	}{
		{repo.Path("contracts"), repo.Path("contracts"), "", "3", []string{"common/money.proto", "orders.proto", "un:tracked"}},
		{repo.Path("contracts/orders.proto"), repo.Path("contracts/orders.proto"), "orders.proto", "3", []string{"orders.proto"}},
		{repo.Path("current.proto"), repo.Path("current.proto"), "orders.proto", "3", []string{"orders.proto"}},
		{repo.Path("contracts/un:tracked"), repo.Path("contracts/un:tracked"), "un:tracked", "3", []string{"un:tracked"}},
		{"v1:contracts", label + ":contracts", "", "1", inGit},
		{"v1:contracts/", label + ":contracts/", "", "1", inGit},
		{"v1:contracts/orders.proto", label + ":contracts/orders.proto", "orders.proto", "1", inGit},
		{"v1:./orders.proto", label + ":./orders.proto", "orders.proto", "1", inGit},
		{"v1:../contracts", label + ":../contracts", "", "1", inGit},
		{":contracts/orders.proto", "index:contracts/orders.proto", "orders.proto", "2", inGit},
		{"v1:", label + ":", "", "", []string{"contracts/common/money.proto", "contracts/orders.proto", "other"}},
	}
	for _, tt := range tests {
		s, err := OpenSide(t.Context(), tt.spec, func() (*Repo, error) { return r, nil })
		if err != nil {
			t.Errorf("%s: %v", tt.spec, err)
			continue
		}
		if s.Tree.Name != tt.name || s.File != tt.file || !slices.Equal(paths(s.Tree), tt.files) {
			t.Errorf("%s: got %q, the file %q of %q; want %q, %q of %q", tt.spec, s.Tree.Name, s.File, paths(s.Tree), tt.name, tt.file, tt.files)
		}
		if tt.text == "" {
			continue
		}
		if got := text(t, s.Tree, "orders.proto"); got != tt.text {
			t.Errorf("%s: got %q, want %q", tt.spec, got, tt.text)
		}
		if got := text(t, s.Tree, "common/money.proto"); got != "m" { // what the file imports
			t.Errorf("%s: got %q", tt.spec, got)
		}
	}
}

func TestOpenSideErrors(t *testing.T) {
	t.Parallel()
	outside := repotest.New(t)
	outside.Write("secret", "s")
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"sub/f": "1", "g": "1"})
	repo.Link(outside.Path("secret"), "sub/link")
	repo.Commit("Add a link", nil)
	mkfifo(t, repo.Path("pipe"))
	r := openRepo(t, repo.Dir)
	tests := []struct{ spec, want string }{
		{"none", `"none": no such file or directory; what stands in a revision is written REV:PATH`},
		{"v9:f", `revision "v9": no such commit`},
		{"main:none", `"none" in main@`},
		{"main:../up", `"../up" in main@`},
		{"main:sub/link", "sub/link is a symbolic link, which is not followed"},
		{repo.Path("pipe"), "is neither a regular file nor a folder"},
	}
	for _, tt := range tests {
		_, err := OpenSide(t.Context(), tt.spec, func() (*Repo, error) { return r, nil })
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.spec, err, tt.want)
		}
	}
	noRepo := errors.New("no repository")
	if _, err := OpenSide(t.Context(), "main:f", func() (*Repo, error) { return nil, noRepo }); !errors.Is(err, noRepo) {
		t.Errorf("got %v", err)
	}

	s := must[Side](t)(OpenSide(t.Context(), filepath.Join(repo.Dir, "sub", "f"), nil))
	for _, name := range []string{"link", "../g", ".git/HEAD", "none"} {
		if text, err := s.Tree.ReadFile(name); err == nil {
			t.Errorf("%s can be read: %q", name, text)
		}
	}
}
