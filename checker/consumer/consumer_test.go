package consumer

import (
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

func TestReads(t *testing.T) {
	tests := []struct {
		name    string
		use     Use
		version string
		want    bool
	}{
		{"by id", Use{Port: "checkout/orders"}, "", true},
		{"by contract", Use{ContractID: "urn:orders"}, "", true},
		{"another port", Use{Port: "checkout/order"}, "", false},
		{"a contract of no name", Use{}, "", false},
		{"a version that its pin admits", Use{Port: "checkout/orders", Version: "^1"}, "1.4.0", true},
		{"a version that its pin excludes", Use{Port: "checkout/orders", Version: "^1"}, "v2.0.0", false},
		{"a version that is not said", Use{Port: "checkout/orders", Version: "^1"}, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.use.Reads(tt.version, "checkout/orders@1", "", "urn:orders"); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestAt(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		use  Use
		want string
	}{
		{"declared long ago", Use{Evidence: Evidence{Source: "declared", ObservedAt: now.AddDate(-2, 0, 0)}}, ""},
		{"seen last week", Use{Evidence: Evidence{Source: "query-log", ObservedAt: now.AddDate(0, 0, -7)}}, ""},
		{"seen last year", Use{Evidence: Evidence{Source: "query-log", ObservedAt: now.AddDate(-1, 0, 0)}}, "it was last seen 365 days ago"},
		{"ended", Use{Until: now.AddDate(0, 0, -1)}, "its registration ended on 2026-11-22"},
		{"ends later", Use{Until: now.AddDate(0, 0, 1)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.use.At(now).Evidence.Doubt; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestResolveKeepsTheUse(t *testing.T) {
	o := &schema.Outline{Roots: []change.Path{"Order"}, Decls: map[change.Path][]schema.Edge{"Order": {{Step: "id"}}}}
	uses := []Use{{Port: "p", Fields: []Need{{Path: "id"}, {Path: "seller"}}, Evidence: Evidence{Source: "declared"}}}
	got, errs := Resolve(uses, schema.Places{Base: o, Head: o})
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "p: seller is not in the port") {
		t.Errorf("got %v", errs)
	}
	copied := uses[0]
	copied.Evidence.Source = Lock
	if got, errs := Resolve([]Use{copied}, schema.Places{Base: o, Head: o}); len(errs) != 0 || len(got[0].Fields) != 0 {
		t.Errorf("a copy from elsewhere: got %v and %v", got, errs)
	}
	if len(got[0].Fields) != 0 || uses[0].Fields[0].Path != "id" {
		t.Errorf("the use reads %v, not the whole port; what was given became %v", got[0].Fields, uses[0].Fields)
	}
}
