// Package index remembers across runs what files say, so that a run reads only those
// that changed.
//
// An entry is what one content of one file said to one version of the program; the
// key tells all of that apart, so an entry never goes stale, it only falls out of
// use. An index that was damaged, or that another version wrote, is an empty one.
package index

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"sync"
)

// Limits of an index on disk.
const (
	MaxBytes = 256 << 20
	maxIdle  = 20 // runs that an entry outlives without being asked for
)

// An Index is what earlier runs read. The nil Index remembers nothing; the zero Index
// is empty. It is safe for concurrent use.
type Index struct {
	mu      sync.Mutex
	entries map[string]*entry
	changed bool // there is something to save
	strings map[string]string
	layouts map[reflect.Type]string
}

type entry struct {
	data []byte // encoded
	idle uint64 // runs since it was asked for
	used bool   // in this run
}

// Len returns how many entries there are.
func (x *Index) Len() int {
	if x == nil {
		return 0
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.entries)
}

// Get returns what is known under key. A T of another shape is another entry.
func Get[T any](x *Index, key string) (said T, ok bool) {
	if x == nil {
		return said, false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	key = x.layout(reflect.TypeFor[T]()) + key
	e := x.entries[key]
	if e == nil {
		return said, false
	}
	if x.strings == nil {
		x.strings = make(map[string]string)
	}
	if !decode(e.data, x.strings, &said) {
		delete(x.entries, key)
		return *new(T), false
	}
	e.used = true
	return said, true
}

// Put notes what was read under key.
func Put[T any](x *Index, key string, said T) {
	if x == nil {
		return
	}
	data := encode(&said)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.entries == nil {
		x.entries = make(map[string]*entry)
	}
	x.entries[x.layout(reflect.TypeFor[T]())+key] = &entry{data: data, used: true}
	x.changed = true
}

// layout tells the shapes of what is remembered apart: a field that is added or moved
// makes another.
func (x *Index) layout(t reflect.Type) string {
	l, ok := x.layouts[t]
	if !ok {
		if x.layouts == nil {
			x.layouts = make(map[reflect.Type]string)
		}
		l = layout(t)
		x.layouts[t] = l
	}
	return l
}

// magic begins an index. What follows is the writer's name, the entries, and the
// digest of it all.
const magic = "breakwater index 2\n"

// Read reads what [Index.Write] wrote under the same name, which tells versions of the
// program apart. It returns an empty index for anything else.
func Read(data []byte, name string) *Index {
	x := &Index{entries: make(map[string]*entry)}
	head := fmt.Sprintf("%s%q\n", magic, name)
	n := len(data) - sha256.Size
	if n < len(head) || len(data) > MaxBytes || string(data[:len(head)]) != head {
		return x
	}
	if sum := sha256.Sum256(data[:n]); !bytes.Equal(sum[:], data[n:]) {
		return x
	}
	r := reader{data: data[len(head):n]}
	for len(r.data) > 0 && !r.bad {
		key, idle, content := r.bytes(), r.uvarint(), r.bytes()
		if !r.bad {
			x.entries[string(key)] = &entry{data: content, idle: idle}
		}
	}
	return x
}

// Changed reports whether there is something that the index on disk does not have.
func (x *Index) Changed() bool {
	if x == nil {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.changed
}

// Write writes x, without what nobody asked for in a long time.
func (x *Index) Write(w io.Writer, name string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := fmt.Appendf(nil, "%s%q\n", magic, name)
	for _, key := range slices.Sorted(maps.Keys(x.entries)) {
		e := x.entries[key]
		idle := e.idle + 1
		if e.used {
			idle = 0
		}
		if idle > maxIdle || len(out)+len(key)+len(e.data) > MaxBytes-1024 {
			continue
		}
		out = appendBytes(out, []byte(key))
		out = binary.AppendUvarint(out, idle)
		out = appendBytes(out, e.data)
	}
	sum := sha256.Sum256(out)
	_, err := w.Write(append(out, sum[:]...))
	return err
}
