package table

import (
	"strings"
	"testing"
)

func TestRelate(t *testing.T) {
	tests := []struct {
		name       string
		dialect    Dialect
		base, head string
		want       Relation
	}{
		{"case", Standard, "varchar(10)", "VARCHAR(10)", Same},
		{"white space", Standard, "NUMERIC(18,4)", " numeric ( 18 , 4 ) ", Same},
		{"integers of 32 bits", Standard, "INT", "integer", Same},
		{"integers of 32 bits in Postgres' words", Standard, "int4", "INTEGER", Same},
		{"a serial is an integer", Standard, "serial", "int4", Same},
		{"decimals", Standard, "DECIMAL(10)", "NUMERIC(10,0)", Same},
		{"numbers", Standard, "NUMBER(10,2)", "decimal(10,2)", Same},
		{"texts of any length", Standard, "VARCHAR", "text", Same},
		{"the long word", Standard, "character varying(10)", "varchar(10)", Same},
		{"doubles", Standard, "double precision", "FLOAT64", Same},
		{"the width of a display", Standard, "int(11)", "int", Same},
		{"times with a zone", Standard, "timestamp(6) with time zone", "TIMESTAMPTZ(6)", Same},
		{"arrays", Standard, "array<string>", "varchar[]", Same},
		{"structs in the words of two databases", Standard, "struct<a:int,b:string>", "STRUCT<a INT, b STRING>", Same},
		{"a name in quotes", Standard, "row(\"a\" integer)", "struct<a:int>", Same},
		{"a type of its own", Standard, "AccountNumber", "accountnumber", Same},
		{"a type of its own with an argument", Standard, "Flag ( 2 )", "flag(2)", Same},

		{"more bits", Standard, "INT", "BIGINT", Widened},
		{"more bits, unsigned", Standard, "int unsigned", "bigint unsigned", Widened},
		{"a longer text", Standard, "VARCHAR(10)", "VARCHAR(20)", Widened},
		{"a text of any length", Standard, "VARCHAR(10)", "TEXT", Widened},
		{"more digits", Standard, "DECIMAL(10,2)", "DECIMAL(12,2)", Widened},
		{"a finer clock", Standard, "timestamp(3)", "timestamp(6)", Widened},
		{"a double", Standard, "float4", "double", Widened},
		{"longer items", Standard, "array<varchar(5)>", "array<varchar(9)>", Widened},
		{"another field of a struct", Standard, "struct<a:int>", "struct<a:int,b:int>", Widened},
		{"any character", Standard, "varchar(10)", "nvarchar(10)", Widened},

		{"fewer bits", Standard, "BIGINT", "INT", Narrowed},
		{"a shorter text", Standard, "TEXT", "VARCHAR(10)", Narrowed},
		{"a type where none was said", Standard, "", "INT", Narrowed},
		{"items where none were said", Standard, "ARRAY", "ARRAY<INT>", Narrowed},

		{"a type that is no longer said", Standard, "INT", "", Unclear},
		{"digits that nobody counted", Standard, "NUMERIC", "NUMERIC(10,2)", Unclear},
		{"two types of their own", Standard, "Flag", "Name", Unclear},
		{"a type of its own for one that is known", Standard, "Flag", "BOOLEAN", Unclear},
		{"a length in square brackets, or an array", Standard, "varchar[50]", "varchar(50)", Unclear},
		{"a word that databases disagree on", Standard, "FLOAT", "DOUBLE", Unclear},
		{"bytes or words", Standard, "INT8", "BIGINT", Unclear},
		{"a padded text", Standard, "varchar(10)", "char(10)", Unclear},
		{"a time that may be without a zone", Standard, "TIMESTAMP", "TIMESTAMP_NTZ", Unclear},
		{"documents", Standard, "json", "jsonb", Unclear},
		{"the fields of a struct in another order", Standard, "struct<a:int,b:int>", "struct<b:int,a:int>", Unclear},

		{"another family", Standard, "VARCHAR(10)", "INT", Changed},
		{"fractions", Standard, "INT", "DECIMAL(10,2)", Changed},
		{"rounding", Standard, "DECIMAL(10,2)", "DOUBLE", Changed},
		{"another scale", Standard, "DECIMAL(10,2)", "DECIMAL(10,4)", Changed},
		{"a zone", Standard, "TIMESTAMP", "TIMESTAMPTZ", Changed},
		{"no zone", Standard, "timestamp with time zone", "timestamp without time zone", Changed},
		{"a sign", Standard, "int", "int unsigned", Changed},
		{"a time of day", Standard, "DATE", "TIMESTAMP", Changed},
		{"the items of an array", Standard, "array<int>", "array<string>", Changed},
		{"the values of a map", Standard, "map<string,int>", "map<string,string>", Changed},
		{"a field of a struct that is gone", Standard, "struct<a:int,b:int>", "struct<a:int>", Changed},
		{"a field deep in a struct", Standard, "struct<a:array<struct<b:int>>>", "struct<a:array<struct<b:date>>>", Changed},

		{"BigQuery: all integers have 64 bits", BigQuery, "INTEGER", "INT64", Same},
		{"BigQuery: FLOAT is a double", BigQuery, "FLOAT", "FLOAT64", Same},
		{"BigQuery: TIMESTAMP is an instant", BigQuery, "TIMESTAMP", "DATETIME", Changed},
		{"Snowflake: integers are decimals", Snowflake, "INT", "NUMBER(38,0)", Same},
		{"Snowflake: text is varchar", Snowflake, "STRING", "TEXT", Same},
		{"Snowflake: all floats are doubles", Snowflake, "REAL", "DOUBLE", Same},
		{"Postgres: INT8 is in bytes", Postgres, "INT8", "BIGINT", Same},
		{"Postgres: six digits of a second", Postgres, "timestamp", "timestamp(6) without time zone", Same},
		{"ClickHouse: Int8 is in bits", ClickHouse, "Int8", "Int64", Widened},
		{"ClickHouse: null may come", ClickHouse, "String", "Nullable(String)", Changed},
		{"ClickHouse: null may no longer come", ClickHouse, "Nullable(String)", "LowCardinality(String)", Narrowed},
		{"Spark: TIMESTAMP is an instant", Spark, "timestamp", "timestamp_ntz", Changed},
		{"Spark: ten digits", Spark, "decimal", "decimal(10,0)", Same},
		{"SQL Server: no limit", SQLServer, "varchar(max)", "varchar(100)", Narrowed},
		{"SQL Server: one character", SQLServer, "varchar", "varchar(1)", Same},
		{"Oracle: characters", Oracle, "VARCHAR2(10 CHAR)", "varchar2(10)", Same},
		{"Oracle: a date has a time", Oracle, "DATE", "TIMESTAMP", Unclear},

		{"a contract's whole numbers get fractions", Contract, "integer", "number", Changed},
		{"a contract's numbers lose them", Contract, "number", "integer", Unclear},
		{"a contract's words", Contract, "date", "timestamp", Changed},
		{"a variable", Contract, "${TYPE}", "string", Unclear},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base, head := Type{tt.base, tt.dialect}, Type{tt.head, tt.dialect}
			if got := base.Relate(head); got != tt.want {
				t.Errorf("%s to %s is %d, want %d", tt.base, tt.head, got, tt.want)
			}
			back := head.Relate(base)
			if (back == Same) != (tt.want == Same) || (back == Changed) != (tt.want == Changed) && !strings.Contains(tt.name, "field") && !strings.Contains(tt.name, "numbers") && !strings.Contains(tt.name, "null may") {
				t.Errorf("the other way round, %s to %s is %d", tt.head, tt.base, back)
			}
		})
	}
}

// A server that is named later does not change the types: they were meant so.
func TestRelateAcrossDialects(t *testing.T) {
	if got := (Type{"FLOAT", Standard}).Relate(Type{"float", BigQuery}); got != Same {
		t.Errorf("got %d", got)
	}
	if got := (Type{"INTEGER", Standard}).Relate(Type{"INT64", BigQuery}); got != Same {
		t.Errorf("got %d", got)
	}
	if got := (Type{"TIMESTAMP", Postgres}).Relate(Type{"TIMESTAMP", BigQuery}); got != Changed {
		t.Errorf("got %d", got)
	}
}

// Whatever is written, comparing ends, and a type is the same as itself and as
// itself in capitals.
func FuzzRelate(f *testing.F) {
	for _, s := range []string{"varchar(10)", "timestamp(6) with time zone", "struct<a:int,b:array<string>>", "row(a timestamp(3) with time zone, b x)", "Nullable(Decimal(10, 2))", "int unsigned[]", "`a`", "map<map<map<", strings.Repeat("array<", 60), "double precision", "row(row row<row:", "struct<b:int,B:array<string>,b:int>"} {
		f.Add(s, "int", "postgres")
	}
	f.Fuzz(func(t *testing.T, a, b, dialect string) {
		x, y := Type{a, Dialect(dialect)}, Type{b, Dialect(dialect)}
		if got := x.parse().relate(x.parse()); got != Same {
			t.Errorf("%q is %d to itself", a, got)
		}
		upper := strings.ToUpper(a)
		small := strings.ToLower(upper) // not that of a, where a letter has no way back from its capital
		if got := x.Relate(Type{" " + upper + "\n", Dialect(dialect)}); got != Same && small == strings.ToLower(a) && !strings.ContainsAny(a, "\"`'") {
			t.Errorf("%q is %d to itself in capitals", a, got)
		}
		if there, back := x.Relate(y), y.Relate(x); (there == Same) != (back == Same) {
			t.Errorf("%q to %q is %d, the other way round %d", a, b, there, back)
		}
		if x.Relate(y) == Narrowed && y.Relate(x) == Narrowed {
			t.Errorf("%q and %q are narrower than each other", a, b)
		}
	})
}
