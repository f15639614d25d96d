//go:build unix

package revision

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

// BenchmarkCheck does what a check asks of a repository in which one file
// changed, and reports the processor time of it, git's included.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{1, 1_000, 50_000} {
		b.Run(fmt.Sprintf("files=%d", n), func(b *testing.B) {
			repo := repotest.New(b)
			files := repotest.Files{}
			for i := range n {
				files[fmt.Sprintf("domain%d/product%d/orders%d.proto", i/1000, i/20, i)] = fmt.Sprintf("syntax = \"proto3\";\nmessage Order%d { string id = 1; }\n", i)
			}
			repo.Import("Begin", files)
			repo.Git("status") // the index now knows the files
			const edited = "domain0/product0/orders0.proto"
			repo.Write(edited, "syntax = \"proto3\";\nmessage Order {}\n")
			before := cpu()
			for b.Loop() {
				checkOnce(b, repo.Dir, edited)
			}
			b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

func checkOnce(b *testing.B, dir, edited string) {
	ctx := b.Context()
	r := must[*Repo](b)(Open(ctx, dir))
	defer r.Close()
	branch := must[string](b)(r.DefaultBranch(ctx))
	from := must[string](b)(r.MergeBase(ctx, branch, "HEAD"))
	base, head := must[*Tree](b)(r.Tree(ctx, from)), must[*Tree](b)(r.WorkingTree(ctx))
	if got := Changed(base, head); !slices.Equal(got, []string{edited}) {
		b.Fatalf("changed: %q", got)
	}
	text(b, base, edited)
	text(b, head, edited)
}

// BenchmarkReadAll reads every file of both sides, as a search for contracts
// by content may.
func BenchmarkReadAll(b *testing.B) {
	repo := repotest.New(b)
	files := repotest.Files{}
	var names []string
	for i := range 1000 {
		name := fmt.Sprintf("orders%04d.proto", i)
		files[name], names = fmt.Sprintf("syntax = \"proto3\";\nmessage Order%d { string id = 1; }\n", i), append(names, name)
	}
	repo.Import("Begin", files)
	repo.Git("status")
	for _, warm := range []bool{false, true} {
		b.Run(fmt.Sprintf("warm=%v", warm), func(b *testing.B) {
			before := cpu()
			for b.Loop() {
				r := must[*Repo](b)(Open(b.Context(), repo.Dir))
				base, head := must[*Tree](b)(r.Tree(b.Context(), "main")), must[*Tree](b)(r.WorkingTree(b.Context()))
				if warm {
					if err := base.Warm(b.Context(), names); err != nil {
						b.Fatal(err)
					}
				}
				for _, name := range names {
					text(b, base, name)
					text(b, head, name)
				}
				r.Close()
			}
			b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// cpu is the processor time of this process and of those that have ended.
func cpu() time.Duration {
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return total
}
