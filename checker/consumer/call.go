package consumer

import (
	"fmt"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A Call is one exchange of a consumer with a provider, as it was recorded: a request
// and the response that the consumer waits for, or a message that it takes. Which
// operation is called, and of which port, [NeededBy] finds out.
type Call struct {
	Method, Path string // "GET", "/orders/17"; both empty: a message
	// Statuses are those that the consumer waits for, the recorded one first; 2XX is any
	// of its hundred.
	Statuses       []string
	SentAs, ReadAs string // the media types of the bodies; empty: not said
	Sends          []Part // query.limit, header."X-Tenant", request.body.lines[].sku
	Reads          []Part // header.Etag, body.total
	Span           source.Span
}

// String names what is called: GET /orders/17.
func (c Call) String() string {
	if c.isMessage() {
		return "a message"
	}
	return c.Method + " " + c.Path
}

func (c Call) isMessage() bool { return c.Method == "" && c.Path == "" }

// fails reports whether the consumer waits for a failure: its request may be wrong on purpose.
func (c Call) fails() bool { return len(c.Statuses) > 0 && c.Statuses[0] >= "4" }

// A Part is an element that a call shows.
type Part struct {
	Path       change.Path // within the request, the response or the message
	Values     []string    // as in [Need]
	Exhaustive bool
	Sometimes  bool   // not wherever what encloses it is: in one item of a list, and not in another
	Why        string // why it stands for all that is inside it; empty: it does not
	Span       source.Span
}

// where says in which line the evidence for something stands.
func where(at source.Span) string {
	if at.IsZero() {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", at.File, at.Start.Line)
}
