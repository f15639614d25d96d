package source

import (
	"errors"
	"fmt"
	"testing"
)

func TestLines(t *testing.T) {
	text := []byte("a\nbcd\n\ne")
	lines := NewLines(text)
	for offset, want := range map[int]Pos{0: {1, 1}, 1: {1, 2}, 2: {2, 1}, 4: {2, 3}, 5: {2, 4}, 6: {3, 1}, 7: {4, 1}, 8: {4, 2}} {
		if got := lines.Pos(offset); got != want {
			t.Errorf("offset %d is at %v, want %v", offset, got, want)
		}
		if got := lines.Offset(want.Line) + want.Column - 1; got != offset {
			t.Errorf("%v is at offset %d, want %d", want, got, offset)
		}
	}
}

func TestCut(t *testing.T) {
	text := []byte("one\r\ntwo\r\nthree")
	tests := []struct {
		line int
		want Excerpt
	}{
		{0, Excerpt{1, nil}},
		{1, Excerpt{1, []string{"one"}}},
		{3, Excerpt{2, []string{"two", "three"}}},
		{9, Excerpt{2, []string{"two", "three"}}},
	}
	for _, tt := range tests {
		got := Cut(text, Span{File: "f", Start: Pos{tt.line, 1}})
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("line %d: got %v, want %v", tt.line, got, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("no such unit")
	a := Errorf(Top("a"), "read it: %w", cause)
	joined := errors.Join(a, errors.Join(Errorf(Top("b"), "b"), cause))
	got := Errors(joined)
	if len(got) != 3 || got[0] != a || got[2].Err != cause || !got[2].Span.IsZero() {
		t.Errorf("got %v", got)
	}
	if !errors.Is(joined, cause) || a.Error() != "a:1:1: read it: no such unit" {
		t.Errorf("got %v", a)
	}
}
