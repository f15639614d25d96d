package avro

import (
	"bytes"
	"encoding/binary"

	"github.com/breakwater-data/breakwater/checker/source"
)

// magic begins every object container file (specification, "Object Container Files").
var magic = [...]byte{'O', 'b', 'j', 1}

func isContainer(text []byte) bool { return bytes.HasPrefix(text, magic[:]) }

// maxMetadata is how many entries of a header are read: writers put in a handful.
const maxMetadata = 10_000

// headerOf returns the schema in the header of a container. What stands before it is
// blanked and not cut off, so that a place in it is a place in the file.
func headerOf(name string, text []byte) ([]byte, error) {
	h := header{text: text, at: len(magic)}
	for range maxMetadata {
		count, ok := h.long()
		switch {
		case !ok:
			return nil, source.Errorf(source.Top(name), "the header of the container ends too early")
		case count == 0:
			return nil, source.Errorf(source.Top(name), "the header of the container has no %q", "avro.schema")
		case count < 0: // then the size of the block follows, for who wants to skip it
			count = -count
			if _, ok := h.long(); !ok {
				return nil, source.Errorf(source.Top(name), "the header of the container ends too early")
			}
		}
		for ; count > 0; count-- {
			key, ok1 := h.bytes()
			value, ok2 := h.bytes()
			if !ok1 || !ok2 {
				return nil, source.Errorf(source.Top(name), "the header of the container ends too early")
			}
			if string(key) == "avro.schema" {
				return blanked(text[:h.at], h.at-len(value)), nil
			}
		}
	}
	return nil, source.Errorf(source.Top(name), "the header of the container has more than %d entries", maxMetadata)
}

// blanked returns text with spaces for its first n bytes, except for line breaks.
func blanked(text []byte, n int) []byte {
	text = bytes.Clone(text)
	for i := range text[:n] {
		if text[i] != '\n' {
			text[i] = ' '
		}
	}
	return text
}

// A header reads the binary encoding of a map of bytes.
type header struct {
	text []byte
	at   int
}

func (h *header) long() (int64, bool) {
	v, n := binary.Varint(h.text[h.at:])
	if n <= 0 {
		return 0, false
	}
	h.at += n
	return v, true
}

func (h *header) bytes() ([]byte, bool) {
	n, ok := h.long()
	if !ok || n < 0 || n > int64(len(h.text)-h.at) {
		return nil, false
	}
	h.at += int(n)
	return h.text[h.at-int(n) : h.at], true
}
