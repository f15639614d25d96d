package main

import "testing"

func TestSplitRevision(t *testing.T) {
	dir := t.TempDir()
	for spec, want := range map[string][2]string{
		dir:                                  {dir, ""},
		dir + "@main":                        {dir, "main"},
		"https://git.example/a/b":            {"https://git.example/a/b", ""},
		"https://git.example/a/b@v1.2":       {"https://git.example/a/b", "v1.2"},
		"https://me:word@git.example/a/b":    {"https://me:word@git.example/a/b", ""},
		"https://me:word@git.example/a/b@v1": {"https://me:word@git.example/a/b", "v1"},
		"git@git.example:a/b.git":            {"git@git.example:a/b.git", ""},
		"git@git.example:a/b.git@v1":         {"git@git.example:a/b.git", "v1"},
		"../nowhere@feature/x":               {"../nowhere", "feature/x"},
	} {
		if at, rev := splitRevision(spec); at != want[0] || rev != want[1] {
			t.Errorf("%s: %q and %q", spec, at, rev)
		}
	}
}

func TestRepoName(t *testing.T) {
	for remote, want := range map[string]string{
		"https://git.example/acme/kpi.git":            "acme/kpi",
		"https://me:secret@git.example/acme/kpi":      "acme/kpi",
		"git@git.example:acme/kpi.git":                "acme/kpi",
		"ssh://git@git.example:22/acme/kpi.git":       "acme/kpi",
		"https://git.example/group/below/kpi.git":     "below/kpi",
		"https://git.example/kpi":                     "",
		"../kpi":                                      "",
		"https://me:se/cret@git.example/acme/kpi.git": "acme/kpi",
	} {
		if got := repoName([]string{remote}); got != want {
			t.Errorf("%s: got %q, want %q", remote, got, want)
		}
	}
}
