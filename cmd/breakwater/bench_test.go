package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

// BenchmarkCheck is the promise that what nobody changed costs next to nothing: one
// port that changed, alone or among a thousand others. cpu-ms counts git, too.
func BenchmarkCheck(b *testing.B) {
	for _, kind := range []string{"protobuf", "odcs"} {
		for _, declared := range []bool{true, false} {
			for _, n := range []int{1, 1000} {
				how := "declared"
				if !declared {
					how = "found by content"
				}
				b.Run(fmt.Sprintf("%s/%s/%d", kind, how, n), func(b *testing.B) {
					dir := manyPorts(b, kind, n, declared)
					b.ResetTimer()
					before := cpu(b)
					for b.Loop() {
						if code := run(b.Context(), quiet(), []string{"check", dir, "-q"}); code != exitBlock && declared {
							b.Fatalf("exit code %d", code)
						}
					}
					b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
				})
			}
		}
	}
}

// manyPorts makes a repository of n ports, of which the first has lost a field.
func manyPorts(b *testing.B, kind string, n int, declared bool) string {
	repo := repotest.New(b)
	files := make(repotest.Files)
	var config strings.Builder
	config.WriteString("version: 1\nports:\n")
	for i := range n {
		name, text := contract(kind, i, true)
		files[name] = text
		fmt.Fprintf(&config, "  - id: team/p%d\n    files: [%s]\n", i, name)
	}
	if declared {
		files["breakwater.yaml"] = config.String()
	}
	repo.Commit("start", files)
	name, text := contract(kind, 0, false)
	repo.Write(name, text)
	return repo.Dir
}

func contract(kind string, i int, whole bool) (name, text string) {
	if kind == "protobuf" {
		field := "  double discount = 4;\n"
		if !whole {
			field = ""
		}
		return fmt.Sprintf("contracts/p%d/orders.proto", i), fmt.Sprintf(`syntax = "proto3";
package acme.p%d.v1;
message Order {
  string order_id = 1;
  string email = 2;
%s  repeated Line lines = 5;
}
message Line {
  string sku = 1;
  int32 quantity = 2;
}
`, i, field)
	}
	field := "      - {name: discount, logicalType: number}\n"
	if !whole {
		field = ""
	}
	return fmt.Sprintf("contracts/p%d/orders.odcs.yaml", i), fmt.Sprintf(`apiVersion: v3.1.0
kind: DataContract
id: urn:contract:p%d
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string}
%sslaProperties:
  - {property: freshness, value: 1, unit: h}
`, i, field)
}

func quiet() env {
	return env{
		stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, now: time.Now,
		getenv: func(string) string { return "" }, columns: func() int { return 0 },
	}
}
