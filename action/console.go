package action

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/breakwater-data/breakwater/checker/report"
)

// A console is the log of a workflow. The runner obeys what stands at the beginning
// of a line there, so all text goes through say or aside.
type console struct{ io.Writer }

// The escapes of a command's message and of its properties, as the runner undoes
// them.
var (
	inMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	inProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// say shows one message on the page of the run. The kind is error, warning or notice.
func (c console) say(kind, message string) {
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(message)) {
		lines = append(lines, report.Plain(strings.TrimRight(line, "\r\n")))
	}
	fmt.Fprintf(c, "::%s title=%s::%s\n", kind, inProperty.Replace("Breakwater"), inMessage.Replace(strings.Join(lines, "\n")))
}

// aside writes text of which the runner obeys nothing: no stranger can know the
// word that ends it.
func (c console) aside(text string) {
	token := random()
	fmt.Fprintf(c, "::stop-commands::%s\n%s\n::%s::\n", token, strings.TrimRight(text, "\n"), token)
}

// random returns a word that nobody can guess.
func random() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// short returns eight letters that stand for text.
func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}
