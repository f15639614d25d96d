package checker

import (
	"fmt"
	"testing"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/schema"
)

func TestFollow(t *testing.T) {
	port := func(id string) *product.Port { return &product.Port{Port: schema.Port{ID: id}} }
	published := map[string][]*product.Port{"b": {port("b/y"), port("b/z")}, "c": {port("c/w")}, "a": {port("a/x")}}
	readers := func(p *product.Port) []string {
		return map[string][]string{"a/x": {"b", "far"}, "b/y": {"c", "d"}, "b/z": {"d", "e"}, "c/w": {"a", "b", "f"}}[p.ID]
	}
	hit := func(id string, impact consumer.Impact, gap bool) consumer.Hit {
		return consumer.Hit{Use: consumer.Use{Consumer: consumer.Consumer{ID: id}}, Impact: impact, Gap: gap}
	}
	tests := []struct {
		name string
		hits []consumer.Hit
		want string
	}{
		{"products that feed each other", []consumer.Hit{hit("b", consumer.Violated, false)}, "[{c [b/y]} {d [b/y]} {e [b/z]} {a [b/y c/w]} {f [b/y c/w]}]"},
		{"who is hit anyway", []consumer.Hit{hit("b", consumer.Unknown, false), hit("d", consumer.Affected, false)}, "[{c [b/y]} {e [b/z]} {a [b/y c/w]} {f [b/y c/w]}]"},
		{"who is spared", []consumer.Hit{hit("b", consumer.Unaffected, false)}, "[]"},
		{"whose need was never met", []consumer.Hit{hit("b", consumer.Affected, true)}, "[]"},
		{"who publishes nothing", []consumer.Hit{hit("x", consumer.Violated, false)}, "[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fmt.Sprint(follow("a/x", tt.hits, published, readers)); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}
