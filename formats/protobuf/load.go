package protobuf

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"runtime"
	"slices"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/options"
	"github.com/bufbuild/protocompile/parser"
	"github.com/bufbuild/protocompile/reporter"
	"golang.org/x/sync/errgroup"
)

// load compiles a port: it finds the files, and parses and links them in the order of
// their imports, so that the same input gives the same errors. A file with an error
// holds up those that import it and no others.
func load(ctx context.Context, r schema.Request) (*port, error) {
	g := collect(r)
	order := g.sorted()
	errs := g.errs
	like, again := schema.Form[*port](r.Like)
	if again && len(errs) == 0 {
		g.takeOver(like, order)
	}
	l := linking{graph: g, symbols: new(linker.Symbols)}
	for some := range slices.Chunk(order, atOnce) {
		errs = slices.Concat(errs, g.parse(ctx, some), l.link(ctx, some))
	}
	p, err := newPort(g, r)
	if err = joined(append(errs, err)); err != nil && again {
		r.Like = schema.Schema{} // what was taken over has no syntax tree to point into
		return load(ctx, r)
	}
	return p, err
}

// takeOver takes the files that are what they were in another revision, and all that
// they import, as they were linked there.
func (g *graph) takeOver(like *port, order []*file) {
	if was, now := like.named[descriptorProto], g.named[descriptorProto]; (was == nil) != (now == nil) || now != nil && !now.is(was) {
		return // options mean something else
	}
	g.known = maps.Clone(like.known)
	for _, f := range order {
		was := like.byPath[f.path]
		if f.broken || was == nil || was.broken || !f.is(was) {
			continue
		}
		f.text, f.lines, f.Result, f.places, f.taken = was.text, was.lines, was.Result, was.places, true
	}
}

// is reports whether f is the same as a file that was linked, whose imports have been
// taken over.
func (f *file) is(was *file) bool {
	return f.name == was.name && f.own == was.own && f.set == "" && was.set == "" && bytes.Equal(f.text, was.text) &&
		!bytes.Contains(f.text, []byte("declaration")) && // extensions that are declared are no symbols of their file
		slices.EqualFunc(f.imports, was.imports, func(now, was importStmt) bool {
			if now.target == nil || was.target == nil {
				return now.target == was.target
			}
			return now.target.taken && now.target.path == was.target.path
		})
}

// atOnce bounds how many files stand in memory as syntax trees, which take several times
// what is made of them.
const atOnce = 2

// joined sorts errors by where a reader meets them, and keeps as many as help.
func joined(errs []error) error {
	all := source.Errors(errors.Join(errs...))
	slices.SortStableFunc(all, func(a, b *source.Error) int { return a.Span.Compare(b.Span) })
	errs = errs[:0]
	for i, e := range all {
		if i == maxErrors {
			errs = append(errs, source.Errorf(e.Span, "there are %d more errors from here on", len(all)-i))
			break
		}
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

// parse parses files side by side: all that can be read, also those that will not be linked:
// what is wrong in them is worth saying too.
func (g *graph) parse(ctx context.Context, files []*file) []error {
	errs := make([]error, len(files))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range files {
		if f.opaque || f.set != "" || f.taken || ctx.Err() != nil {
			continue
		}
		group.Go(func() error {
			errs[i] = g.guard(f, func(h *reporter.Handler) error {
				tree, err := parser.Parse(f.name, bytes.NewReader(f.text), h)
				if err != nil {
					return err
				}
				f.parsed, err = parser.ResultFromAST(tree, true, h)
				return err
			})
			return nil
		})
	}
	_ = group.Wait() // each file keeps its own errors
	return append(errs, ctx.Err())
}

// A linking is what files know of those that were linked before them.
type linking struct {
	*graph
	symbols   *linker.Symbols
	interpret []options.InterpreterOption
}

// link turns what was parsed into descriptors, and forgets the syntax trees. It names
// imports as the files are known, so one file that is imported under two names stays one
// file.
func (l *linking) link(ctx context.Context, files []*file) []error {
	var errs []error
	for _, f := range files {
		for _, stmt := range f.imports {
			f.broken = f.broken || stmt.target != nil && stmt.target.broken
		}
		if f.broken || ctx.Err() != nil {
			continue
		}
		if f.taken {
			errs = append(errs, l.guard(f, func(h *reporter.Handler) error { return l.symbols.Import(f.Result, h) }))
			if f.name == descriptorProto {
				l.interpret = append(l.interpret, options.WithOverrideDescriptorProto(f.Result))
			}
			continue
		}
		errs = append(errs, l.guard(f, func(h *reporter.Handler) error {
			deps, err := l.dependencies(f)
			if err != nil {
				return err
			}
			if f.set != "" {
				if err := l.check(f); err != nil {
					return source.Errorf(source.Top(f.path), "the descriptor set is not as a compiler would make it: %s", clip(err.Error(), longestMessage))
				}
			}
			result, err := linker.Link(f.parsed, deps, l.symbols, h)
			if err != nil {
				return err
			}
			if f.set != "" {
				result.PopulateSourceCodeInfo()
				f.Result = result
				return readOptions(f)
			}
			if _, err := options.InterpretOptions(result, h, l.interpret...); err != nil {
				return err
			}
			f.Result = result
			if f.name == descriptorProto {
				l.interpret = append(l.interpret, options.WithOverrideDescriptorProto(result))
			}
			err = result.ValidateOptions(h, l.symbols)
			f.keep()
			result.RemoveAST()
			return err
		}))
	}
	for _, f := range files {
		if f.set == "" {
			f.parsed = nil
		}
	}
	return errs
}

// descriptorProto declares the options of the language. A copy among the port's
// files goes first, and takes the place of the one that is built in.
const descriptorProto = "google/protobuf/descriptor.proto"

// dependencies returns the linked files that f imports.
func (g *graph) dependencies(f *file) (linker.Files, error) {
	targets := make(map[string]*file)
	for _, stmt := range f.imports {
		targets[stmt.path] = stmt.target
	}
	var deps linker.Files
	names := f.parsed.FileDescriptorProto().Dependency
	for i, name := range names {
		switch to, scanned := targets[name]; {
		case to != nil:
			names[i] = to.name
			deps = append(deps, to.Result)
		case scanned && g.builtIn(name) != nil:
			deps = append(deps, g.builtIn(name))
		default:
			return nil, source.Errorf(source.Top(f.path), "the import %q is not written plainly; write it as one string without escapes", name)
		}
	}
	return deps, nil
}

// guard runs one step of compiling f and returns all errors that it reports. A
// panic of the compiler is an error of the file that it choked on.
func (g *graph) guard(f *file, step func(*reporter.Handler) error) (err error) {
	var found []error
	handler := reporter.NewHandler(reporter.NewReporter(func(e reporter.ErrorWithPos) error {
		if found = append(found, g.positioned(f, e)); len(found) > maxErrors {
			return e
		}
		return nil
	}, nil))
	defer func() {
		if p := recover(); p != nil {
			found = append(found, source.Errorf(source.Top(f.path), "the compiler crashed on this file: %v", p))
		}
		f.broken = f.broken || len(found) > 0
		err = errors.Join(found...)
	}()
	var positioned reporter.ErrorWithPos
	switch err := step(handler); {
	case err == nil, errors.Is(err, reporter.ErrInvalidSource): // reported one by one
	case len(found) > maxErrors:
	case errors.As(err, &positioned):
		found = append(found, g.positioned(f, positioned))
	default:
		found = append(found, err)
	}
	return nil
}

// longestMessage bounds what the compiler says: it quotes names, which can be of any length.
const longestMessage = 400

// elsewhere is how the compiler ends a message that has a second place.
var elsewhere = regexp.MustCompile(`^(.*) at (\S+?):(\d+):\d+(;.*)?$`)

// positioned gives an error of the compiler its place. Of what is declared twice
// it names the other file as the user knows it.
func (g *graph) positioned(f *file, e reporter.ErrorWithPos) error {
	err := source.Errorf(cmp.Or(g.named[e.Start().Filename], f).span(e), "%w", e.Unwrap())
	err.Msg = clip(err.Msg, longestMessage)
	if m := elsewhere.FindStringSubmatch(err.Msg); m != nil {
		if other := g.named[m[2]]; other != nil {
			err.Msg = fmt.Sprintf("%s at %s:%s%s", m[1], other.path, m[3], m[4])
		}
	}
	return err
}
