package revision

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// objects reads git's objects through one `git cat-file --batch`, which starts
// when it is first needed and stays. Any name that git knows is an object's, so the
// same process resolves revisions. Blobs are kept, up to a limit: what base and
// head share is read once.
type objects struct {
	ctx context.Context // the process lives no longer
	git *git

	mu     sync.Mutex
	cat    *catFile
	blobs  map[string][]byte
	kept   int // bytes in blobs
	closed bool
}

// maxKept is how many bytes of blobs stay in memory.
const maxKept = 64 << 20

// errNoObject is the answer for a name that names nothing, errAmbiguous for an
// abbreviated id that several objects share.
var (
	errNoObject  = errors.New("no such object")
	errAmbiguous = errors.New("the abbreviated id fits several objects")
)

// An object is a line of cat-file's answer and what follows it.
type object struct {
	id, kind string
	text     []byte
}

// get returns the object that name names.
func (o *objects) get(name string) (object, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.getLocked(name)
}

func (o *objects) getLocked(name string) (object, error) {
	cat, err := o.start()
	if err != nil {
		return object{}, err
	}
	if _, err := io.WriteString(cat.in, name+"\n"); err != nil {
		return object{}, o.broken(err)
	}
	return o.answer()
}

// answer reads the next answer. After an error that leaves the rest of it unread,
// the process is given up.
func (o *objects) answer() (object, error) {
	obj, err := readObject(o.cat.out)
	if err != nil && !errors.Is(err, errNoObject) && !errors.Is(err, errAmbiguous) {
		return object{}, o.broken(err)
	}
	return obj, err
}

// readObject reads one answer of cat-file --batch:
//
//	<id> SP <kind> SP <size> LF <size bytes> LF
//	<name> SP missing LF
//	<name> SP ambiguous LF
func readObject(in *bufio.Reader) (object, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return object{}, err
	}
	header := strings.TrimSuffix(string(line), "\n")
	switch {
	case strings.HasSuffix(header, " missing"):
		return object{}, errNoObject
	case strings.HasSuffix(header, " ambiguous"):
		return object{}, errAmbiguous
	}
	fields := strings.Split(header, " ")
	if len(fields) != 3 || !isID(fields[0]) {
		return object{}, fmt.Errorf("git cat-file: an answer that is not understood: %q", header)
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 {
		return object{}, fmt.Errorf("git cat-file: %q is no size", fields[2])
	}
	if size > MaxFile {
		return object{}, tooLarge(size)
	}
	text := make([]byte, size+1)
	if _, err := io.ReadFull(in, text); err != nil {
		return object{}, err
	}
	return object{id: fields[0], kind: fields[1], text: text[:size:size]}, nil
}

func isID(s string) bool { return (len(s) == 40 || len(s) == 64) && isHex(s) }

// blob returns the content of a blob, which the caller may change.
func (o *objects) blob(id string) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if text, ok := o.blobs[id]; ok {
		return bytes.Clone(text), nil
	}
	obj, err := o.getLocked(id)
	if errors.Is(err, errNoObject) {
		return nil, &Error{fmt.Errorf("blob %s is missing in the repository", id), "see: git fsck"}
	}
	if err == nil && obj.kind != "blob" {
		err = fmt.Errorf("object %s is a %s, not a blob", id, obj.kind)
	}
	if err != nil {
		return nil, err
	}
	o.keep(obj)
	return bytes.Clone(obj.text), nil
}

// keep remembers a blob. A full memory is emptied: what is asked for together is
// near in time.
func (o *objects) keep(obj object) {
	if o.blobs == nil || o.kept+len(obj.text) > maxKept {
		o.blobs, o.kept = make(map[string][]byte), 0
	}
	if len(obj.text) <= maxKept {
		o.blobs[obj.id] = obj.text
		o.kept += len(obj.text)
	}
}

// warm reads blobs ahead, all in one go, as long as they fit into the memory.
func (o *objects) warm(ids []string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	ids = o.unknown(ids)
	if len(ids) == 0 {
		return nil
	}
	cat, err := o.start()
	if err != nil {
		return err
	}
	// Git answers while we ask, so neither waits for the other's pipe to drain.
	var asking sync.WaitGroup
	asking.Go(func() { io.WriteString(cat.in, strings.Join(ids, "\n")+"\n") }) // what is not asked is not answered
	defer asking.Wait()
	for range ids {
		obj, err := o.answer()
		switch {
		case errors.Is(err, errNoObject):
			continue // whoever reads it will say so
		case errors.As(err, new(tooLarge)):
			return nil // and so here, where reading ahead ends
		case err != nil:
			return err
		case obj.kind == "blob" && o.kept+len(obj.text) <= maxKept:
			o.keep(obj)
		}
	}
	return nil
}

// unknown returns the ids that are not in memory, each once.
func (o *objects) unknown(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	var unknown []string
	for _, id := range ids {
		if _, ok := o.blobs[id]; !ok && !seen[id] {
			seen[id] = true
			unknown = append(unknown, id)
		}
	}
	return unknown
}

// A catFile is a running cat-file.
type catFile struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr limited
}

// start returns the running process, and starts it if there is none.
func (o *objects) start() (*catFile, error) {
	switch {
	case o.closed:
		return nil, errors.New("the repository is closed")
	case o.ctx.Err() != nil:
		return nil, fmt.Errorf("git cat-file: %w", context.Cause(o.ctx))
	case o.cat != nil:
		return o.cat, nil
	}
	cat := &catFile{cmd: o.git.command(o.ctx, "cat-file", "--batch"), stderr: limited{max: maxMessage, cut: true}}
	cat.cmd.Stderr = &cat.stderr
	in, err1 := cat.cmd.StdinPipe()
	out, err2 := cat.cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if err := cat.cmd.Start(); err != nil {
		return nil, gitError("cat-file", err, nil)
	}
	cat.in, cat.out = in, bufio.NewReaderSize(out, 64<<10)
	o.cat = cat
	return cat, nil
}

// broken ends a process whose answers cannot be followed any more, and says why.
// The next question starts another one.
func (o *objects) broken(err error) error {
	cat := o.cat
	o.cat = nil
	cat.cmd.Process.Kill()
	cat.in.Close()
	waited := cat.cmd.Wait()
	switch {
	case o.ctx.Err() != nil:
		return fmt.Errorf("git cat-file: %w", context.Cause(o.ctx))
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.EPIPE):
		return err // the answer's own fault
	}
	return gitError("cat-file", waited, cat.stderr.buf.Bytes())
}

func (o *objects) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	if o.cat == nil {
		return nil
	}
	o.cat.in.Close()
	err := o.cat.cmd.Wait()
	if o.ctx.Err() != nil {
		err = nil // it was ended, as was wanted
	}
	o.cat = nil
	return err
}
