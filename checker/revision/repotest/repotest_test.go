package repotest

import "testing"

func TestCommitsHaveTheSameIDEverywhere(t *testing.T) {
	r := New(t)
	r.Commit("Add orders", Files{"orders.proto": "syntax = \"proto3\";\n"})
	if got, want := r.Commit("Add more", Files{"a/b": "c"}), "405a6530edb6ac29074695da6deee6608cec8586"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
