package document

import (
	"runtime/debug"
	"strings"

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
func Why(text []byte) (s string) {
	if !isCommon(text) {
		return "isCommon"
	}
	r := newCommonReader("x", text)
	defer func() {
		if p := recover(); p != nil {
			for _, l := range strings.Split(string(debug.Stack()), "\n") {
				if strings.Contains(l, "/document/common") {
					s += l[strings.LastIndex(l, "/"):] + " "
				}
			}
		}
	}()
	r.stream()
	return "ok"
}
