package table

import (
	"math"
	"strings"
)

// A Type is a column's type as it is written, and whose words these are. It is
// parsed when it is compared with another one, and not before.
type Type struct {
	Text    string
	Dialect Dialect
}

// A Dialect is the database whose types are meant: FLOAT has 64 bits in one and
// 32 in another. In the Standard dialect, a word that databases disagree on is
// another type than all the others.
type Dialect string

const (
	Standard   Dialect = ""
	Contract   Dialect = "contract"    // the logical types of ODCS
	Contract30 Dialect = "contract3.0" // where date may be a time stamp
	Portable   Dialect = "portable"    // of the Data Contract Specification, for every database
	BigQuery   Dialect = "bigquery"
	ClickHouse Dialect = "clickhouse"
	DuckDB     Dialect = "duckdb"
	MySQL      Dialect = "mysql"
	Oracle     Dialect = "oracle"
	Postgres   Dialect = "postgres"
	Redshift   Dialect = "redshift"
	Snowflake  Dialect = "snowflake"
	Spark      Dialect = "spark"
	SQLServer  Dialect = "sqlserver"
	Trino      Dialect = "trino"
)

// A family is a kind of values.
type family uint8

const (
	other family = iota // known by its name only
	boolean
	integer
	decimal
	float
	number // of a contract: any of the three
	text
	binary
	calendar
	clock
	timestamp
	moment // of a contract: any of the three
	interval
	uuid
	json
	xml
	array
	mapping
	structure
)

func (f family) isTime() bool { return f >= calendar && f <= moment }
func (f family) nested() bool { return f == array || f == mapping || f == structure }

const (
	unsaid    = -1
	unlimited = math.MaxInt32
)

// A zone says whether a time is an instant, or the digits on a wall clock.
type zone uint8

const (
	noZone zone = iota
	instant
	unknownZone
)

// A concrete is a parsed type. Which of its members count depends on the family.
type concrete struct {
	family           family
	name             string // the canonical word, which tells apart types of one family
	bits             int    // of an integer or a float; 0: unknown
	unsigned         bool
	length           int // of a text; 0: any
	fixed, national  bool
	precision, scale int
	zone             zone
	local            bool // the instant is kept, and the zone it was written in is not
	nullable         bool // ClickHouse: Nullable(T)
	args             []*concrete
	fields           []field
}

type field struct {
	name string
	typ  *concrete
}

// bare returns c without its nullability.
func (c *concrete) bare() *concrete {
	d := *c
	d.nullable = false
	return &d
}

// fold reduces a type that nobody understands to what case and white space do
// not change.
func fold(s string) string {
	var b strings.Builder
	for _, word := range strings.Fields(strings.ToLower(s)) {
		if n := b.Len(); n > 0 && isWord(b.String()[n-1]) && isWord(word[0]) {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// parse takes t apart. What it does not understand is known by its name.
func (t Type) parse() *concrete {
	if len(t.Text) <= maxTypeText {
		p := typeParser{rest: t.Text, dialect: t.Dialect}
		if c, ok := p.parse(0); ok && p.space() == "" {
			return c
		}
	}
	return &concrete{family: other, name: fold(t.Text)}
}
