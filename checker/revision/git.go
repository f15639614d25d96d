package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
)

// A git runs git's plumbing for one repository.
type git struct {
	dir string // where it runs: the top of the work tree, or the git directory
	env []string

	started atomic.Int32 // processes, for tests
}

// fixed keeps a repository's configuration and the user's from running other
// programs, asking questions, or changing what is printed.
var fixed = []string{
	"--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
	"-c", "core.fsmonitor=false",
	"-c", "core.hooksPath=" + os.DevNull,
	"-c", "protocol.ext.allow=never",
	"-c", "submodule.recurse=false",
	"-c", "fetch.recurseSubmodules=false",
	"-c", "gc.auto=0",
	"-c", "maintenance.auto=false",
}

// location lists the variables that say where a repository is. Git sets them for
// the hooks that it runs.
var location = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE", "GIT_IMPLICIT_WORK_TREE",
}

// kept lists what else of git's own variables is the user's to say: which
// configuration counts, how to reach a remote, where to stop looking. An entry that ends
// in _ is a prefix. All other GIT_ variables are dropped, for they change what git
// prints or how it reads its arguments.
var kept = []string{
	"GIT_CONFIG_", "GIT_SSH", "GIT_SSH_", "GIT_SSL_", "GIT_HTTP_", "GIT_ASKPASS", "GIT_ALLOW_PROTOCOL", "GIT_PROXY_COMMAND",
	"GIT_CURL_", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM",
}

// environ returns the variables of env that git is to see. Without located, it
// has to find the repository by itself.
func environ(env []string, located bool) []string {
	clean := make([]string, 0, len(env)+2)
	for _, v := range env {
		name, _, _ := strings.Cut(v, "=")
		keep := !strings.HasPrefix(name, "GIT_") && name != "LC_ALL" ||
			located && slices.Contains(location, name) ||
			slices.ContainsFunc(kept, func(k string) bool { return name == k || strings.HasSuffix(k, "_") && strings.HasPrefix(name, k) })
		if keep {
			clean = append(clean, v)
		}
	}
	return append(clean, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0") // we read git's messages
}

func (g *git) command(ctx context.Context, args ...string) *exec.Cmd {
	g.started.Add(1)
	cmd := exec.CommandContext(ctx, "git", append(slices.Clip(fixed), args...)...)
	cmd.Dir, cmd.Env = g.dir, g.env
	cmd.WaitDelay = time.Second // a fetch that git started may outlive it
	return cmd
}

// run returns what a git command prints.
func (g *git) run(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	out, _, err := g.output(ctx, stdin, args...)
	return out, err
}

// output also returns what git says beside it, such as warnings.
func (g *git) output(ctx context.Context, stdin []byte, args ...string) (out, said []byte, err error) {
	cmd := g.command(ctx, args...)
	stdout, stderr := limited{max: MaxOutput}, limited{max: maxMessage, cut: true}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if len(stdin) > 0 {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		err = fmt.Errorf("git %s: %w", args[0], context.Cause(ctx))
	case stdout.over:
		err = &Error{Err: fmt.Errorf("git %s prints more than %d bytes", args[0], MaxOutput)}
	case err != nil:
		err = gitError(args[0], err, stderr.buf.Bytes())
	}
	return stdout.buf.Bytes(), stderr.buf.Bytes(), err
}

// maxMessage is how much is kept of what git says beside its output: a line for
// each folder that it could not list, for instance. maxShown is how much of it an
// error shows.
const (
	maxMessage = 1 << 20
	maxShown   = 1000
)

// A limited is a buffer that takes max bytes. More is an error, or dropped if cut.
// It has no method but Write, so nothing goes around it.
type limited struct {
	buf  bytes.Buffer
	max  int
	cut  bool
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	room := l.max - l.buf.Len()
	l.over = l.over || len(p) > room
	l.buf.Write(p[:min(len(p), room)])
	if l.over && !l.cut {
		return room, errors.New("too much output")
	}
	return len(p), nil
}

// gitError makes an error of a command that failed, in git's own words.
func gitError(command string, err error, stderr []byte) *Error {
	if errors.Is(err, exec.ErrNotFound) {
		return &Error{errors.New("git is not installed, or not in PATH"), "install git 2.25 or later"}
	}
	said := message(stderr[:min(len(stderr), maxShown)])
	if _, exited := errors.AsType[*exec.ExitError](err); !exited || said == "" {
		said = strings.TrimSpace(err.Error() + " " + said)
	}
	e := &Error{Err: gitFailed{fmt.Sprintf("git %s: %s", command, said), exitCode(err)}}
	switch {
	case strings.Contains(said, "dubious ownership"), strings.Contains(said, "unsafe repository"):
		e.Hint = "if you trust it, run: git config --global --add safe.directory " + quote(between(said, "'", "'"))
	case strings.Contains(said, "from promisor remote"):
		e.Hint = "this is a partial clone, and git could not fetch what it left behind; check the network and the remote"
	}
	return e
}

// A gitFailed is a git command that ended with an error.
type gitFailed struct {
	message string
	code    int
}

func (e gitFailed) Error() string { return e.message }

// isExit reports whether err is git ending with code.
func isExit(err error, code int) bool {
	e, ok := errors.AsType[gitFailed](err)
	return ok && e.code == code
}

func exitCode(err error) int {
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.ExitCode()
	}
	return -1
}

// message makes one line of what git said: without its prefixes, and without
// the control characters that a server could have put there.
func message(stderr []byte) string {
	var parts []string
	for line := range strings.Lines(strings.ToValidUTF8(string(stderr), "?")) {
		line = strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, line))
		for _, prefix := range []string{"fatal: ", "error: "} {
			line = strings.TrimPrefix(line, prefix)
		}
		if line != "" && !slices.Contains(parts, line) {
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, "; ")
}

// between returns the text of s between the first open and the next end.
func between(s, open, end string) string {
	_, s, _ = strings.Cut(s, open)
	s, _, _ = strings.Cut(s, end)
	return s
}

// quote makes one word of s for a shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-./:@+=,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// absolute makes the paths in the location variables of env independent of the
// folder in which git runs. GIT_INDEX_FILE stays: git counts it from the top of
// the work tree, which is where we run.
func absolute(env []string) []string {
	for i, v := range env {
		name, value, _ := strings.Cut(v, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY":
			if path, err := filepath.Abs(value); err == nil && value != "" {
				env[i] = name + "=" + path
			}
		}
	}
	return env
}
