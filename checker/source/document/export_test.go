package document

import (
	"github.com/breakwater-data/breakwater/checker/source"
)

var (
	ParseCommon  = parseCommon
	ParseLibrary = parseLibrary
)

// StepsBackAt returns where the reader of common YAML leaves text.
func StepsBackAt(file string, text []byte) source.Span {
	r := newCommonReader(file, text)
	if _, ok := r.read(); ok || !isCommon(text) {
		return source.Top(file)
	}
	return source.Span{File: file, Start: r.pos(), End: r.pos()}
}
