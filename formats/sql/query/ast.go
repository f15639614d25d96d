package query

// The syntax tree keeps what reads and what is read. What an expression does
// with its columns is not kept: operators have no precedence here.

// A part is one step of a name, as the dialect knows it.
type part struct {
	key        string
	plain      bool // written without quotes
	start, end int
}

// A ref is a name in an expression: parts, and whether a star follows them.
type ref struct {
	parts []part // none for a star that stands alone
	star  bool
	soft  bool // it is a unit, unless somebody is sure to have such a column
	guess bool // it may be no column at all, but a schema or a constant
	use   Use
}

func (r *ref) span() (start, end int) {
	if len(r.parts) == 0 {
		return 0, 0
	}
	return r.parts[0].start, r.parts[len(r.parts)-1].end
}

// An expr is all that an expression reads.
type expr struct {
	refs    []ref
	queries []subquery
	bare    bool // it is refs[0] and nothing else
	ordinal int  // it is this number and nothing else
}

// A subquery inside an expression. What it returns is used as the expression is.
type subquery struct {
	*query
	use    Use
	exists bool // what it returns is not used
}

// A query is a SELECT with all that belongs to it, or what another statement reads.
type query struct {
	ctes      []cte
	recursive bool
	arms      []arm // several are the operands of a set operation
	order     []expr
	limits    []expr
	also      []*query // read beside it, such as the source of an INSERT
}

// A cte is a member of a WITH clause.
type cte struct {
	name    part
	columns []part
	query   *query
	extra   []part // columns that SEARCH and CYCLE add
}

// An arm is a SELECT, a query in parentheses or the rows of a VALUES.
type arm struct {
	sel    *selection
	nested *query
	values []expr
}

type selection struct {
	distinct bool
	items    []item
	from     []member
	other    []expr // WHERE, HAVING and so on
	group    []expr
	groupAll bool
}

// An item of a select list. For a star, except and replace change what it yields.
type item struct {
	expr
	alias   part
	except  []part
	replace []item
	rename  map[string]part
}

// A member of FROM with the joins that follow it: a table, a query,
// a function or a source in parentheses.
type member struct {
	table    []part
	query    *query
	call     *expr
	inner    *member
	alias    part
	columns  []part
	implicit bool // the names of its columns are not known but those in columns
	lateral  bool
	target   bool // written, not read, unless a column of it is named
	joins    []join
}

type join struct {
	right   member
	natural bool
	using   []part
	on      []expr
}
