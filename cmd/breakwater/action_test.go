package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

// BenchmarkAction is a run of the action on a push to a repository of 200 ports, one
// of which changed: all is in the clone, or two commits have to be fetched first.
// cpu-ms counts git, too.
func BenchmarkAction(b *testing.B) {
	for _, shallow := range []bool{false, true} {
		b.Run(fmt.Sprintf("shallow=%v", shallow), func(b *testing.B) {
			origin := &repotest.Repo{Dir: manyPorts(b, "odcs", 200, true), T: b}
			before := origin.ID("HEAD")
			after := origin.Commit("drop", nil)
			temp := b.TempDir()
			event := filepath.Join(temp, "event.json")
			text := fmt.Sprintf(`{"ref":"refs/heads/main","before":%q,"after":%q,"repository":{"default_branch":"main"}}`, before, after)
			if err := os.WriteFile(event, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			vars := map[string]string{
				"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": event, "GITHUB_REPOSITORY": "acme/checkout", "RUNNER_TEMP": temp,
				"GITHUB_OUTPUT": filepath.Join(temp, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(temp, "summary"),
			}
			e := quiet()
			e.getenv = func(key string) string { return vars[key] }
			clone := origin
			var spent float64
			for b.Loop() {
				b.StopTimer()
				if shallow {
					clone = origin.Clone("--depth=1")
				}
				b.Chdir(clone.Dir)
				start := cpu(b)
				b.StartTimer()
				if code := run(b.Context(), e, []string{"action"}); code != exitBlock {
					b.Fatalf("exit code %d", code)
				}
				spent += float64((cpu(b) - start).Microseconds()) / 1000
			}
			b.ReportMetric(spent/float64(b.N), "cpu-ms/op")
		})
	}
}
