package table

// words are the types on whose meaning the databases agree that have them. A name
// of its own keeps a type apart from the others of its family. A precision or
// length of 0 is one that the word does not say.
var words = map[string]concrete{
	"boolean": {family: boolean}, "bool": {family: boolean},

	"tinyint": {family: integer, bits: 8}, "int8": {family: integer, name: "int8"}, "i8": {family: integer, bits: 8},
	"smallint": {family: integer, bits: 16}, "int2": {family: integer, bits: 16}, "int16": {family: integer, bits: 16}, "short": {family: integer, bits: 16}, "smallserial": {family: integer, bits: 16},
	"mediumint": {family: integer, bits: 24},
	"int":       {family: integer, bits: 32}, "integer": {family: integer, bits: 32}, "int4": {family: integer, bits: 32}, "int32": {family: integer, bits: 32}, "serial": {family: integer, bits: 32},
	"bigint": {family: integer, bits: 64}, "int64": {family: integer, bits: 64}, "long": {family: integer, bits: 64}, "bigserial": {family: integer, bits: 64},
	"hugeint": {family: integer, bits: 128}, "int128": {family: integer, bits: 128},
	"uint8": {family: integer, bits: 8, unsigned: true}, "uint16": {family: integer, bits: 16, unsigned: true}, "uint32": {family: integer, bits: 32, unsigned: true}, "uint64": {family: integer, bits: 64, unsigned: true},
	"utinyint": {family: integer, bits: 8, unsigned: true}, "usmallint": {family: integer, bits: 16, unsigned: true}, "uinteger": {family: integer, bits: 32, unsigned: true}, "ubigint": {family: integer, bits: 64, unsigned: true},

	"decimal": {family: decimal}, "numeric": {family: decimal}, "dec": {family: decimal}, "number": {family: decimal},
	"bignumeric": {family: decimal, name: "bignumeric"}, "bigdecimal": {family: decimal, name: "bignumeric"},
	"money": {family: decimal, name: "money"}, "smallmoney": {family: decimal, name: "smallmoney"},

	"float": {family: float, name: "float"}, "real": {family: float, name: "real"},
	"float4": {family: float, bits: 32}, "float32": {family: float, bits: 32}, "binary_float": {family: float, bits: 32},
	"double": {family: float, bits: 64}, "double precision": {family: float, bits: 64}, "float8": {family: float, bits: 64}, "float64": {family: float, bits: 64}, "binary_double": {family: float, bits: 64},

	"varchar": {family: text}, "character varying": {family: text}, "char varying": {family: text}, "varchar2": {family: text}, "string": {family: text}, "text": {family: text}, "clob": {family: text}, "mediumtext": {family: text}, "longtext": {family: text}, "tinytext": {family: text, length: 255}, "utf8": {family: text},
	"nvarchar": {family: text, national: true}, "nvarchar2": {family: text, national: true}, "national character varying": {family: text, national: true}, "ntext": {family: text, national: true}, "nclob": {family: text, national: true},
	"char": {family: text, fixed: true, length: 1}, "character": {family: text, fixed: true, length: 1}, "bpchar": {family: text, fixed: true}, "fixedstring": {family: text, fixed: true},
	"nchar": {family: text, fixed: true, national: true, length: 1}, "national character": {family: text, fixed: true, national: true, length: 1},

	"binary": {family: binary, fixed: true}, "varbinary": {family: binary}, "bytes": {family: binary}, "bytea": {family: binary}, "blob": {family: binary}, "longblob": {family: binary}, "raw": {family: binary}, "binary varying": {family: binary},

	"date": {family: calendar}, "date32": {family: calendar},
	"time": {family: clock}, "time without time zone": {family: clock}, "timetz": {family: clock, zone: instant}, "time with time zone": {family: clock, zone: instant},
	"timestamp":   {family: timestamp, zone: unknownZone},
	"timestamptz": {family: timestamp, zone: instant}, "timestamp with time zone": {family: timestamp, zone: instant}, "timestamp_tz": {family: timestamp, zone: instant}, "datetimeoffset": {family: timestamp, zone: instant},
	"timestamp_ltz": {family: timestamp, zone: instant, local: true}, "timestamp with local time zone": {family: timestamp, zone: instant, local: true},
	"timestamp_ntz": {family: timestamp}, "timestamp without time zone": {family: timestamp}, "timestampntz": {family: timestamp}, "datetime": {family: timestamp}, "datetime2": {family: timestamp},
	"interval": {family: interval},

	"uuid": {family: uuid}, "uniqueidentifier": {family: uuid}, "guid": {family: uuid},
	"json": {family: json, name: "json"}, "jsonb": {family: json, name: "jsonb"}, "variant": {family: json, name: "variant"}, "super": {family: json, name: "super"},
	"xml": {family: xml}, "xmltype": {family: xml},

	"array": {family: array}, "list": {family: array},
	"map":    {family: mapping},
	"struct": {family: structure}, "row": {family: structure}, "record": {family: structure}, "object": {family: structure}, "tuple": {family: structure},
}

// dialects say what a database means by a word where not all mean the same.
var dialects = map[Dialect]map[string]concrete{
	Contract: contract,
	Portable: {
		"float": single, "timestamp": {family: timestamp, zone: instant},
	},
	Contract30: with(contract, map[string]concrete{"date": {family: moment}}),
	BigQuery: {
		"int": bits(64), "integer": bits(64), "smallint": bits(64), "tinyint": bits(64), "byteint": bits(64),
		"float": double, "numeric": fixedPoint(38, 9), "decimal": fixedPoint(38, 9),
		"timestamp": {family: timestamp, zone: instant, local: true, precision: 6}, "datetime": {family: timestamp, precision: 6},
	},
	ClickHouse: {
		"int8": bits(8), "int256": bits(256), "uint128": {family: integer, bits: 128, unsigned: true}, "uint256": {family: integer, bits: 256, unsigned: true},
		"float": single, "real": single, "datetime": {family: timestamp, zone: instant, local: true}, "datetime64": {family: timestamp, zone: instant, local: true},
	},
	DuckDB: {
		"int8": bits(64), "int1": bits(8), "float": single, "real": single, "decimal": fixedPoint(18, 3), "numeric": fixedPoint(18, 3),
		"timestamp": {family: timestamp, precision: 6}, "timestamptz": {family: timestamp, zone: instant, local: true, precision: 6},
		"char": {family: text}, "bpchar": {family: text}, "character": {family: text},
	},
	MySQL: {
		"float": single, "real": double, "decimal": fixedPoint(10, 0), "numeric": fixedPoint(10, 0),
		"timestamp": {family: timestamp, zone: instant, local: true}, "text": {family: text, length: 1<<16 - 1}, "mediumtext": {family: text, length: 1<<24 - 1},
	},
	Oracle: {
		"float": double, "date": {family: timestamp}, "timestamp": {family: timestamp, precision: 6}, "integer": fixedPoint(38, 0), "int": fixedPoint(38, 0), "smallint": fixedPoint(38, 0),
	},
	Postgres: postgres,
	Redshift: with(postgres, map[string]concrete{
		"varchar": {family: text, length: 256}, "text": {family: text, length: 256}, "numeric": fixedPoint(18, 0), "decimal": fixedPoint(18, 0),
	}),
	Snowflake: {
		"int": fixedPoint(38, 0), "integer": fixedPoint(38, 0), "bigint": fixedPoint(38, 0), "smallint": fixedPoint(38, 0), "tinyint": fixedPoint(38, 0), "byteint": fixedPoint(38, 0),
		"number": fixedPoint(38, 0), "decimal": fixedPoint(38, 0), "numeric": fixedPoint(38, 0),
		"float": double, "float4": double, "float8": double, "real": double,
		"char": {family: text, length: 1}, "character": {family: text, length: 1}, "nchar": {family: text, length: 1}, "nvarchar": {family: text}, "nvarchar2": {family: text},
		"binary": {family: binary}, "object": {family: json, name: "object"}, "array": {family: json, name: "array"},
	},
	Spark: {
		"float": single, "real": single, "byte": bits(8), "decimal": fixedPoint(10, 0), "numeric": fixedPoint(10, 0), "dec": fixedPoint(10, 0),
		"timestamp": {family: timestamp, zone: instant, local: true}, "binary": {family: binary},
	},
	SQLServer: {
		"float": double, "real": single, "tinyint": {family: integer, bits: 8, unsigned: true}, "bit": {family: boolean},
		"decimal": fixedPoint(18, 0), "numeric": fixedPoint(18, 0), "timestamp": {family: other, name: "rowversion"}, "rowversion": {family: other, name: "rowversion"},
		"varchar": {family: text, length: 1}, "nvarchar": {family: text, national: true, length: 1},
		"datetime": {family: timestamp, name: "datetime", precision: 3}, "smalldatetime": {family: timestamp},
	},
	Trino: {
		"float": single, "real": single, "timestamp": {family: timestamp, precision: 3}, "time": {family: clock, precision: 3},
	},
}

var contract = map[string]concrete{
	"string": {family: text}, "integer": {family: integer}, "number": {family: number}, "boolean": {family: boolean},
	"date": {family: calendar}, "time": {family: clock, zone: unknownZone}, "timestamp": {family: timestamp, zone: unknownZone},
	"object": {family: structure}, "array": {family: array}, "map": {family: mapping}, "vector": {family: other, name: "vector"},
}

var postgres = map[string]concrete{
	"int8": bits(64), "serial8": bits(64), "serial4": bits(32), "float": double, "real": single,
	"timestamp": {family: timestamp, precision: 6}, "timestamptz": {family: timestamp, zone: instant, local: true, precision: 6},
	"timestamp without time zone": {family: timestamp, precision: 6}, "timestamp with time zone": {family: timestamp, zone: instant, local: true, precision: 6},
}

var (
	single = concrete{family: float, bits: 32}
	double = concrete{family: float, bits: 64}
)

func bits(n int) concrete { return concrete{family: integer, bits: n} }

func fixedPoint(precision, scale int) concrete {
	return concrete{family: decimal, precision: precision, scale: scale}
}

// with returns words with some of them replaced.
func with(words, others map[string]concrete) map[string]concrete {
	all := make(map[string]concrete, len(words)+len(others))
	for _, m := range []map[string]concrete{words, others} {
		for word, c := range m {
			all[word] = c
		}
	}
	return all
}
