package revision

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"
	"strings"
)

// maxFolders is how deep in folders a file may lie for TreeID; git itself stops at half
// of that (core.maxTreeDepth).
const maxFolders = 4096

// TreeID returns the id that git gives to the tree of these entries, which it may
// reorder: listings of the same id agree in paths, modes and contents. It is of the
// hash that the ids of the entries are of. It is empty if an entry has no id, or lies
// too deep.
func TreeID(entries []Entry) string {
	slices.SortFunc(entries, byPath) // which is git's order: a folder's name ends in "/" for it, too
	newHash := sha1.New
	if len(entries) > 0 && len(entries[0].Blob) == 2*sha256.Size {
		newHash = sha256.New
	}
	return hex.EncodeToString(treeID(newHash, entries, 0, maxFolders))
}

// treeID hashes one folder, whose name takes up the first bytes of each path; nil: it has
// no id.
func treeID(newHash func() hash.Hash, entries []Entry, folder, deeper int) []byte {
	var text []byte
	for len(entries) > 0 {
		first, n := entries[0], 1
		name, _, isFolder := strings.Cut(first.Path[folder:], "/")
		id, err := hex.DecodeString(first.Blob)
		if isFolder && deeper > 0 {
			inside := folder + len(name) + 1
			for n < len(entries) && strings.HasPrefix(entries[n].Path, first.Path[:inside]) {
				n++
			}
			first.Mode, id = modeFolder, treeID(newHash, entries[:n], inside, deeper-1)
		}
		if len(id) == 0 || err != nil || isFolder && deeper == 0 {
			return nil
		}
		text = strconv.AppendUint(text, uint64(first.Mode), 8)
		text = append(append(append(append(text, ' '), name...), 0), id...)
		entries = entries[n:]
	}
	h := newHash()
	h.Write([]byte("tree " + strconv.Itoa(len(text)) + "\x00"))
	h.Write(text)
	return h.Sum(nil)
}
