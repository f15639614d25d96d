package revision

import (
	"bufio"
	"bytes"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

var zeroID = strings.Repeat("0", 40)

// What a repository holds is up to whoever made it: no listing may break the
// promises of a file system, whatever its paths.
func FuzzTree(f *testing.F) {
	f.Add("100644 blob " + zeroID + "\ta/b\x00100644 blob " + zeroID + "\ta\x00120000 blob " + zeroID + "\tlink\x00")
	f.Add("100644 blob " + zeroID + "\t../x\x00160000 commit " + zeroID + "\tsub\x00100755 blob " + zeroID + "\ta\xff/.git/x\x00")
	f.Add("100644 blob " + zeroID + "\ta\x00100644 blob " + zeroID + "\ta\x00\x00")
	f.Fuzz(func(t *testing.T, out string) {
		entries, err := parseTree(out)
		if err != nil {
			return
		}
		tree := Listing{Entries: slices.Clone(entries), Object: func(string) ([]byte, error) { return nil, nil }}.Tree()
		if tree.Len()+len(tree.Left()) > len(entries) {
			t.Errorf("%d entries became %d files and %d that are left out", len(entries), tree.Len(), len(tree.Left()))
		}
		for file := range tree.Files() {
			if !fs.ValidPath(file.Path) || !tree.Has(file.Path) {
				t.Errorf("%q is listed", file.Path)
			}
			if _, err := tree.ReadFile(file.Path); err != nil {
				t.Error(err)
			}
		}
		if got := Changed(tree, tree); got != nil {
			t.Errorf("it differs from itself in %q", got)
		}
		err = fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error { return err })
		if err != nil {
			t.Error(err)
		}
	})
}

func FuzzParseFiles(f *testing.F) {
	f.Add("? new\x00H 100644 " + zeroID + " 0\tf\x00C 100644 " + zeroID + " 0\tf\x00")
	f.Add("M 100644 " + zeroID + " 1\tf\x00? nested/\x00S 100644 " + zeroID + " 0\tf\nf\x00")
	f.Add("H 100644\x00?\x00")
	f.Fuzz(func(t *testing.T, out string) {
		files, err := parseFiles(out)
		for _, file := range files {
			if err == nil && file.tag != tagOther && !isID(file.Blob) {
				t.Errorf("%q has the id %q", file.Path, file.Blob)
			}
		}
	})
}

func FuzzParseChanges(f *testing.F) {
	raw := ":100644 100644 " + zeroID + " " + zeroID + " M"
	f.Add(zeroID + "\x00" + raw + "\x00" + zeroID + "\x00" + raw + "\x00:b\x00")
	f.Add(raw + "\x00x\x00")
	f.Fuzz(func(t *testing.T, out string) {
		changed, err := parseChanges(out)
		for id := range changed {
			if err == nil && !isID(id) {
				t.Errorf("%q is no id", id)
			}
		}
	})
}

func FuzzParseCommit(f *testing.F) {
	f.Add([]byte("tree " + zeroID + "\nparent " + zeroID + "\nauthor A <a> 1 +0000\ncommitter B <b> 2 +0000\n\nSubject\n\nBody\n"))
	f.Add([]byte("committer >\n\n"))
	f.Add([]byte("committer 1"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parseCommit(text)
		if err == nil && (c.Time.Year() < 1970 || c.Time.Year() > 9999) {
			t.Errorf("it was made in %v", c.Time)
		}
		if strings.ContainsAny(c.Subject+c.Author, "\n\r\t") {
			t.Errorf("%q by %q is not one line", c.Subject, c.Author)
		}
	})
}

func FuzzReadObject(f *testing.F) {
	f.Add([]byte(zeroID + " blob 4\ntext\n"))
	f.Add([]byte("HEAD^{commit} missing\n"))
	f.Add([]byte("1234 ambiguous\n"))
	f.Add([]byte(zeroID + " blob 99999999999999999999\n"))
	f.Add([]byte(zeroID + " blob -1\n"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		obj, err := readObject(bufio.NewReader(bytes.NewReader(answer)))
		if err == nil && (!isID(obj.id) || len(obj.text) > len(answer)) {
			t.Errorf("got %q of %d bytes", obj.id, len(obj.text))
		}
	})
}
