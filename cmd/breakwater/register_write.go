package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/report"
	"golang.org/x/term"
)

// write adds d to the file, or makes it. What stands there stays.
func (r *register) write(home site, d files.Draft) error {
	was, err := home.top.ReadFile(r.output)
	isNew := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !isNew:
		return usagef("%s cannot be read: %w", r.output, err)
	case !isNew:
		uses, err := files.Parse(r.output, was)
		if err != nil {
			return usageError{err}
		}
		for _, u := range uses {
			if u.Port == d.Port && u.ContractID == d.Contract {
				return r.compare(u, d)
			}
		}
	case d.Consumer.ID == "":
		if d.Consumer.ID, err = r.ask("What is this consumer called? "); err != nil || d.Consumer.ID == "" {
			return errors.Join(err, usagef("what this consumer is called cannot be told from the repository; say --consumer TEAM.JOB"))
		}
	}
	text := files.New(d)
	if !isNew {
		if text, err = files.Add(r.output, was, d); err != nil {
			return usagef("%s is not changed: %w\n%s", r.output, err, files.New(d))
		}
	}
	if r.dry {
		_, err := r.stdout.Write(text)
		return err
	}
	if isNew && r.id == "" && !r.asked {
		answer, err := r.ask(fmt.Sprintf("Write this to %s as %s? [Y/n] ", r.output, report.Plain(d.Consumer.ID)))
		if err == nil && strings.HasPrefix(strings.ToLower(answer), "n") {
			_, err = fmt.Fprintln(r.stdout, "nothing was written; --consumer says who it is for, --dry-run prints the file")
			return err
		}
		if err != nil {
			return err
		}
	}
	if isNew {
		err = writeNew(home.top, r.output, string(text))
	} else {
		err = replace(home.top, r.output, text)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.stdout, "wrote %s; look it over, add what you rely on, and commit it\n", r.output)
	return err
}

// compare says what of d an entry that is there does not have. It may be written by
// hand, and stays as it is.
func (r *register) compare(u consumer.Use, d files.Draft) error {
	missing := d
	missing.Fields = nil
	for _, f := range d.Fields {
		has := func(n consumer.Need) bool {
			return strings.HasSuffix("."+f.Path, "."+string(n.Path)) || strings.HasPrefix(f.Path, string(n.Path)+".")
		}
		if !slices.ContainsFunc(u.Fields, has) {
			missing.Fields = append(missing.Fields, f)
		}
	}
	all := len(u.Fields) == 0 || u.SelectAll
	switch {
	case all && d.SelectAll, !d.SelectAll && len(missing.Fields) == 0:
		fmt.Fprintf(r.stdout, "%s: the registration covers all that was seen\n", u.Span)
	case d.SelectAll:
		fmt.Fprintf(r.stdout, "%s: the registration lists fields, and %s selects all of them; it should say select: \"*\"\n", u.Span, report.Plain(d.Star))
	case all:
		fmt.Fprintf(r.stdout, "%s: the registration counts for every field; seen were only\n%s", u.Span, indent(d.Needs()))
	default:
		fmt.Fprintf(r.stdout, "%s: the registration stays as it is; it lacks what was seen\n%s", u.Span, indent(missing.Needs()))
	}
	return nil
}

// replace writes a file anew: it has its old text or its new one, and nothing between.
func replace(top *os.Root, name string, text []byte) error {
	info, err := top.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", name)
	}
	if err != nil {
		return usageError{err}
	}
	temporary := name + ".new"
	if err := writeNew(top, temporary, string(text)); err != nil {
		return err
	}
	if err := top.Rename(temporary, name); err != nil {
		return errors.Join(usageError{err}, top.Remove(temporary))
	}
	return nil
}

// asks reports whether somebody sits there who can be asked.
func (r *register) asks() bool {
	f, ok := r.stdin.(*os.File)
	return ok && !r.yes && !r.dry && term.IsTerminal(int(f.Fd()))
}

// ask asks the one question that there is. It is not asked where nobody sits, and the
// answer is empty then.
func (r *register) ask(question string) (string, error) {
	if !r.asks() || r.asked {
		return "", nil
	}
	r.asked = true
	fmt.Fprint(r.stderr, question)
	line, err := bufio.NewReader(io.LimitReader(r.stdin, 1000)).ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimSpace(line), err
}
