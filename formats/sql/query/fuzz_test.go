package query_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/formats/sql/query"
)

// corpus returns every query of testdata.
func corpus(t testing.TB) (queries []string) {
	_, queries = postgresCases(t)
	files, err := filepath.Glob("testdata/dialects/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for block := range strings.SplitSeq(string(text), "-- # ") {
			if _, rest, ok := strings.Cut(block, "\n"); ok {
				sql, _ := expectation(rest)
				queries = append(queries, sql)
			}
		}
	}
	return queries
}

// Any text is read, in any dialect, and what is not understood says so.
func FuzzRead(f *testing.F) {
	for i, sql := range corpus(f) {
		f.Add(uint8(i%10), sql)
	}
	schema := func(name []string) ([]string, bool) {
		return []string{"id", "Id", "name", "b"}, len(name[len(name)-1])%2 == 0
	}
	f.Fuzz(func(t *testing.T, d uint8, sql string) {
		for _, s := range []query.Schema{nil, schema} {
			for _, r := range query.Read("q.sql", []byte(sql), query.Dialect(d), s) {
				switch {
				case r.Understood && (r.Why != "" || r.Hidden):
					t.Errorf("%q is understood, but %q", sql, r.Why)
				case !r.Understood && r.Why == "":
					t.Errorf("%q is not understood, and nothing says why", sql)
				case !r.Understood && len(r.Tables) == 0 && !r.Hidden:
					t.Errorf("%q is not understood, and no table is hidden", sql)
				}
				for _, table := range r.Tables {
					if !r.Understood && !table.All || len(table.Name) == 0 {
						t.Errorf("%q: %v is not read whole", sql, table.Name)
					}
				}
			}
		}
	})
}

// Comments, space, the case of what is not quoted and the name of an alias do not
// change what is read.
func FuzzSpelling(f *testing.F) {
	_, queries := postgresCases(f)
	for i := range queries {
		f.Add(uint16(i), uint64(i))
		f.Add(uint16(500+i), uint64(i))
	}
	schema := pgSchema(f)
	f.Fuzz(func(t *testing.T, n uint16, seed uint64) {
		sql := queries[int(n)%len(queries)]
		if n >= 500 {
			sql, _ = newGrammar(seed).query(2, nil)
		}
		other := respell(sql, newGrammar(seed))
		for _, s := range []query.Schema{nil, schema} {
			was, is := read(sql, query.Postgres, s), read(other, query.Postgres, s)
			if strings.Contains(was, "not understood") {
				continue
			}
			if is != was {
				t.Errorf("%s\nreads\n%s%s\nreads\n%s", sql, was, other, is)
			}
		}
	})
}

var (
	pieces  = regexp.MustCompile(`(?i)\$q\$.*?\$q\$|e'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|/\*.*\*/|--.*|\s+|\w+|.`)
	aliases = regexp.MustCompile(`^t\d+$`) // of a grammar
)

// respell writes a query in another case, with other space and other aliases.
func respell(sql string, g *grammar) string {
	var b strings.Builder
	for _, piece := range pieces.FindAllString(sql, -1) {
		switch {
		case strings.TrimSpace(piece) == "", strings.HasPrefix(piece, "--"), strings.HasPrefix(piece, "/*"):
			piece = pick(g, []string{" ", "\n\t", " /* select x from y */ ", " -- 'z\n", "\r\n"})
		case strings.ContainsAny(piece[:1], `'"$`) || strings.HasPrefix(piece, "e'"):
		case aliases.MatchString(piece):
			piece = "Other" + piece[1:]
		case g.chance(30):
			piece = strings.ToUpper(piece)
		}
		b.WriteString(piece)
	}
	return b.String()
}
