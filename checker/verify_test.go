package checker_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// offering is a producer with one port, which has fields "name:type" and promises.
func offering(t *testing.T, id, version string, fields []string, promises ...string) *checker.Producer {
	t.Helper()
	product, name, _ := strings.Cut(id, "/")
	h := checker.Held{Port: checker.Port{ID: id, Product: product, Name: name, Version: checker.Version{Head: version}, Outline: &schema.Outline{
		Roots: []change.Path{"t"}, Decls: map[change.Path][]schema.Edge{"t": nil},
	}}}
	for _, f := range fields {
		step, typ, _ := strings.Cut(f, ":")
		h.Outline.Decls["t"] = append(h.Outline.Decls["t"], schema.Edge{Step: change.Step(step), Type: typ})
	}
	for _, text := range promises {
		o, err := slo.Parse(text, source.Span{})
		if err != nil {
			t.Fatal(err)
		}
		h.Promises = append(h.Promises, o)
	}
	return &checker.Producer{Inventory: &checker.Inventory{Ports: []checker.Held{h}}, Name: "../" + product, Commit: "3f2c1a9"}
}

func reads(port string, fields ...change.Path) consumer.Use {
	u := consumer.Use{Consumer: consumer.Consumer{ID: "kpi"}, Port: port}
	for _, f := range fields {
		u.Fields = append(u.Fields, consumer.Need{Path: f})
	}
	return u
}

func TestVerifyFindsThePort(t *testing.T) {
	shop := offering(t, "shop/orders", "1.0.0", []string{"id:string"})
	v2 := offering(t, "shop/orders@2", "2.0.0", []string{"id:string"})
	broken := offering(t, "shop/broken", "", nil)
	broken.Errors = []checker.Error{{Side: checker.Head, Port: "shop/broken", Contract: true, Err: source.Errorf(source.Top("x"), "no")}}
	moved := offering(t, "shop/other", "", nil)
	moved.Moved = map[string]string{"crm/mails": "acme/crm#crm/mails"}
	alone := offering(t, "orders", "", []string{"id:string"})
	alone.Alone, alone.Ports[0].Name, alone.Ports[0].Product = true, "orders", ""
	pinned := reads("shop/orders")
	pinned.Version = "^2"
	ended := reads("shop/orders")
	ended.Until = today.AddDate(0, 0, -1)
	locked := checker.Lock{Ports: []checker.Locked{{Consumer: "kpi", Port: "gone/port", Producer: "../shop"}}}
	tests := []struct {
		name      string
		use       consumer.Use
		producers []*checker.Producer
		want      consumer.Answer
	}{
		{"by its id", reads("shop/orders", "id"), []*checker.Producer{shop}, consumer.Met},
		{"the version that is pinned, of two", pinned, []*checker.Producer{shop, v2}, consumer.Met},
		{"only another version", pinned, []*checker.Producer{shop}, consumer.NotMet},
		{"a contract's file", reads("shop/orders", "id"), []*checker.Producer{alone}, consumer.Met},
		{"another port of the product", reads("shop/order"), []*checker.Producer{shop}, consumer.NotMet},
		{"a port of somebody else", reads("crm/mails"), []*checker.Producer{shop}, consumer.CannotTell},
		{"a port that left a tombstone", reads("crm/mails"), []*checker.Producer{shop, moved}, consumer.NotMet},
		{"nobody was named", reads("crm/mails"), nil, consumer.CannotTell},
		{"a port that was here", reads("gone/port"), []*checker.Producer{shop}, consumer.NotMet},
		{"a contract that cannot be read", reads("shop/broken", "id"), []*checker.Producer{broken}, consumer.CannotTell},
		{"a registration that ended", ended, []*checker.Producer{shop}, consumer.CannotTell},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := checker.Verify([]consumer.Use{tt.use}, tt.producers, locked, today)
			if got := r.Uses[0].Answer(); got != tt.want {
				t.Errorf("got %v: %+v", got, r.Uses[0].Needs)
			}
		})
	}
}

func TestLockTellsWhatChanged(t *testing.T) {
	uses := []consumer.Use{reads("shop/orders", "id", "total")}
	was := []*checker.Producer{offering(t, "shop/orders", "1.0.0", []string{"id:string", "total:number", "note:string"}, "freshness <= 1h", "latency <= 1s")}
	locked := checker.Verify(uses, was, checker.Lock{}, today).Lock(checker.Lock{})
	text, err := locked.Text()
	if err != nil {
		t.Fatal(err)
	}
	if err := ruletest.JSONSchema(t, "../docs/lock.schema.json")(string(text)); err != nil {
		t.Error(err)
	}
	lock, err := checker.ParseLock(checker.LockFile, text)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := lock.Text(); !bytes.Equal(again, text) {
		t.Errorf("what is read is written otherwise\n%s", again)
	}
	tests := []struct {
		name     string
		version  string
		fields   []string
		promises []string
		want     []string
	}{
		{"nothing", "1.0.0", []string{"note:string", "id:string", "total:number"}, []string{"latency <= 1s", "freshness <= 1h"}, nil},
		{"what is read", "2.0.0", []string{"id:integer", "note:string"}, []string{"freshness <= 3h"},
			[]string{"the version was 1.0.0 and is 2.0.0", "t.id was string and is integer", "t.total is gone", "freshness was <= 1h and is <= 3h", "latency <= 1s is not promised any more"}},
		{"something else", "1.0.0", []string{"id:string", "total:number"}, []string{"freshness <= 1h", "latency <= 1s"}, []string{"what the port shows besides changed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := checker.Verify(uses, []*checker.Producer{offering(t, "shop/orders", tt.version, tt.fields, tt.promises...)}, lock, today)
			if got := r.Uses[0].Since; !slices.Equal(got, tt.want) {
				t.Errorf("got %q", got)
			}
		})
	}
	// What cannot be told stays in the lock as it was.
	kept := checker.Verify(uses, nil, lock, today).Lock(lock)
	if again, _ := kept.Text(); !bytes.Equal(again, text) {
		t.Errorf("got\n%s", again)
	}
}

func TestVerifyJSONFollowsItsSchema(t *testing.T) {
	valid := ruletest.JSONSchema(t, "../docs/verify.schema.json")
	shop := offering(t, "shop/orders", "1.0.0", []string{"id:string"})
	for _, uses := range [][]consumer.Use{nil, {reads("shop/orders", "id", "no"), reads("\x1b\u202e<x>/y")}} {
		var b bytes.Buffer
		if err := report.VerifyJSON(&b, checker.Verify(uses, []*checker.Producer{shop}, checker.Lock{}, today)); err != nil {
			t.Fatal(err)
		}
		if err := valid(b.String()); err != nil {
			t.Errorf("%v\n%s", err, b.String())
		}
		if strings.ContainsAny(b.String(), "\x1b\u202e") {
			t.Error("it steers a terminal")
		}
		if err := valid(strings.Replace(b.String(), `"summary"`, `"sum"`, 1)); err == nil {
			t.Error("a member that nobody knows is let pass")
		}
	}
}

// What is read of a lock is written as it was read, whoever wrote it.
func FuzzParseLock(f *testing.F) {
	f.Add(`{"lockVersion": 1, "ports": [{"consumer": "a", "port": "p", "contractId": "", "producer": "", "commit": "", "version": "1", "outline": "0", "fields": [{"path": "a.b", "type": "string"}], "slo": ["@slo.freshness <= 1h"], "select": "*", "bounds": []}]}`)
	f.Add(`{"lockVersion": 1, "ports": [{"outline": "0", "bounds": null, "slo": ["<="]}, 7]}`)
	f.Fuzz(func(t *testing.T, text string) {
		lock, err := checker.ParseLock(checker.LockFile, []byte(text))
		if err != nil {
			return
		}
		once, err := lock.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := checker.ParseLock(checker.LockFile, once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, _ := again.Text(); !bytes.Equal(once, twice) {
			t.Errorf("%s became %s", once, twice)
		}
	})
}
