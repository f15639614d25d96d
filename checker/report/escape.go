package report

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxWord is how many bytes of a stranger's text are shown in one place.
const maxWord = 300

// prose writes text so that Markdown shows it as it is: nothing in it is markup,
// HTML, a link, a mention of somebody or a reference to an issue.
func prose(text string) string {
	text = cut(Plain(text))
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '&' || r == '<' || r == '>':
			b.WriteString(html.EscapeString(string(r)))
		case strings.ContainsRune("\\`*_[]|~", r):
			b.WriteString(`\` + string(r))
		case r == '@' || r == '#':
			b.WriteString(string(r) + apart)
		case (r == ':' || r == '.' || r == '-') && linksAt(text, i):
			b.WriteString(string(r) + apart)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// apart is a character of no width, which keeps a forge from reading what stands
// on both sides of it as one.
const apart = "\u200b"

// htmlText writes text for a place where HTML is read and Markdown is not.
func htmlText(text string) string {
	return strings.NewReplacer("@", "@"+apart, "#", "#"+apart).Replace(html.EscapeString(cut(Plain(text))))
}

// linksAt reports whether the character at i is where a forge would begin to read
// an address or the number of an issue: http://, www., GH-1.
func linksAt(text string, i int) bool {
	before := strings.ToLower(text[:i])
	switch text[i] {
	case ':':
		return strings.HasPrefix(text[i:], "://") || strings.HasSuffix(before, "mailto") || strings.HasSuffix(before, "xmpp")
	case '.':
		return strings.HasSuffix(before, "www")
	}
	return strings.HasSuffix(before, "gh")
}

// code writes text as a code span that nothing in it ends, neither in a line nor in
// a cell of a table.
func code(text string) string {
	text = strings.TrimSpace(cut(command(Plain(text))))
	if text == "" {
		return ""
	}
	text = strings.ReplaceAll(text, "|", "\u2223") // an escaped one shows its backslash outside of tables
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// longestRun returns how many c stand in a row at most.
func longestRun(text string, c byte) (longest int) {
	run := 0
	for i := range len(text) {
		if run++; text[i] != c {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

func cut(text string) string {
	if len(text) <= maxWord {
		return text
	}
	end := maxWord
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// fileURL is where a forge shows a line of a file at a commit, empty if it is not
// known.
func fileURL(repository, commit, file string, line int) string {
	if repository == "" || commit == "" || file == "" {
		return ""
	}
	steps := strings.Split(file, "/")
	for i, step := range steps {
		// What parses as Markdown is escaped, too.
		steps[i] = strings.NewReplacer("(", "%28", ")", "%29", "*", "%2A", "_", "_").Replace(url.PathEscape(step))
	}
	at := ""
	if line > 0 {
		at = fmt.Sprintf("#L%d", line)
	}
	return repository + "/blob/" + url.PathEscape(commit) + "/" + strings.Join(steps, "/") + at
}

// upper begins a sentence.
func upper(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return strings.ToUpper(string(r)) + text[size:]
}
