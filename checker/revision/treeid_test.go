package revision

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

// TestATreeHasTheIDThatGitGivesIt compares with git itself, over trees of names that sort
// differently with and without the "/" of a folder.
func TestATreeHasTheIDThatGitGivesIt(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			repo := repotest.New(t, "--object-format="+format)
			chance := rand.New(rand.NewPCG(1, 2))
			steps := []string{"a", "a-b", "a.b", "a0", "b", "b c", "é"}
			modes := []uint32{0o100644, 0o100755, modeLink, modeSubmodule}
			blob, err := repo.GitInput("text", "hash-object", "-w", "--stdin")
			if err != nil {
				t.Fatal(err)
			}
			for range 20 {
				repo.Git("read-tree", "--empty")
				var index strings.Builder
				for range 1 + chance.IntN(12) {
					path := steps[chance.IntN(len(steps))]
					for range chance.IntN(4) {
						path += "/" + steps[chance.IntN(len(steps))]
					}
					fmt.Fprintf(&index, "%o %s\t%s\n", modes[chance.IntN(len(modes))], strings.TrimSpace(blob), path)
				}
				if _, err := repo.GitInput(index.String(), "update-index", "--add", "--replace", "--index-info"); err != nil {
					t.Fatal(err)
				}
				want := repo.Git("write-tree")
				entries, err := parseTree(repo.Git("ls-tree", "-r", "-z", want))
				if err != nil {
					t.Fatal(err)
				}
				chance.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
				if got := TreeID(entries); got != want {
					t.Errorf("the id is %s, git says %s of\n%s", got, want, repo.Git("ls-tree", "-r", want))
				}
			}
		})
	}
}

func TestATreeWithoutAnID(t *testing.T) {
	blob := strings.Repeat("ab", 20)
	for name, entries := range map[string][]Entry{
		"not hashed": {{Path: "a", Blob: blob, Mode: 0o100644}, {Path: "b/c", Mode: 0o100644}},
		"no id":      {{Path: "a", Blob: "xyz", Mode: 0o100644}},
		"too deep":   {{Path: strings.Repeat("d/", maxFolders+1) + "a", Blob: blob, Mode: 0o100644}},
	} {
		if id := TreeID(entries); id != "" {
			t.Errorf("%s: it has the id %s", name, id)
		}
	}
	if TreeID([]Entry{{Path: strings.Repeat("d/", maxFolders) + "a", Blob: blob, Mode: 0o100644}}) == "" {
		t.Error("as deep as can be: it has no id")
	}
}
