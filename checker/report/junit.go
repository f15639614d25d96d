package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// The elements of a JUnit report, as the schema of Jenkins has them.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitCounts
		Suites []junitSuite `xml:"testsuite"`
	}
	junitCounts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Timestamp string      `xml:"timestamp,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Error   *junitProblem `xml:"error"`
		Failure *junitProblem `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitProblem struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes test results: a suite for each port and one for the gate. A finding
// that blocks is a failure, what cannot be read is an error, and what is to be told
// is output of a test that passed. A suite without findings has one test that passed.
func (o Options) JUnit(w io.Writer, r *checker.Result) error {
	v := newView(Public(r), o.Verbose)
	all := junitSuites{Name: Plain(r.Tool.Name)}
	for _, p := range r.Ports {
		all.add(v.suite(p.ID, p.ID, "the contract holds"))
	}
	all.add(v.suite("", "the gate", "the gate holds"))
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	text = bytes.ReplaceAll(text, []byte("##["), []byte("##&#91;")) // a workflow's command, anywhere in a line
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

func (s *junitSuites) add(suite junitSuite) {
	s.Suites = append(s.Suites, suite)
	s.Tests += suite.Tests
	s.Failures += suite.Failures
	s.Errors += suite.Errors
}

// suite reports what happened to one port, or with no port beside them. Errors that
// are no port's are the gate's.
func (v *view) suite(port, name, fine string) junitSuite {
	s := junitSuite{Name: Plain(name), Timestamp: v.r.Now.UTC().Format("2006-01-02T15:04:05")}
	for _, e := range v.untold() {
		if e.Port != port && (port != "" || v.isPort(e.Port)) {
			continue
		}
		where := Plain(e.Err.Span.String())
		s.Errors++
		s.Cases = append(s.Cases, junitCase{Name: "reads " + where, Error: &junitProblem{errorRule, Plain(e.Err.Msg), where}})
	}
	for _, f := range v.r.Of(port) {
		c := junitCase{Name: Plain(fmt.Sprintf("%s %s (%s)", f.Rule.ID, f.Path, f.ID))}
		text := "\n" + strings.Join(append([]string{Plain(f.Detail), Plain(v.spot(f).String())}, v.told(f)...), "\n") + "\n"
		switch {
		case f.Rule.Idea == change.Unreadable && f.Verdict == policy.Block:
			c.Error = &junitProblem{f.Rule.ID, Plain(f.Detail), text}
			s.Errors++
		case f.Verdict == policy.Block:
			c.Failure = &junitProblem{f.Rule.ID, Plain(f.Detail), text}
			s.Failures++
		case f.Verdict == policy.Notify || v.all:
			c.Out = text
		}
		s.Cases = append(s.Cases, c)
	}
	if len(s.Cases) == 0 {
		s.Cases = []junitCase{{Name: fine}}
	}
	for i := range s.Cases {
		s.Cases[i].Class = s.Name
	}
	s.Tests = len(s.Cases)
	return s
}

func (v *view) isPort(id string) bool {
	for _, p := range v.r.Ports {
		if p.ID == id {
			return true
		}
	}
	return false
}
