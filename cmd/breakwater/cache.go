package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/breakwater-data/breakwater/checker/index"
	"github.com/spf13/cobra"
)

// noCache is what --cache and BREAKWATER_CACHE say for none.
const noCache = "off"

// remember adds the flag that says where to keep what was read.
func (c *cli) remember(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.cache, "cache", "", "the folder that keeps what was read of files, or off (default: BREAKWATER_CACHE, else the user's)")
}

// index returns what earlier runs read of the files of the repository at
// root, and a function that keeps what this run read. A folder that cannot be read or
// written costs time and nothing else.
func (c *cli) index(root string) (x *index.Index, keep func()) {
	dir := c.cache
	for _, other := range []string{c.getenv("BREAKWATER_CACHE"), c.caches} {
		if dir == "" {
			dir = other
		}
	}
	if dir == "" || dir == noCache {
		return nil, func() {}
	}
	if abs, err := filepath.Abs(root); err == nil {
		root = abs
	}
	file := filepath.Join(dir, fmt.Sprintf("files-%x", sha256.Sum256([]byte(root)))[:len("files-")+16])
	name := build()
	x = new(index.Index)
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Size() <= index.MaxBytes {
		if data, err := os.ReadFile(file); err == nil {
			x = index.Read(data, name)
		}
	}
	return x, func() {
		if x.Changed() {
			_ = save(file, func(b *bytes.Buffer) error { return x.Write(b, name) })
		}
	}
}

// save writes a file at once: another process sees what was there before, or all of
// it.
func save(file string, write func(*bytes.Buffer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(file)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// build tells apart the programs that read registrations, also those that were built
// while somebody worked on them.
func build() string {
	name := tool().Version
	if name != "devel" {
		return name
	}
	if path, err := os.Executable(); err == nil {
		if info, err := os.Stat(path); err == nil {
			return fmt.Sprintf("devel %d %d", info.Size(), info.ModTime().UnixNano())
		}
	}
	return name
}
