package slo

import (
	"regexp"
	"slices"
	"strings"
)

// A kind is what a property is measured in.
type kind uint8

const (
	anything kind = iota
	duration
	cadence // how long from one time to the next
	percentage
	date
	timeOfDay
	hours // of the days on which somebody answers
)

// A property is one whose direction is known.
type property struct {
	name     string
	synonyms []string // in lower case, without spaces, hyphens and underscores
	better   Comparator
	kind     kind
	relied   bool // consumers plan on it: its removal breaks them
}

// The properties of ODCS, with its two-letter names, and those of the formats
// that it replaces. What is not in this list is a property that somebody made up.
var properties = []property{
	{"latency", []string{"ly"}, AtMost, duration, true},
	{"freshness", []string{"datafreshness"}, AtMost, duration, true},
	{"frequency", []string{"fy", "updatefrequency", "refreshfrequency"}, AtMost, cadence, false},
	{"timeOfAvailability", nil, AtMost, timeOfDay, false},
	{"availability", []string{"av", "uptime"}, AtLeast, percentage, true},
	{"retention", []string{"re", "retentionperiod", "dataretention"}, AtLeast, duration, true},
	{"throughput", []string{"th"}, AtLeast, anything, false},
	{"errorRate", []string{"er"}, AtMost, anything, false},
	{"timeToDetect", []string{"td", "mttd"}, AtMost, duration, false},
	{"timeToNotify", []string{"tn", "mttn"}, AtMost, duration, false},
	{"timeToRepair", []string{"tr", "mttr"}, AtMost, duration, false},
	{"responseTime", []string{"supportresponsetime"}, AtMost, duration, false},
	{"backup", []string{"backupfrequency", "backupinterval"}, AtMost, cadence, false},
	{"recoveryTime", []string{"rto", "recoverytimeobjective", "backuprecoverytime"}, AtMost, duration, false},
	{"recoveryPoint", []string{"rpo", "recoverypointobjective", "backuprecoverypoint"}, AtMost, duration, false},
	{"completeness", nil, AtLeast, percentage, false},
	{"accuracy", nil, AtLeast, percentage, false},
	{"uniqueness", nil, AtLeast, percentage, false},
	{"validity", nil, AtLeast, percentage, false},
	{"consistency", nil, AtLeast, percentage, false},
	{NoticePeriod, nil, AtLeast, duration, false},
	{"generalAvailability", []string{"ga"}, AtMost, date, false},
	{EndOfSupport, []string{"es", "eos"}, AtLeast, date, true},
	{EndOfLife, []string{"el", "eol"}, AtLeast, date, true},
	{"support", []string{"supporttime", "supporthours"}, AtLeast, hours, true},
}

// Properties that mean something to the life of a port.
const (
	EndOfSupport = "endOfSupport"
	EndOfLife    = "endOfLife"
	NoticePeriod = "noticePeriod" // before something is removed
)

// Property returns the one name of a property that has several: ly, Latency,
// latency and latencyP99 are the same.
func Property(name string) string {
	p, _ := find(name)
	return p.name
}

var spelling = strings.NewReplacer("_", "", "-", "", " ", "")

// find returns the property that name means, and the percentile that it ends or
// begins with, as in latencyP99.
func find(name string) (p property, percentile Quantity) {
	name = strings.TrimSpace(name)
	if p, ok := lookUp(name); ok {
		return p, Quantity{}
	}
	for _, shape := range []*regexp.Regexp{percentileLast, percentileFirst} {
		m := shape.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		p, ok := lookUp(m[shape.SubexpIndex("name")])
		q, err := parsePercentile(m[shape.SubexpIndex("digits")])
		if ok && err == nil && p.kind == duration && p.better == AtMost {
			return p, q
		}
	}
	return property{name: name, better: Exactly}, Quantity{}
}

var (
	percentileLast  = regexp.MustCompile(`^(?i)(?P<name>.+?)[ ._-]?p(?P<digits>[0-9]{2,4}(?:\.[0-9]+)?)$`)
	percentileFirst = regexp.MustCompile(`^(?i)p(?P<digits>[0-9]{2,4}(?:\.[0-9]+)?)[ ._-]?(?P<name>.+)$`)
)

func lookUp(name string) (property, bool) {
	plain := spelling.Replace(name)
	for _, p := range properties {
		if strings.EqualFold(p.name, plain) || slices.Contains(p.synonyms, strings.ToLower(plain)) {
			return p, true
		}
	}
	return property{}, false
}

// isTime reports whether p is measured in units of time.
func (p property) isTime() bool { return p.kind == duration || p.kind == cadence }
