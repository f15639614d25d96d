package consumer

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
)

// maxMentions bounds the names that one text can mention.
const maxMentions = 20_000

// mentions lists every name in text[from:to] as a table that is read whole. Words of
// the language are among them, and name no table that a port serves.
func mentions(file string, text []byte, lines *source.Lines, from, to int, why string) []TableRead {
	var reads []TableRead
	seen := make(map[string]bool)
	for i := from; i < to && len(reads) < maxMentions; {
		end := nameEnd(text[:to], i)
		if end == i {
			i++
			continue
		}
		name := string(text[i:end])
		if t := ParseTable(name); t != nil && !seen[strings.ToLower(name)] {
			seen[strings.ToLower(name)] = true
			reads = append(reads, TableRead{Table: t, All: true, Why: why, Guess: true, Span: source.Span{File: file, Start: lines.Pos(i), End: lines.Pos(end)}})
		}
		i = end
	}
	return reads
}

// nameEnd returns where the name at i ends: plain or quoted parts with dots between
// them. It is i if none begins there.
func nameEnd(text []byte, i int) int {
	for {
		end := partEnd(text, i)
		if end == i || end >= len(text)-1 || text[end] != '.' || partEnd(text, end+1) == end+1 {
			return end
		}
		i = end + 1
	}
}

func partEnd(text []byte, i int) int {
	if end := closing(text[i]); end != 0 {
		for j := i + 1; j < len(text) && j-i <= maxName && text[j] != '\n'; j++ {
			if text[j] == end {
				return j + 1
			}
		}
		return i
	}
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '$', c == '-', c >= 0x80:
		default:
			return i
		}
	}
	return i
}
