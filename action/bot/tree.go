package bot

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/google/go-github/v60/github"
	"golang.org/x/sync/errgroup"
)

// A library reads a repository's trees through the forge's API. Nothing is checked out:
// a listing and a file are asked for by git's id of them, once, since what has that id
// never changes, and whether a file is what it is said to be shows in the id. A large
// repository is read of a clone, if there are to be clones.
type library struct {
	*Bot
	client       *github.Client
	installation int64
	owner, name  string
	edits        map[string]edit // by commit

	mu    sync.Mutex
	err   error            // the first that the forge, and not the repository, is to blame for
	read  int              // bytes that were asked for
	clone *heldClone       // nil: it is read through the API
	lost  bool             // files are not to be had of the clone
	trees []*revision.Tree // the first that were read of the clone
}

// library returns what reads the repository of s, for one piece of work, which closes it
// at its end.
func (b *Bot) library(client *github.Client, s store.Subject) *library {
	owner, name, _ := strings.Cut(s.Repo, "/")
	return &library{Bot: b, client: client, installation: s.Installation, owner: owner, name: name}
}

// close lets go of what was held to read.
func (l *library) close() { l.dropClone() }

// Limits of what is read for one check.
const (
	maxFolders = 2_000     // listed one by one, where a listing of all is too long for the forge
	maxBytes   = 512 << 20 // of the files that are asked for
	maxArchive = 2 << 30   // bytes of an archive, unpacked
	manyBlobs  = 40        // from that many missing files on, an archive of all is asked for
	parallel   = 6         // requests at once
	keptAtOnce = 4 << 20   // bytes of files that are written down together
	maxListing = 4 << 20   // bytes of a listing that is kept
)

// failure returns what went wrong at the forge. What a check says then is not known to
// be so, and is not to be told.
func (l *library) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *library) fail(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
	}
	return err
}

// blame notes an error that is the forge's, unless what was asked for is not there.
func (l *library) blame(err error) error {
	if err == nil || gone(err) {
		return err
	}
	return l.fail(err)
}

func (l *library) repo() string { return l.owner + "/" + l.name }

// at returns the files at a commit.
func (l *library) at(ctx context.Context, commit string) (*revision.Tree, error) {
	if tree := l.cloned(ctx, commit, 0); tree != nil {
		return tree, nil
	}
	entries, more, err := l.listing(ctx, commit)
	if err == nil {
		files := len(entries)
		if more {
			files = revision.MaxFiles
		}
		if tree := l.cloned(ctx, commit, files); tree != nil {
			return tree, nil
		}
	}
	if err == nil && more {
		entries, err = l.walk(ctx, commit)
	}
	if err != nil {
		return nil, fmt.Errorf("the files of %s: %w", commit[:min(len(commit), 12)], err)
	}
	return revision.Listing{
		Name: revision.Label("", commit), Commit: commit, Entries: entries,
		Object: func(id string) ([]byte, error) { return l.object(ctx, id) },
		Warm:   func(ctx context.Context, entries []revision.Entry) error { return l.warm(ctx, commit, entries) },
	}.Tree(), nil
}

// listing lists the files of a commit. There are more where that is too much for one
// answer of the forge.
func (l *library) listing(ctx context.Context, commit string) (entries []revision.Entry, more bool, err error) {
	kept, err := l.Store.Object(ctx, l.repo(), store.Listing+commit)
	if err != nil {
		return nil, false, err
	}
	if kept != nil {
		entries, err = parseListing(kept)
		return entries, false, err
	}
	if entries, err = l.derive(ctx, commit); entries != nil || err != nil {
		return entries, false, err
	}
	tree, _, err := l.client.Git.GetTree(ctx, l.owner, l.name, commit, true)
	if err != nil || tree.GetTruncated() {
		return nil, true, err
	}
	if err := add(&entries, "", tree); err != nil {
		return nil, false, err
	}
	return entries, false, l.keepListing(ctx, commit, entries)
}

func (l *library) keepListing(ctx context.Context, commit string, entries []revision.Entry) error {
	text := writeListing(entries)
	if len(text) > maxListing {
		return nil
	}
	return l.Store.Keep(ctx, l.repo(), map[string][]byte{store.Listing + commit: text})
}

// walk lists folder by folder what is too much for one answer.
func (l *library) walk(ctx context.Context, commit string) (entries []revision.Entry, err error) {
	type folder struct{ prefix, id string }
	folders := []folder{{"", commit}}
	for n := 0; n < len(folders); n++ {
		if n == maxFolders {
			return nil, fmt.Errorf("the repository has more than %d folders and more files than the forge lists at once; serve --clones DIR reads such repositories", maxFolders)
		}
		f := folders[n]
		tree, _, err := l.client.Git.GetTree(ctx, l.owner, l.name, f.id, false)
		if err != nil {
			return nil, err
		}
		if tree.GetTruncated() {
			return nil, fmt.Errorf("the folder %q has more files than the forge lists", f.prefix)
		}
		if err := add(&entries, f.prefix, tree); err != nil {
			return nil, err
		}
		for _, e := range tree.Entries {
			if e.GetType() == "tree" {
				folders = append(folders, folder{f.prefix + e.GetPath() + "/", e.GetSHA()})
			}
		}
	}
	return entries, l.keepListing(ctx, commit, entries)
}

// add adds the files of one answer.
func add(entries *[]revision.Entry, prefix string, tree *github.Tree) error {
	for _, e := range tree.Entries {
		if e.GetType() == "tree" {
			continue
		}
		mode, err := strconv.ParseUint(e.GetMode(), 8, 32)
		if err != nil || !isSHA(e.GetSHA()) || strings.ContainsAny(e.GetPath(), "\x00") {
			return fmt.Errorf("the forge lists %q with the mode %q and the id %q", cut(e.GetPath(), 80), e.GetMode(), cut(e.GetSHA(), 80))
		}
		*entries = append(*entries, revision.Entry{Path: prefix + e.GetPath(), Blob: e.GetSHA(), Mode: uint32(mode)})
		if len(*entries) > revision.MaxFiles {
			return fmt.Errorf("the repository has more than %d files", revision.MaxFiles)
		}
	}
	return nil
}

// writeListing writes a listing: MODE SP ID SP PATH NUL for each file.
func writeListing(entries []revision.Entry) []byte {
	text := []byte{}
	for _, e := range entries {
		text = strconv.AppendUint(text, uint64(e.Mode), 8)
		text = append(append(append(append(append(text, ' '), e.Blob...), ' '), e.Path...), 0)
	}
	return text
}

func parseListing(text []byte) (entries []revision.Entry, err error) {
	for len(text) > 0 {
		record, rest, ok := bytes.Cut(text, []byte{0})
		parts := strings.SplitN(string(record), " ", 3)
		if !ok || len(parts) != 3 {
			return nil, errors.New("the copy of a listing is damaged")
		}
		mode, err := strconv.ParseUint(parts[0], 8, 32)
		if err != nil {
			return nil, errors.New("the copy of a listing is damaged")
		}
		entries = append(entries, revision.Entry{Path: parts[2], Blob: parts[1], Mode: uint32(mode)})
		text = rest
	}
	return entries, nil
}

// object returns a file by its id.
func (l *library) object(ctx context.Context, id string) ([]byte, error) {
	content, err := l.Store.Object(ctx, l.repo(), id)
	if err != nil {
		return nil, l.fail(err)
	}
	if content != nil && holds(id, content) {
		return content, nil
	}
	if content, err = l.fetch(ctx, id); err != nil {
		return nil, err
	}
	if err := l.Store.Keep(ctx, l.repo(), map[string][]byte{id: content}); err != nil {
		return nil, l.fail(err)
	}
	return content, nil
}

// fetch asks for a file.
func (l *library) fetch(ctx context.Context, id string) ([]byte, error) {
	blob, _, err := l.client.Git.GetBlob(ctx, l.owner, l.name, id)
	if tooLarge(err) {
		return nil, fmt.Errorf("the file is larger than the forge hands out; the most that is read is %d bytes", revision.MaxFile)
	}
	if err != nil {
		return nil, l.fail(fmt.Errorf("the file %s: %w", id[:12], err))
	}
	if blob.GetSize() > revision.MaxFile {
		return nil, fmt.Errorf("the file has %d bytes; the most that is read is %d", blob.GetSize(), revision.MaxFile)
	}
	content := []byte(blob.GetContent())
	if blob.GetEncoding() == "base64" {
		if content, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(blob.GetContent(), "\n", "")); err != nil {
			return nil, l.fail(fmt.Errorf("the file %s: %w", id[:12], err))
		}
	}
	if !holds(id, content) {
		return nil, l.fail(fmt.Errorf("the file %s: the forge's answer is another file, or a part of it", id[:12]))
	}
	return content, l.spend(len(content))
}

// tooLarge reports whether the forge keeps a file to itself for its size, which it says
// in the way in which it says that somebody may not read.
func tooLarge(err error) bool {
	answer, ok := errors.AsType[*github.ErrorResponse](err)
	return ok && slices.ContainsFunc(answer.Errors, func(e github.Error) bool { return e.Code == "too_large" })
}

// spend notes that bytes were asked for.
func (l *library) spend(n int) error {
	l.mu.Lock()
	l.read += n
	much := l.read > maxBytes
	l.mu.Unlock()
	if much {
		return l.fail(errTooMuch)
	}
	return nil
}

var errTooMuch = fmt.Errorf("more than %d MiB of files that may be contracts; breakwater.yaml can say which are", maxBytes>>20)

// holds reports whether content has git's id.
func holds(id string, content []byte) bool {
	var h hash.Hash = sha1.New()
	if len(id) == 2*sha256.Size {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil)) == id
}

// warm asks for files ahead: several at once, and for an archive of all if they are
// many. What cannot be had now is asked for again when it is read.
func (l *library) warm(ctx context.Context, commit string, entries []revision.Entry) error {
	missing, err := l.missing(ctx, entries)
	if err != nil || len(missing) == 0 {
		return err
	}
	if len(missing) >= manyBlobs && commit != "" {
		if err := l.unpack(ctx, commit, missing); err == nil {
			if missing, err = l.missing(ctx, entries); err != nil {
				return err
			}
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for id := range missing {
		g.Go(func() error {
			_, err := l.object(ctx, id)
			return err
		})
	}
	return g.Wait()
}

func (l *library) missing(ctx context.Context, entries []revision.Entry) (map[string]bool, error) {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.Blob
	}
	known, err := l.Store.Known(ctx, l.repo(), ids)
	if err != nil {
		return nil, l.fail(err)
	}
	missing := make(map[string]bool)
	for _, id := range ids {
		if !known[id] {
			missing[id] = true
		}
	}
	return missing, nil
}

// unpack takes files out of the forge's archive of a commit, which is one request for
// however many. The archive may hold another text than git does (export-subst), so it
// counts only where it has the id of a file that is wanted.
func (l *library) unpack(ctx context.Context, commit string, wanted map[string]bool) error {
	link, _, err := l.client.Repositories.GetArchiveLink(ctx, l.owner, l.name, github.Tarball, &github.RepositoryContentGetOptions{Ref: commit}, 0)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link.String(), nil)
	if err != nil {
		return err
	}
	resp, err := l.GitHub.plain.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the archive: %s", resp.Status)
	}
	unzipped, err := gzip.NewReader(resp.Body)
	if err != nil {
		return err
	}
	return l.takeFrom(ctx, tar.NewReader(io.LimitReader(unzipped, maxArchive)), wanted)
}

func (l *library) takeFrom(ctx context.Context, archive *tar.Reader, wanted map[string]bool) error {
	found, size := make(map[string][]byte), 0
	keep := func() error {
		err := l.Store.Keep(ctx, l.repo(), found)
		found, size = make(map[string][]byte), 0
		return err
	}
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return keep()
		}
		if err != nil {
			return err
		}
		if header.Typeflag != tar.TypeReg || header.Size > revision.MaxFile {
			continue
		}
		content, err := io.ReadAll(io.LimitReader(archive, revision.MaxFile))
		if err != nil {
			return err
		}
		id := idOf(content, wanted)
		if id == "" {
			continue
		}
		found[id] = content
		if err := l.spend(len(content)); err != nil {
			return err
		}
		if size += len(content); size > keptAtOnce {
			if err := keep(); err != nil {
				return err
			}
		}
	}
}

// idOf returns git's id of content, if it is wanted.
func idOf(content []byte, wanted map[string]bool) string {
	for _, h := range []hash.Hash{sha1.New(), sha256.New()} {
		fmt.Fprintf(h, "blob %d\x00", len(content))
		h.Write(content)
		if id := hex.EncodeToString(h.Sum(nil)); wanted[id] {
			return id
		}
	}
	return ""
}
