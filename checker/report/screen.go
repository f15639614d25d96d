package report

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// A color is a set of ANSI attributes.
type color uint8

const (
	bold color = 1 << iota
	dim
	red
	green
	yellow
	cyan
)

var ansi = map[color]string{bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36"}

// A screen is text of a certain width. What it is given is written as it is: a
// caller passes a contract's text through [Plain] first.
type screen struct {
	Options
	bytes.Buffer
}

func newScreen(o Options) *screen {
	o.Width = max(min(cmp.Or(o.Width, 100), 140), 60)
	return &screen{Options: o}
}

// paint colours text, if colours are wanted.
func (s *screen) paint(c color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	var codes []string
	for _, attribute := range []color{bold, dim, red, green, yellow, cyan} {
		if c&attribute != 0 {
			codes = append(codes, ansi[attribute])
		}
	}
	return "\x1b[" + strings.Join(codes, ";") + "m" + text + "\x1b[0m"
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// width returns how many columns text takes.
func width(text string) int { return displaywidth.String(escapes.ReplaceAllString(text, "")) }

func (s *screen) line(indent int, format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	s.WriteString(command(strings.Repeat(" ", indent)+text) + "\n")
}

// sides writes left, and right at the right margin of its first line. What is too
// wide for the line goes on below, from hang on.
func (s *screen) sides(left, right string, hang int) {
	room := s.Width - width(right) - 2
	line, rest := left, ""
	if width(left) > room {
		line = ""
		all := words(left)
		for i, word := range all {
			if width(line)+width(strings.TrimRight(word, " ")) > room && i > 0 {
				rest = strings.Join(all[i:], "")
				break
			}
			line += word
		}
	}
	line = strings.TrimRight(line, " ")
	if gap := s.Width - width(line) - width(right); gap > 0 {
		line += strings.Repeat(" ", gap)
	}
	s.line(0, "%s%s", line, right)
	if rest != "" {
		s.wrapped(hang, hang, rest)
	}
}

// wrapped writes text from indent on, and what does not fit into further lines
// from hang on.
func (s *screen) wrapped(indent, hang int, text string) {
	line, empty := strings.Repeat(" ", indent), true
	for _, word := range words(text) {
		if !empty && width(line)+width(strings.TrimRight(word, " ")) > s.Width {
			s.line(0, "%s", line)
			line = strings.Repeat(" ", hang)
		}
		line += word
		empty = false
	}
	if !empty {
		s.line(0, "%s", line)
	}
}

// words splits text before each word, so that the spaces between them are kept.
func words(text string) []string {
	var all []string
	start := 0
	for i := 1; i < len(text); i++ {
		if text[i-1] == ' ' && text[i] != ' ' {
			all = append(all, text[start:i])
			start = i
		}
	}
	return append(all, text[start:])
}

// code writes a line of a contract, cut to the width.
func (s *screen) code(indent int, number, line string) {
	room := s.Width - indent - len(number) - 3
	s.line(indent, "%s %s %s", s.paint(dim, number), s.paint(dim, "│"), displaywidth.TruncateString(plainCode(line), room, "…"))
}

// carets marks what stands under before in a line.
func (s *screen) carets(indent int, before, marked string) {
	tab := func(text string) int { return displaywidth.String(plainCode(text)) }
	room := s.Width - indent - 8 - tab(before)
	if n := min(max(tab(marked), 1), room); n > 0 {
		s.line(indent, "%s %s %s%s", "     ", s.paint(dim, "│"), strings.Repeat(" ", tab(before)), s.paint(red, strings.Repeat("^", n)))
	}
}
