//go:build !unix

package revision

import (
	"io/fs"
	"os"
)

// readFile reads the file name, not larger than MaxFile.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

// lstatMode returns the kind of what is at name itself.
func lstatMode(name string) (fs.FileMode, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return 0, err
	}
	return info.Mode().Type(), nil
}
