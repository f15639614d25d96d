package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

// A push that hits a consumer is told to the channel that the target branch names:
// with what it is about, signed, and in words that hold no address.
func TestActionNotifies(t *testing.T) {
	var told []map[string]any
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event map[string]any
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil || r.Header.Get("webhook-signature") == "" || r.Header.Get("webhook-id") == "" {
			t.Errorf("%v with the headers %v", err, r.Header)
		}
		told = append(told, event)
	}))
	defer receiver.Close()
	origin := repotest.New(t)
	contract := "apiVersion: v3.1.0\nkind: DataContract\nid: urn:orders\nversion: 1.0.0\nstatus: active\nschema:\n  - name: orders\n    properties:\n      - {name: id, logicalType: string}\n"
	before := origin.Commit("start", repotest.Files{
		"orders.odcs.yaml":       contract + "      - {name: discount, logicalType: number}\n",
		"consumers/finance.yaml": "apiVersion: breakwater/v1\nkind: Consumption\nconsumer: {id: finance.kpi}\ncontacts: [{channel: webhook, target: events}]\nconsumes: [{contractId: 'urn:orders', needs: {fields: [discount], slo: []}}]\n",
		"breakwater.yaml":        "version: 1\nnotify: {channels: [{name: events, kind: webhook, url: '" + receiver.URL + "', secret-env: SECRET}]}\n",
	})
	after := origin.Commit("drop the discount", repotest.Files{"orders.odcs.yaml": contract})
	temp := t.TempDir()
	event := filepath.Join(temp, "event.json")
	text := fmt.Sprintf(`{"ref":"refs/heads/main","before":%q,"after":%q,"repository":{"default_branch":"main"}}`, before, after)
	if err := os.WriteFile(event, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{
		"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": event, "GITHUB_REPOSITORY": "acme/checkout", "GITHUB_SERVER_URL": "https://github.com", "RUNNER_TEMP": temp,
		"INPUT_NOTIFY": "true", "SECRET": "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32)), "BREAKWATER_LOOPBACK": "1",
	}
	var log bytes.Buffer
	e := quiet()
	e.getenv, e.stdout = func(key string) string { return vars[key] }, &log
	t.Chdir(origin.Dir)
	if code := run(t.Context(), e, []string{"action"}); code != exitBlock {
		t.Errorf("exit code %d:\n%s", code, &log)
	}
	if len(told) != 1 || told[0]["type"] != "breakwater.contract.change.merged.v1" {
		t.Fatalf("told %v\n%s", told, &log)
	}
	if said := fmt.Sprint(told[0]["data"]); !strings.Contains(said, "https://github.com/acme/checkout/commit/"+after) || !strings.Contains(said, "finance.kpi") {
		t.Errorf("told %s", said)
	}
}

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
