package document

import (
	"github.com/breakwater-data/breakwater/checker/source"
)

var ParseLibrary = parseLibrary

const MaxMarks = maxMarks

// ParseCommon reads every document of a stream of common YAML.
func ParseCommon(file string, text []byte) (docs []*Node, ok bool) {
	if !isCommon(text) {
		return nil, false
	}
	return newCommonReader(file, text).read()
}

// StepsBackAt returns where the reader of common YAML leaves text.
func StepsBackAt(file string, text []byte) source.Span {
	r := newCommonReader(file, text)
	if _, ok := r.read(); ok || !isCommon(text) {
		return source.Top(file)
	}
	return source.Span{File: file, Start: r.pos(), End: r.pos()}
}
