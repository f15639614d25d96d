package product

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// toy is a language of "key value" lines. A .toy file holds fields; one that says
// "package P" belongs to the port P, one that says "contract C" declares itself, and
// "product P/N C" declares the port P/N of the contract C. What it says to look at
// belongs to its port only if there is a file marker beside it.
var toy = schema.Language[[]string]{
	Name:   "toy",
	Match:  func(name string) bool { return path.Ext(name) == ".toy" },
	Claims: func(_ string, text []byte) bool { return !strings.HasPrefix(string(text), "not") },
	Load: func(_ context.Context, r schema.Request) (fields []string, err error) {
		for _, name := range r.Paths {
			text, err := fs.ReadFile(r.FS, name)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(string(text)) {
				if name, ok := strings.CutPrefix(strings.TrimSpace(line), "field "); ok {
					fields = append(fields, name)
				}
			}
		}
		return fields, nil
	},
	Outline: func(fields []string) *schema.Outline {
		o := &schema.Outline{Roots: []change.Path{"Root"}, Decls: map[change.Path][]schema.Edge{}}
		for _, f := range fields {
			o.Decls["Root"] = append(o.Decls["Root"], schema.Edge{Step: change.Name(f)})
		}
		return o
	},
	Diff: func(_, _ []string) []change.Change { return nil },
	Ports: func(fsys fs.FS, name string, text []byte) ([]schema.Port, error) {
		p := schema.Port{ID: strings.TrimSuffix(name, ".toy"), Paths: []string{name}, Span: source.Top(name)}
		if _, err := fs.Stat(fsys, path.Join(path.Dir(name), "marker")); err == nil {
			p.ID = path.Dir(name)
		}
		for line := range strings.Lines(string(text)) {
			switch words := strings.Fields(line); {
			case len(words) == 2 && words[0] == "package":
				p.ID = words[1]
			case len(words) == 2 && words[0] == "contract":
				p.ContractID, p.Declared = words[1], true
			case len(words) == 3 && words[0] == "product":
				return []schema.Port{{ID: words[1], ContractID: words[2], Declared: true, Span: source.Top(name)}}, nil
			}
		}
		return []schema.Port{p}, nil
	},
}.Format()

func tree(files ...string) *revision.Tree {
	fsys := fstest.MapFS{}
	for _, f := range files {
		name, text, _ := strings.Cut(f, ":")
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return revision.Of("test", fsys)
}

func finder() *Finder {
	return &Finder{Formats: []schema.Format{toy}, Memory: new(Memory), Unread: []schema.Recognizer{{
		Match:     func(name string) bool { return path.Ext(name) == ".old" },
		Recognize: func(_ string, _ []byte) (string, bool) { return "old is not read yet", true },
	}}}
}

func declare(id string, files ...string) Declaration {
	span := source.Top("breakwater.yaml")
	return Declaration{ID: id, Files: files, Span: span, At: func(string) source.Span { return span }}
}

func shown(f *Found) string {
	var all []string
	for _, p := range f.Ports {
		how := ""
		if !p.Declared {
			how = "?"
		}
		all = append(all, fmt.Sprintf("%s%s=%s", p.ID, how, strings.Join(p.Paths, ",")))
	}
	for _, u := range f.Unread {
		all = append(all, fmt.Sprintf("unread %s (%s)", u.Path, u.Why))
	}
	for _, e := range slices.Concat(f.Config, f.Errors) {
		all = append(all, "error "+e.Error())
	}
	return strings.Join(all, "; ")
}

func TestFind(t *testing.T) {
	tests := []struct {
		name     string
		files    []string
		declared []Declaration
		want     string
	}{
		{"by content", []string{"a/orders.toy:field x", "README.md:# hi"}, nil, "a/orders?=a/orders.toy"},
		{"one port for a package", []string{"a/1.toy:package p", "b/2.toy:package p"}, nil, "p?=a/1.toy,b/2.toy"},
		{"copies of a package are ports of their own", []string{"a/1.toy:package p", "a/2.toy:package p", "b/1.toy:package p"}, nil, "a/p?=a/1.toy,a/2.toy; b/p?=b/1.toy"},
		{"by its own declaration", []string{"a/orders.toy:contract urn:1"}, nil, "a/orders=a/orders.toy"},
		{"a product names it", []string{"a/orders.toy:contract urn:1", "p.toy:product shop/orders urn:1"}, nil, "shop/orders=a/orders.toy"},
		{"a product names it as it would be named anyway", []string{"shop/orders.toy:contract urn:1", "p.toy:product shop/orders urn:1"}, nil, "shop/orders=shop/orders.toy"},
		{"a product names what is not here", []string{"p.toy:product shop/orders urn:1"}, nil, "unread p.toy (contract urn:1 of port shop/orders is in no file here)"},
		{"breakwater.yaml goes first", []string{"a/orders.toy:contract urn:1", "a/b/c.toy:", "p.toy:product shop/orders urn:1"}, []Declaration{declare("x/y", "a/**/*.toy")}, "x/y=a/b/c.toy,a/orders.toy"},
		{"a folder is all in it", []string{"a/1.toy:", "ab/2.toy:", "a.toy:"}, []Declaration{declare("x", "a")}, "a?=a.toy; ab/2?=ab/2.toy; x=a/1.toy"},
		{"a declared package leaves the others to themselves", []string{"a/1.toy:package p", "b/2.toy:package p"}, []Declaration{declare("p", "a/1.toy")}, "b/2.toy?=b/2.toy; p=a/1.toy"},
		{"other people's", []string{"vendor/a.toy:", "x/node_modules/b.toy:", "third_party/c.toy:", "d/testdata/e.toy:", "gen/f.toy:"}, nil, ""},
		{"what a tool wrote", []string{"a.toy:# @generated by x"}, nil, ""},
		{"what a tool wrote, declared", []string{"a.toy:# @generated by x"}, []Declaration{declare("a", "a.toy")}, "a=a.toy"},
		{"not read yet", []string{"a.old:"}, nil, "unread a.old (old is not read yet)"},
		{"not a contract", []string{"a.toy:not"}, nil, ""},
		{"a pattern without a file", []string{"b.toy:not"}, []Declaration{declare("a", "a/*.toy")}, `a=; error breakwater.yaml:1:1: a: no file matches "a/*.toy"`},
		{"declared in a language that is not read", []string{"a.old:"}, []Declaration{declare("a", "a.old")}, "a=a.old; unread a.old (old is not read yet); error breakwater.yaml:1:1: a: old is not read yet"},
		{"two products name one port", []string{"a.toy:contract 1", "b.toy:contract 2", "p.toy:product s/o 1", "q.toy:product s/o 2"}, nil, `b=b.toy; s/o=a.toy; error q.toy:1:1: port "s/o" is declared twice; the other is at p.toy:1:1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := shown(finder().Find(context.Background(), tree(tt.files...), tt.declared)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// What was learned of a file holds as long as what it depends on is the same.
func TestMemory(t *testing.T) {
	f := finder()
	if got := shown(f.Find(context.Background(), tree("a/x.toy:"), nil)); got != "a/x?=a/x.toy" {
		t.Errorf("got %s", got)
	}
	if got := shown(f.Find(context.Background(), tree("a/x.toy:", "a/marker:"), nil)); got != "a?=a/x.toy" {
		t.Errorf("with a marker, got %s", got)
	}
	if got := shown(f.Find(context.Background(), tree("a/x.toy:"), nil)); got != "a/x?=a/x.toy" {
		t.Errorf("without it again, got %s", got)
	}
}

func TestPairs(t *testing.T) {
	fields := func(names string) string { return "field " + strings.ReplaceAll(names, " ", "\nfield ") }
	tests := []struct {
		name       string
		base, head []string
		want       string
	}{
		{"the same id", []string{"a.toy:"}, []string{"a.toy:"}, "a-a"},
		{"added and removed", []string{"a.toy:" + fields("x y")}, []string{"b.toy:" + fields("z")}, "a- -b"},
		{"moved, with its contract", []string{"a.toy:contract 1"}, []string{"b/c.toy:contract 1"}, "a-b/c"},
		{"renamed in its file", []string{"a.toy:package p"}, []string{"a.toy:package q"}, "p-q"},
		{"moved, by content", []string{"a.toy:" + fields("v w x y z")}, []string{"b.toy:" + fields("v w x y")}, "a-b"},
		{"moved and changed too much", []string{"a.toy:" + fields("v w x y z")}, []string{"b.toy:" + fields("v w x")}, "a- -b"},
		{"moved to where two could be meant", []string{"a.toy:" + fields("x y")}, []string{"b.toy:" + fields("x y"), "c.toy:" + fields("x y")}, "a- -b -c"},
		{
			"a new version beside the old one",
			[]string{"v1.toy:contract 1", "p.toy:product s/o 1"},
			[]string{"v1.toy:contract 1", "v2.toy:contract 2", "p.toy:product s/o 2", "q.toy:product s/o@1 1"},
			"-s/o s/o-s/o@1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, base, head := finder(), tree(tt.base...), tree(tt.head...)
			outline := func(p *Port, atHead bool) *schema.Outline {
				t := base
				if atHead {
					t = head
				}
				s, err := toy.Load(context.Background(), schema.Request{FS: t, Paths: p.Paths})
				if err != nil {
					return nil
				}
				return s.Outline()
			}
			var got []string
			for _, p := range Pairs(f.Find(t.Context(), base, nil).Ports, f.Find(t.Context(), head, nil).Ports, outline) {
				id := func(p *Port) string {
					if p == nil {
						return ""
					}
					return p.ID
				}
				got = append(got, id(p.Base)+"-"+id(p.Head))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestComplete(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		c    Complete
		want bool
	}{
		{"nobody says so", Complete{}, false},
		{"said last month", Complete{now.AddDate(0, -1, 0), "@a"}, true},
		{"lapsed", Complete{now.AddDate(0, 0, -91), "@a"}, false},
		{"said of the future", Complete{now.AddDate(0, 0, 1), "@a"}, false},
		{"said by nobody", Complete{AsOf: now}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.c.Holds(now); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestSuggestVersion(t *testing.T) {
	tests := []struct {
		name, base, head string
		bump             Bump
		want             string
	}{
		{"a break", "1.5.0", "1.5.0", Major, "2.0.0"},
		{"a break before 1.0.0", "0.5.1", "0.5.1", Major, "0.6.0"},
		{"something new", "v1.5.2", "v1.5.2", Minor, "v1.6.0"},
		{"a text", "1.5.2", "1.5.2", Patch, "1.5.3"},
		{"a text, and the version was raised for more", "1.5.2", "1.6.0", Patch, ""},
		{"raised already", "1.5.0", "2.0.0", Major, ""},
		{"raised too little", "1.5.0", "1.6.0", Major, "2.0.0"},
		{"nothing changed", "1.5.0", "1.5.0", NoBump, ""},
		{"no semantic version", "draft-7", "draft-7", Major, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := SuggestVersion(tt.base, tt.head, tt.bump); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStem(t *testing.T) {
	for name, want := range map[string]string{"a/b.odcs.yaml": "a/b", "x": "x", "a/.hidden": "a/.hidden", "a.b/c.d": "a.b/c"} {
		if got := stem(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// A name that only one language goes by says what a declared port is in; any other
// name asks for a look into the file.
func TestNamesThatSayTheirLanguage(t *testing.T) {
	looked := 0
	format := func(name string, called func(string) bool) schema.Format {
		return schema.Format{
			Name: name, Called: called, Documents: true,
			Match:  func(file string) bool { return path.Ext(file) == ".yaml" },
			Claims: func(_ string, text []byte) bool { looked++; return string(text) == name },
		}
	}
	tests := []struct {
		file, text, want string
		looked           bool
	}{
		{"a/orders.one.yaml", "two", "one", false}, // loading it says that it is none
		{"a/one.yaml", "one", "one", false},
		{"a/orders.yaml", "two", "two", true},
		{"a/phone.yaml", "two", "two", true},
	}
	for _, tt := range tests {
		looked = 0
		f := &Finder{Formats: []schema.Format{format("one", schema.Infix("one")), format("two", nil)}, Memory: new(Memory)}
		ports := f.Find(t.Context(), tree(tt.file+":"+tt.text), []Declaration{declare("p", tt.file)}).Ports
		if len(ports) != 1 || ports[0].Format.Name != tt.want || (looked > 0) != tt.looked {
			t.Errorf("%s: got %v, looked %d times; want %s", tt.file, ports, looked, tt.want)
		}
	}
}
