package revision

import (
	"fmt"
	"strconv"
	"strings"
)

// parseTree reads what `git ls-tree -r -z` prints, for each path
//
//	<mode> SP <type> SP <id> TAB <path> NUL
func parseTree(out string) ([]Entry, error) {
	entries := make([]Entry, 0, strings.Count(out, "\x00"))
	for record := range records(out) {
		facts, path, ok := strings.Cut(record, "\t")
		mode, rest, ok1 := strings.Cut(facts, " ")
		_, id, ok2 := strings.Cut(rest, " ")
		m, err := parseMode(mode)
		if !ok || !ok1 || !ok2 || err != nil || !isID(id) {
			return nil, notUnderstood("ls-tree", record)
		}
		entries = append(entries, Entry{Path: path, Blob: id, Mode: m})
		if len(entries) > MaxFiles {
			return nil, fmt.Errorf("more than %d files", MaxFiles)
		}
	}
	return entries, nil
}

// A staged is a line of the index, or a file that is not in it.
type staged struct {
	Entry
	tag   byte // see tags
	stage byte // '0', or a side of a conflict: '1', '2', '3'
}

// The tags of `git ls-files -t`. A path of the index is printed as tagCached,
// tagSparse or tagUnmerged, and again with tagRemoved or tagModified if the disk
// holds something else.
const (
	tagCached   = 'H'
	tagSparse   = 'S' // not checked out, on purpose
	tagUnmerged = 'M'
	tagRemoved  = 'R'
	tagModified = 'C'
	tagOther    = '?' // untracked
)

// parseFiles reads what `git ls-files -z -s -t` prints, for each path one of
//
//	<tag> SP <mode> SP <id> SP <stage> TAB <path> NUL
//	? SP <path> NUL
func parseFiles(out string) ([]staged, error) {
	files := make([]staged, 0, strings.Count(out, "\x00"))
	for record := range records(out) {
		if len(record) < 3 || record[1] != ' ' {
			return nil, notUnderstood("ls-files", record)
		}
		f := staged{tag: record[0]}
		if f.tag == tagOther {
			f.Path = record[2:]
		} else if err := f.parse(record[2:]); err != nil {
			return nil, notUnderstood("ls-files", record)
		}
		files = append(files, f)
		if len(files) > 3*MaxFiles {
			return nil, fmt.Errorf("more than %d files", MaxFiles)
		}
	}
	return files, nil
}

func (f *staged) parse(record string) error {
	facts, path, ok := strings.Cut(record, "\t")
	mode, rest, _ := strings.Cut(facts, " ")
	id, stage, _ := strings.Cut(rest, " ")
	if !ok || !isID(id) || len(stage) != 1 {
		return strconv.ErrSyntax
	}
	m, err := parseMode(mode)
	f.Entry, f.stage = Entry{Path: path, Blob: id, Mode: m}, stage[0]
	return err
}

// records yields the stretches of out that end in NUL.
func records(out string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for out != "" {
			var record string
			record, out, _ = strings.Cut(out, "\x00")
			if !yield(record) {
				return
			}
		}
	}
}

func parseMode(octal string) (uint32, error) {
	mode, err := strconv.ParseUint(octal, 8, 32)
	return uint32(mode), err
}

func notUnderstood(command, record string) error {
	return fmt.Errorf("git %s: a line that is not understood: %q", command, record)
}
