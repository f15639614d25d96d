package query

import (
	"regexp"
	"strings"
)

// The calls of dbt that stand for a table, and the one that stands for nothing.
var (
	reference = regexp.MustCompile(`\b(ref|source)\s*\(\s*('[^'{}]*'|"[^"{}]*")\s*(?:,\s*('[^'{}]*'|"[^"{}]*")\s*)?(?:,\s*(?:v|version)\s*=\s*[\w'"]+\s*)?\)`)
	config    = regexp.MustCompile(`^-?\s*config\s*\([^{}]*\)\s*-?$`)
)

func isConfig(template string) bool {
	return config.MatchString(strings.TrimSpace(template))
}

// reference reads {{ ref('orders') }} or {{ source('shop', 'orders') }} where a
// table stands.
func (p *parser) reference() []part {
	t := p.peek()
	inside := strings.TrimSpace(strings.Trim(t.text, "-"))
	found := p.references(t)
	if len(found) != 1 || reference.FindString(inside) != inside {
		p.failAt(t, true, "a template writes what stands here")
		return nil
	}
	p.pos++
	return found[0]
}

// references finds the tables that a template names, wherever it does.
func (p *parser) references(t token) (tables [][]part) {
	for _, m := range reference.FindAllStringSubmatch(t.text, -1) {
		var parts []part
		for _, s := range m[2:4] {
			if s != "" {
				parts = append(parts, part{p.key(s[1:len(s)-1], false), true, t.start, t.end})
			}
		}
		tables = append(tables, parts)
	}
	return tables
}
