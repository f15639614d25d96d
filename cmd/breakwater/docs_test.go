package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

// docs is the folder of the documentation, as an absolute path: scripts run elsewhere.
var docs, _ = filepath.Abs(filepath.Join("..", "..", "docs"))

// A codeBlock is a fenced block of a page. A comment <!-- block: NAME --> before it
// names it.
type codeBlock struct{ name, language, text string }

func blocks(page string) []codeBlock {
	var all []codeBlock
	var name string
	open := false
	for line := range strings.Lines(page) {
		trimmed := strings.TrimSpace(line)
		fence, fenced := strings.CutPrefix(trimmed, "```")
		switch {
		case fenced && open:
			open = false
		case fenced:
			all = append(all, codeBlock{name: name, language: fence})
			open, name = true, ""
		case open:
			all[len(all)-1].text += line
		case strings.HasPrefix(trimmed, "<!-- block: "):
			name = strings.TrimSuffix(strings.TrimPrefix(trimmed, "<!-- block: "), " -->")
		}
	}
	return all
}

// pages returns the project's Markdown, by name.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	names := []string{filepath.Join("..", "..", "README.md")}
	err := filepath.WalkDir(docs, func(name string, _ fs.DirEntry, err error) error {
		if filepath.Ext(name) == ".md" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = string(text)
	}
	return all
}

// Every command that the documentation shows is one that the program takes.
func TestDocumentedCommands(t *testing.T) {
	shown := 0
	for page, text := range pages(t) {
		for _, b := range blocks(text) {
			for line := range strings.Lines(b.text) {
				for _, args := range commands(line) {
					shown++
					if err := accepts(args); err != nil {
						t.Errorf("%s: breakwater %s: %v", page, strings.Join(args, " "), err)
					}
				}
			}
		}
	}
	if shown < 10 {
		t.Errorf("only %d commands were found", shown)
	}
}

func TestHookCommand(t *testing.T) {
	var hooks []struct{ ID, Entry string }
	text, err := os.ReadFile(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	if err == nil {
		err = yaml.Unmarshal(text, &hooks)
	}
	if err != nil || len(hooks) == 0 {
		t.Fatalf("%d hooks; %v", len(hooks), err)
	}
	for _, h := range hooks {
		found := commands(h.Entry)
		if len(found) != 1 {
			t.Fatalf("hook %s runs %q", h.ID, h.Entry)
		}
		if err := accepts(found[0]); err != nil {
			t.Errorf("hook %s: %v", h.ID, err)
		}
	}
}

func TestAcceptsWhatTheProgramTakes(t *testing.T) {
	tests := []struct {
		line string
		want bool
	}{
		{"breakwater check --base main && echo done", true},
		{"$ breakwater explain RULE   # why", true},
		{"go run ./cmd/breakwater demo", true},
		{"breakwater check --base", false},
		{"breakwater chek", false},
		{"breakwater check --stagd", false},
		{"breakwater check --output xml=report", false},
		{"breakwater init --format gitlub", false},
		{"breakwater doctor one two", false},
	}
	for _, tt := range tests {
		found := commands(tt.line)
		if len(found) != 1 {
			t.Errorf("%s: %d commands", tt.line, len(found))
		} else if err := accepts(found[0]); (err == nil) != tt.want {
			t.Errorf("%s: %v", tt.line, err)
		}
	}
}

// commands returns the arguments of each call of breakwater in a line of shell.
func commands(line string) [][]string {
	var all [][]string
	line, _, _ = strings.Cut(line, " #")
	words := strings.Fields(line)
	for i, word := range words {
		if word != "breakwater" && word != "./cmd/breakwater" || i+1 == len(words) || i > 0 && words[i-1] == "install" {
			continue
		}
		var args []string
		for _, arg := range words[i+1:] {
			if strings.Trim(arg, "&|;") == "" {
				break
			}
			args = append(args, strings.Trim(arg, `"'`))
		}
		all = append(all, args)
	}
	return all
}

// accepts holds arguments against the command that they name: its flags, how many
// there are, and the formats.
func accepts(args []string) error {
	e := quiet()
	root := (&cli{env: e}).root()
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if cmd == root {
		return usagef("there is no such command")
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		return err
	}
	return knownFormats(cmd)
}

func knownFormats(cmd *cobra.Command) error {
	known := report.Writers(report.Options{})
	var formats []string
	if format, err := cmd.Flags().GetString("format"); err == nil && cmd.Flags().Changed("format") {
		formats = append(formats, format)
	}
	outputs, _ := cmd.Flags().GetStringArray("output") // not every command has it
	for _, o := range outputs {
		format, _, _ := strings.Cut(o, "=")
		formats = append(formats, format)
	}
	for _, format := range formats {
		if _, ok := known[format]; !ok {
			return usagef("there is no format %q", format)
		}
	}
	return nil
}

// What the page on imports shows is a configuration that we take.
func TestDocumentedImports(t *testing.T) {
	i := slices.IndexFunc(blocks(pages(t)["imports.md"]), func(b codeBlock) bool { return b.language == "yaml" })
	if i < 0 {
		t.Fatal("the page shows no configuration")
	}
	text := blocks(pages(t)["imports.md"])[i].text
	config, errs := policy.Read(revision.Memory("docs", map[string][]byte{policy.File: []byte(text)}), policy.File, policy.Known{}, nil)
	if len(errs) > 0 || len(config.Imports) != len(consumer.Kinds()) {
		t.Errorf("%d imports, %v", len(config.Imports), errs)
	}
}
