package protobuf

import (
	"fmt"
	"maps"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

func methodsOf(s service) map[protoreflect.Name]method {
	all := make(map[protoreflect.Name]method, s.Methods().Len())
	for i := range s.Methods().Len() {
		all[s.Methods().Get(i).Name()] = s.Methods().Get(i)
	}
	return all
}

// services compares two services that are one. Methods pair by name; one that is
// gone and one that is new are one method, if nothing else could be either.
func (d *differ) services(was, now service, s scope) {
	d.options(was, now, d.kept(was, now), s)
	base, head := methodsOf(was), methodsOf(now)
	gone, added := maps.Clone(base), maps.Clone(head)
	maps.DeleteFunc(gone, func(name protoreflect.Name, _ method) bool { return head[name] != nil })
	maps.DeleteFunc(added, func(name protoreflect.Name, _ method) bool { return base[name] != nil })
	renamed := d.renamedMethods(gone, added)
	for _, name := range slices.Sorted(maps.Keys(base)) {
		switch m := base[name]; {
		case head[name] != nil:
			d.methods(m, head[name], s)
		case renamed[name] != nil:
			n := renamed[name]
			c := d.kept(m, n)
			c.From, c.To = string(m.Name()), string(n.Name())
			c.Detail = fmt.Sprintf("the method %s is now called %s", shortMethod(m), n.Name())
			d.report(methodRenamed, s, valueLost|wireNew|jsonNew|wireOld, buf("RPC_NO_DELETE"), c)
			delete(added, n.Name())
			d.options(m, n, d.kept(m, n), s)
		default:
			c := change.Change{
				Path: pathOf(m), From: signature(m), Base: d.base.at(m), Head: d.head.at(now),
				Detail: fmt.Sprintf("the method %s is gone", shortMethod(m)),
			}
			d.report(methodRemoved, s, valueLost|wireNew|jsonNew|wireOld, buf("RPC_NO_DELETE"), c)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(added)) {
		c := change.Change{
			Path: pathOf(added[name]), To: signature(added[name]), Base: d.base.at(was), Head: d.head.at(added[name]),
			Detail: fmt.Sprintf("the method %s is new", shortMethod(added[name])),
		}
		d.report(methodAdded, s, 0, nil, c)
	}
}

// renamedMethods pairs methods that take and return the same as no other one that
// is gone, and no other one that is new.
func (d *differ) renamedMethods(gone, added map[protoreflect.Name]method) map[protoreflect.Name]method {
	bySignature := make(map[string][]method)
	for _, n := range added {
		bySignature[signature(n)] = append(bySignature[signature(n)], n)
	}
	count := make(map[string]int)
	for _, m := range gone {
		count[d.signatureNow(m)]++
	}
	renamed := make(map[protoreflect.Name]method)
	for name, m := range gone {
		if sig := d.signatureNow(m); count[sig] == 1 && len(bySignature[sig]) == 1 {
			renamed[name] = bySignature[sig][0]
		}
	}
	return renamed
}

// signature writes what a method takes and returns, as a file would.
func signature(m method) string {
	return signatureOf(m, m.Input().FullName(), m.Output().FullName())
}

// signatureNow is the signature of m of the base with the types' names in the head.
func (d *differ) signatureNow(m method) string {
	now := func(in message) name {
		if to := d.to[in.FullName()]; to != nil {
			return to.FullName()
		}
		return in.FullName()
	}
	return signatureOf(m, now(m.Input()), now(m.Output()))
}

func signatureOf(m method, in, out name) string {
	stream := func(is bool) string {
		if is {
			return "stream "
		}
		return ""
	}
	return fmt.Sprintf("(%s%s) returns (%s%s)", stream(m.IsStreamingClient()), in, stream(m.IsStreamingServer()), out)
}

func shortMethod(m method) string { return short(m.Parent()) + "." + string(m.Name()) }

// methods compares two methods of one name.
func (d *differ) methods(was, now method, s scope) {
	d.methodType(was, now, was.Input(), now.Input(), requestTypeChanged, isSent, "RPC_SAME_REQUEST_TYPE", s)
	d.methodType(was, now, was.Output(), now.Output(), responseTypeChanged, isRead, "RPC_SAME_RESPONSE_TYPE", s)
	d.streaming(was, now, s)
	d.idempotency(was, now, s)
	d.options(was, now, d.kept(was, now), s)
}

// methodType reports that a method takes, or returns, another type. Where the two
// are the same bytes, only generated code notices.
func (d *differ) methodType(was, now method, from, to message, rule *change.Rule, used usage, id string, s scope) {
	if d.same(from, to) {
		return
	}
	c := d.kept(was, now)
	c.From, c.To = string(from.FullName()), string(to.FullName())
	verb := "takes"
	if used == isRead {
		verb = "returns"
	}
	c.Detail = fmt.Sprintf("%s %s %s instead of %s", shortMethod(was), verb, nameFrom(now, to), nameFrom(was, from))
	if s.used != 0 {
		s.used = used
	}
	d.report(rule, s, d.compareMessages(from, to), buf(id), c)
}

// nameFrom returns the name of m as the file of d would write it.
func nameFrom(d decl, m message) string {
	if m.ParentFile().Package() == d.ParentFile().Package() {
		return short(m)
	}
	return string(m.FullName())
}

func (d *differ) streaming(was, now method, s scope) {
	if was.IsStreamingClient() == now.IsStreamingClient() && was.IsStreamingServer() == now.IsStreamingServer() {
		return
	}
	var ids []string
	if was.IsStreamingClient() != now.IsStreamingClient() {
		ids = append(ids, "RPC_SAME_CLIENT_STREAMING")
	}
	if was.IsStreamingServer() != now.IsStreamingServer() {
		ids = append(ids, "RPC_SAME_SERVER_STREAMING")
	}
	c := d.kept(was, now)
	c.From, c.To = streams(was), streams(now)
	c.Detail = fmt.Sprintf("%s was %s and is %s", shortMethod(was), c.From, c.To)
	d.report(streamingChanged, s, valueLost|wireNew|wireOld|jsonNew, buf(ids...), c)
}

func streams(m method) string {
	switch {
	case m.IsStreamingClient() && m.IsStreamingServer():
		return "streaming both ways"
	case m.IsStreamingClient():
		return "client streaming"
	case m.IsStreamingServer():
		return "server streaming"
	}
	return "unary"
}

func (d *differ) idempotency(was, now method, s scope) {
	a, _ := was.Options().(*descriptorpb.MethodOptions)
	b, _ := now.Options().(*descriptorpb.MethodOptions)
	if a.GetIdempotencyLevel() == b.GetIdempotencyLevel() {
		return
	}
	c := d.kept(was, now)
	c.From, c.To = a.GetIdempotencyLevel().String(), b.GetIdempotencyLevel().String()
	c.Detail = fmt.Sprintf("%s: idempotency_level %s became %s", shortMethod(was), c.From, c.To)
	d.report(idempotencyChanged, s, valueLost, buf("RPC_SAME_IDEMPOTENCY_LEVEL"), c)
}

var serviceRemoved = &change.Rule{
	ID: "protobuf/service-removed", Idea: change.TypeRemoved,
	Title:  "A service was removed",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Code,
	Why:    `Every call to it fails as unimplemented.`,
	Fix:    `Mark the service deprecated, wait until nobody calls it, then remove it.`,
	Also:   also(goneDecl...),
}

var serviceRenamed = &change.Rule{
	ID: "protobuf/service-renamed", Idea: "type-renamed",
	Title:  "A service has another full name",
	Class:  change.Breaking,
	Breaks: change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code,
	Why:    `The name is part of every method's path, so calls of old clients fail as unimplemented.`,
	Fix:    `Serve the old name and the new one side by side until nobody calls the old one.`,
	Also:   also(goneDecl...),
}

var serviceAdded = &change.Rule{
	ID: "protobuf/service-added", Idea: "type-added",
	Title:  "A service was added",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Nobody calls it yet.`,
	Fix:    `Nothing has to be done.`,
}

var methodRemoved = &change.Rule{
	ID: "protobuf/method-removed", Idea: change.OperationRemoved,
	Title:  "A method was removed",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Code,
	Why:    `Every call to it fails as unimplemented.`,
	Fix:    `Mark the method deprecated, wait until nobody calls it, then remove it.`,
	Also:   also("RPC_NO_DELETE"),
}

var methodRenamed = &change.Rule{
	ID: "protobuf/method-renamed", Idea: "operation-renamed",
	Title:  "A method has another name",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Code,
	Why:    `The name is part of the path that is called, so calls of old clients fail as unimplemented.`,
	Fix:    `Serve both methods until nobody calls the old one.`,
	Also:   also("RPC_NO_DELETE"),
}

var methodAdded = &change.Rule{
	ID: "protobuf/method-added", Idea: "operation-added",
	Title:  "A method was added",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Nobody calls it yet. Only servers that others write against the interface have to provide it.`,
	Fix:    `Nothing has to be done.`,
}

var requestTypeChanged = &change.Rule{
	ID: "protobuf/request-type-changed", Idea: "request-type-changed",
	Title:  "A method takes another type",
	Class:  change.Breaking,
	Breaks: change.Request | change.Code,
	Why: `Generated clients no longer compile, and unless the two types are the same bytes, the service misreads what old
clients send.`,
	Fix:  `Add a second method that takes the new type.`,
	Also: also("RPC_SAME_REQUEST_TYPE"),
}

var responseTypeChanged = &change.Rule{
	ID: "protobuf/response-type-changed", Idea: "response-type-changed",
	Title:  "A method returns another type",
	Class:  change.Breaking,
	Breaks: change.Wire | change.JSON | change.Replay | change.Code,
	Why: `Generated clients no longer compile, and unless the two types are the same bytes, old clients misread what
they get.`,
	Fix:  `Add a second method that returns the new type.`,
	Also: also("RPC_SAME_RESPONSE_TYPE"),
}

var streamingChanged = &change.Rule{
	ID: "protobuf/method-streaming-changed", Idea: "method-streaming-changed",
	Title:  "A method streams what was one message, or the other way round",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Code,
	Why:    `Clients and servers of the two versions wait for another number of messages, and calls fail or hang.`,
	Fix:    `Add a second method.`,
	Also:   also("RPC_SAME_CLIENT_STREAMING", "RPC_SAME_SERVER_STREAMING"),
}

var idempotencyChanged = &change.Rule{
	ID: "protobuf/method-idempotency-changed", Idea: "method-idempotency-changed",
	Title:  "A method promises another thing about being called twice",
	Class:  change.Risky,
	Breaks: change.Value | change.Request | change.Code,
	Why: `Clients and proxies retry, cache or send a GET because the method says so: they may now do what is
no longer safe, or call in a way that is no longer served.`,
	Fix:  `Promise no less than before. To change what the method does, add another one.`,
	Also: also("RPC_SAME_IDEMPOTENCY_LEVEL"),
}
