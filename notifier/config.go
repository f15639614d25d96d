package notifier

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Config is the notify section of breakwater.yaml. The zero Config declares no
// channel, so nobody is told.
type Config struct {
	Channels []Declaration
	Routes   []Route
	Pace     Pace
}

// A Kind says how a channel delivers.
type Kind string

const (
	Slack    Kind = "slack"    // an incoming webhook of Slack, or its API
	Webhook  Kind = "webhook"  // signed CloudEvents
	Email    Kind = "email"    // SMTP
	GitHub   Kind = "github"   // an issue in the consumer's repository; only the bot opens it
	Shoutrrr Kind = "shoutrrr" // whatever a URL of shoutrrr leads to: Teams, Discord, Google Chat
)

// A Declaration is one channel. A secret stands in the environment; the
// configuration has the variable's name.
type Declaration struct {
	Name string
	Kind Kind

	URL       string // of a webhook, unless URLEnv names it; of Slack's API, if it is elsewhere
	URLEnv    string
	SecretEnv string // what signs a webhook
	TokenEnv  string // of Slack's API: its messages can be changed

	Server, From             string // of mail: host:port and the sender's address
	UsernameEnv, PasswordEnv string
	TLS                      TLS
	To                       []string // who gets what a route sends
	Domains                  []string // where a consumer's mail address may be

	Span source.Span
}

// TLS says how a connection to a mail server is kept private.
type TLS string

const (
	StartTLS  TLS = "starttls"
	DirectTLS TLS = "tls"
	NoTLS     TLS = "none"
)

// A Route adds receivers to the notices that fit: those for which each condition
// that is stated holds.
type Route struct {
	Impact, Criticality, Verdict, Ports, Teams []string
	To                                         []string // channels by name
}

// channel returns the channel called name.
func (c Config) channel(name string) (Declaration, bool) {
	i := slices.IndexFunc(c.Channels, func(d Declaration) bool { return d.Name == name })
	if i < 0 {
		return Declaration{}, false
	}
	return c.Channels[i], true
}

// ReadFile reads the notify section of the configuration in tree. The other
// sections are the checker's, and wrong or right, it passes over them.
func ReadFile(tree *revision.Tree, file string) (Config, error) {
	if !tree.Has(file) {
		return Config{}, nil
	}
	text, err := tree.ReadFile(file)
	if err != nil {
		return Config{}, err
	}
	doc, err := document.Parse(file, text)
	if err != nil {
		return Config{}, err
	}
	return Read(doc.Get("notify"))
}

// Check reports all that is wrong in a notify section.
func Check(section *document.Node) error {
	_, err := Read(section)
	return err
}

// Read reads a notify section. It returns what it could read together with all
// that is wrong in it.
func Read(section *document.Node) (Config, error) {
	var r reader
	f := r.Fields(section, `"notify"`)
	for _, channel := range f.Each("channels") {
		r.channel(channel)
	}
	for _, route := range f.Each("routes") {
		r.route(route)
	}
	r.Pace = r.pace(f)
	f.Done()
	return r.Config, r.Err()
}

// A name is a text of at most max bytes of a certain shape. Not {1,100} in the pattern:
// a bounded repetition is unrolled, which every start of the program pays for.
type name struct {
	shape *regexp.Regexp
	max   int
}

func (n name) is(text string) bool { return len(text) <= n.max && n.shape.MatchString(text) }

var (
	channelName  = name{regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`), 64}
	variableName = name{regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`), 128}
)

type reader struct {
	document.Problems
	Config
}

func (r *reader) channel(f *document.Fields) {
	d := Declaration{
		Name: f.Required("name"), Span: f.Node.At(),
		Kind: Kind(f.OneOf("kind", string(Slack), string(Webhook), string(Email), string(GitHub), string(Shoutrrr))),
	}
	switch d.Kind {
	case Slack:
		r.slack(f, &d)
	case GitHub: // who asks is known
	case Shoutrrr:
		d.URLEnv = r.variable(f, "url-env")
		if f.Has("url") {
			f.Problem("url", "a URL of shoutrrr holds secrets; put it into an environment variable, and name that in url-env")
		} else {
			f.Require("url-env")
		}
	case Webhook:
		r.webhook(f, &d)
	case Email:
		r.email(f, &d)
	default:
		f.Require("kind")
		r.add(f, d)
		return // what else it may say depends on the kind
	}
	f.Done()
	r.add(f, d)
}

// add declares d, if nothing else has its name.
func (r *reader) add(f *document.Fields, d Declaration) {
	switch known, ok := r.Config.channel(d.Name); {
	case d.Name == "":
	case !channelName.is(d.Name):
		f.Problem("name", `want a name of letters, digits, ".", "_" and "-", got %q`, d.Name)
	case ok:
		f.Problem("name", "channel %q is declared twice; the other is at %s", d.Name, known.Span)
	default:
		r.Channels = append(r.Channels, d)
	}
}

// slack reads a webhook, or with a token the API.
func (r *reader) slack(f *document.Fields, d *Declaration) {
	d.URLEnv, d.TokenEnv = r.variable(f, "url-env"), r.variable(f, "token-env")
	switch {
	case f.Has("token-env"):
		if f.Has("url-env") {
			f.Problem("url-env", `want either "url-env", of a webhook, or "token-env", of an app`)
		}
		d.URL = f.Text("url")
		d.To = r.each(f, "to", refuseSlackChannel)
	case f.Has("url"):
		f.Problem("url", "the URL of a Slack webhook is a secret; put it into an environment variable, and name that in url-env")
	default:
		f.Require("url-env")
	}
}

// A channel of Slack, and a repository of GitHub, by their names.
var (
	slackChannel = name{regexp.MustCompile(`^(#[^\s#@<>&:|]+|[CG][A-Z0-9]{6}[A-Z0-9]*)$`), 81}
	repository   = name{regexp.MustCompile(`^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$`), 201}
)

func refuseSlackChannel(text string) string {
	if slackChannel.is(text) {
		return ""
	}
	return fmt.Sprintf("want a channel of Slack such as #data, got %q", text)
}

func (r *reader) webhook(f *document.Fields, d *Declaration) {
	d.URL, d.URLEnv, d.SecretEnv = f.Text("url"), r.variable(f, "url-env"), r.variable(f, "secret-env")
	f.Require("secret-env")
	if (d.URL == "") == (d.URLEnv == "") {
		f.Problem("url", `want either "url" or "url-env"`)
		return
	}
	if u, err := url.Parse(d.URL); d.URL != "" && (err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http") {
		f.Problem("url", "want a URL such as https://events.acme.example/breakwater, without a user or a password")
	}
}

func (r *reader) email(f *document.Fields, d *Declaration) {
	d.Server, d.From = f.Required("server"), f.Required("from")
	if host, port, err := net.SplitHostPort(d.Server); d.Server != "" && (err != nil || host == "" || port == "") {
		f.Problem("server", "want a host and a port such as smtp.acme.example:587, got %q", d.Server)
	}
	d.Domains = f.Texts("domains")
	if why := refuseAddress(d.From); d.From != "" && why != "" {
		f.Problem("from", "%s", why)
		d.From = ""
	}
	d.Domains = append(d.Domains, domainOf(d.From)) // a company's own
	for i, domain := range d.Domains {
		d.Domains[i] = strings.ToLower(domain)
	}
	d.To = r.each(f, "to", refuseAddress)
	d.UsernameEnv, d.PasswordEnv = r.variable(f, "username-env"), r.variable(f, "password-env")
	if (d.UsernameEnv == "") != (d.PasswordEnv == "") {
		f.Problem("username-env", `want both "username-env" and "password-env", or neither`)
	}
	d.TLS = TLS(f.OneOf("tls", string(StartTLS), string(DirectTLS), string(NoTLS)))
	if d.TLS == "" {
		d.TLS = StartTLS
	}
	if d.TLS == NoTLS && d.PasswordEnv != "" {
		f.Problem("tls", "a password is not sent without TLS; want starttls or tls")
	}
}

// maxAddress is how long a mail address may be (RFC 5321).
const maxAddress = 254

func refuseAddress(text string) string {
	if parsed, err := mail.ParseAddress(text); err == nil && parsed.Address == text && len(text) <= maxAddress {
		return ""
	}
	return fmt.Sprintf("want a mail address such as data@acme.example, got %q", text)
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// variable reads the name of an environment variable. What stands there instead
// may be the secret itself, so no error repeats it.
func (r *reader) variable(f *document.Fields, key string) string {
	name := f.Text(key)
	if name != "" && !variableName.is(name) {
		f.Problem(key, "want the name of an environment variable for %q, and not what it holds", key)
		return ""
	}
	return name
}

func refusePattern(text string) string {
	if doublestar.ValidatePattern(text) {
		return ""
	}
	return fmt.Sprintf("%q is no pattern that can match a port; want one such as checkout/*", text)
}

// refuseChannel says why a route cannot lead to the channel called name.
func (r *reader) refuseChannel(name string) string {
	d, ok := r.Config.channel(name)
	switch {
	case !ok:
		var names []string
		for _, d := range r.Channels {
			names = append(names, d.Name)
		}
		return fmt.Sprintf("channel %q is not declared%s", name, document.Suggest(name, names))
	case (d.Kind == Email || d.TokenEnv != "") && len(d.To) == 0:
		return fmt.Sprintf(`channel %q has no "to": nobody gets what a route sends by it`, name)
	}
	return ""
}

func (r *reader) route(f *document.Fields) {
	route := Route{
		Impact:      r.words(f, "impact", "violated", "affected", "unknown"),
		Criticality: r.words(f, "criticality", "low", "medium", "high", "critical"),
		Verdict:     r.words(f, "verdict", policy.Block.String(), policy.Notify.String()),
		Ports:       r.each(f, "ports", refusePattern),
		Teams:       f.Texts("teams"),
		To:          r.each(f, "to", r.refuseChannel),
	}
	f.Require("to")
	f.Done()
	r.Routes = append(r.Routes, route)
}

// each reads a list of texts, and leaves out those that refuse says something of.
func (r *reader) each(f *document.Fields, key string, refuse func(text string) string) []string {
	var texts []string
	for _, n := range f.List(key) {
		why := fmt.Sprintf("want a text in the list %q", key)
		if n.Kind == document.Scalar && !n.IsNull() {
			why = refuse(n.Text)
		}
		if why != "" {
			r.Addf(n.At(), "%s", why)
			continue
		}
		texts = append(texts, n.Text)
	}
	return texts
}

// words reads a list of which each item is one of known.
func (r *reader) words(f *document.Fields, key string, known ...string) []string {
	return r.each(f, key, func(word string) string {
		if slices.Contains(known, word) {
			return ""
		}
		return fmt.Sprintf("unknown %s %q%s", key, word, document.Suggest(word, known))
	})
}
