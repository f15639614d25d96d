package notifier

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

const everything = `notify:
  channels:
    - {name: data-slack, kind: slack, url-env: SLACK_WEBHOOK_URL}
    - {name: events, kind: webhook, url: "https://events.acme.example/x", secret-env: WEBHOOK_SECRET}
    - {name: other, kind: webhook, url-env: OTHER_URL, secret-env: WEBHOOK_SECRET}
    - name: mail
      kind: email
      server: smtp.acme.example:587
      from: breakwater@Acme.example
      to: [data@acme.example]
      domains: [partner.example]
      username-env: SMTP_USER
      password-env: SMTP_PASSWORD
      tls: tls
  routes:
    - {impact: [violated, affected], criticality: [high, critical], verdict: [block], ports: ["checkout/*"], teams: [finance], to: [data-slack, mail]}
`

func read(t *testing.T, text string) (Config, error) {
	t.Helper()
	return ReadFile(revision.Memory("gate", map[string][]byte{"breakwater.yaml": []byte(text)}), "breakwater.yaml")
}

func TestRead(t *testing.T) {
	c, err := read(t, everything)
	if err != nil {
		t.Fatal(err)
	}
	mail := c.Channels[3]
	if mail.TLS != DirectTLS || fmt.Sprint(mail.Domains, mail.To) != "[partner.example acme.example] [data@acme.example]" || mail.Span.String() != "breakwater.yaml:6:7" {
		t.Errorf("got %+v", mail)
	}
	if r := c.Routes[0]; fmt.Sprint(r.Impact, r.Criticality, r.Verdict, r.Ports, r.Teams, r.To) != "[violated affected] [high critical] [block] [checkout/*] [finance] [data-slack mail]" {
		t.Errorf("got %+v", r)
	}
	if c, err := read(t, "policy: {what: ever}"); err != nil || len(c.Channels) > 0 {
		t.Errorf("no section: got %+v, %v", c, err)
	}
	if c, err := ReadFile(revision.Memory("gate", nil), "breakwater.yaml"); err != nil || len(c.Channels) > 0 {
		t.Errorf("no file: got %+v, %v", c, err)
	}
}

// The page that explains the section shows one that is right.
func TestPageIsRight(t *testing.T) {
	page, err := os.ReadFile("../docs/notices.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	c, err := read(t, text)
	if err != nil || len(c.Channels) != 3 || len(c.Routes) == 0 {
		t.Errorf("got %+v, %v", c, err)
	}
	if err := ruletest.JSONSchema(t, "../docs/breakwater.schema.json")(text); err != nil {
		t.Error(err)
	}
}

// The reader, and the JSON Schema that editors use where it can say it at all,
// refuse what is wrong; the reader says where, and what it wants.
func TestReadRefuses(t *testing.T) {
	schema := ruletest.JSONSchema(t, "../docs/breakwater.schema.json")
	if err := schema(everything); err != nil {
		t.Errorf("the schema refuses what is right: %v", err)
	}
	tests := []struct {
		name, text, want string
		schema           bool // the schema cannot say it
	}{
		{"an unknown key", "chanels: []", `1:10: unknown key "chanels"; did you mean "channels"?`, false},
		{"a list", "[]", `1:9: want "notify" as a map of keys and values, got a list`, false},
		{"a channel without a kind", "channels: [{name: a}]", `1:21: want a value for "kind"`, false},
		{"a kind that is none", "channels: [{name: a, kind: slak}]", `1:37: want email, github, shoutrrr, slack or webhook for "kind", got "slak"; did you mean "slack"?`, false},
		{"a channel without a name", "channels: [{kind: slack, url-env: A}]", `1:21: want a value for "name"`, false},
		{"a name that is none", "channels: [{name: a b, kind: slack, url-env: A}]", `1:28: want a name of letters, digits, ".", "_" and "-", got "a b"`, false},
		{"a channel twice", "channels: [{name: a, kind: slack, url-env: A}, {name: a, kind: slack, url-env: B}]", `1:64: channel "a" is declared twice; the other is at breakwater.yaml:1:21`, true},
		{"Slack's secret in the file", "channels: [{name: a, kind: slack, url: 'https://hooks.slack.com/services/T0/B0/hush'}]", `1:49: the URL of a Slack webhook is a secret; put it into an environment variable, and name that in url-env`, false},
		{"a secret for a variable", "channels: [{name: a, kind: slack, url-env: 'https://hooks.slack.com/hush'}]", `1:53: want the name of an environment variable for "url-env", and not what it holds`, false},
		{"Slack without a variable", "channels: [{name: a, kind: slack}]", `1:21: want a value for "url-env"`, false},
		{"a key of another kind", "channels: [{name: a, kind: slack, url-env: A, server: b}]", `1:56: unknown key "server"; known: kind, name, token-env, url or url-env`, false},
		{"a webhook that signs nothing", "channels: [{name: a, kind: webhook, url: 'https://a.example'}]", `1:21: want a value for "secret-env"`, false},
		{"a webhook without an address", "channels: [{name: a, kind: webhook, secret-env: A}]", `1:21: want either "url" or "url-env"`, false},
		{"a webhook with two addresses", "channels: [{name: a, kind: webhook, url: 'https://a.example', url-env: A, secret-env: A}]", `1:51: want either "url" or "url-env"`, false},
		{"an address with a password", "channels: [{name: a, kind: webhook, url: 'https://u:hush@a.example', secret-env: A}]", `1:51: want a URL such as https://events.acme.example/breakwater, without a user or a password`, true},
		{"an address that is none", "channels: [{name: a, kind: webhook, url: 'file:///etc/passwd', secret-env: A}]", `1:51: want a URL such as https://`, false},
		{"a server without a port", "channels: [{name: a, kind: email, server: b, from: a@b}]", `1:52: want a host and a port such as smtp.acme.example:587, got "b"`, false},
		{"a sender that is none", "channels: [{name: a, kind: email, server: 'b:25', from: 'A <a@b>'}]", `1:66: want a mail address such as data@acme.example, got "A <a@b>"`, true},
		{"a recipient that is none", "channels: [{name: a, kind: email, server: 'b:25', from: a@b, to: [c@d, e]}]", `1:81: want a mail address such as data@acme.example, got "e"`, false},
		{"a username alone", "channels: [{name: a, kind: email, server: 'b:25', from: a@b, username-env: A}]", `1:85: want both "username-env" and "password-env", or neither`, false},
		{"a password in the open", "channels: [{name: a, kind: email, server: 'b:25', from: a@b, username-env: A, password-env: B, tls: none}]", `1:110: a password is not sent without TLS; want starttls or tls`, false},
		{"a route to nowhere", "routes: [{verdict: [block]}]", `1:19: want a value for "to"`, false},
		{"a route to an unknown channel", "{channels: [{name: data-slack, kind: slack, url-env: A}], routes: [{to: [data-slck]}]}", `1:82: channel "data-slck" is not declared; did you mean "data-slack"?`, true},
		{"a route to mail that goes to nobody", "{channels: [{name: a, kind: email, server: 'b:25', from: a@b}], routes: [{to: [a]}]}", `1:88: channel "a" has no "to": nobody gets what a route sends by it`, true},
		{"an impact that is none", "routes: [{impact: [violatd], to: []}]", `1:29: unknown impact "violatd"; did you mean "violated"?`, false},
		{"a verdict that nobody is told of", "routes: [{verdict: [pass], to: []}]", `1:30: unknown verdict "pass"; known: block or notify`, false},
		{"a pattern that is none", "routes: [{ports: ['a['], to: []}]", `1:28: "a[" is no pattern that can match a port; want one such as checkout/*`, true},
		{"a list in a list", "routes: [{ports: [[]], to: []}]", `1:28: want a text in the list "ports"`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := "notify: " + strings.TrimPrefix(tt.text, "notify: ")
			if !strings.HasPrefix(tt.text, "{") && tt.text != "[]" {
				text = "notify: {" + tt.text + "}"
			}
			_, err := read(t, text)
			if got := fmt.Sprint(err); !strings.HasPrefix(got, "breakwater.yaml:"+tt.want) {
				t.Errorf("got:\n%s\nwant:\nbreakwater.yaml:%s", got, tt.want)
			} else if strings.Contains(got, "hush") {
				t.Errorf("the error tells the secret: %s", got)
			}
			if got := schema(text) == nil; got != tt.schema {
				t.Errorf("the schema takes it: %v", got)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(everything)
	f.Add("notify: {channels: [[], {kind: email, name: a, server: ':', from: '@'}], routes: [1]}")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ReadFile(revision.Memory("gate", map[string][]byte{"a.yaml": []byte(text)}), "a.yaml")
		if err != nil {
			return
		}
		for _, r := range c.Routes {
			for _, name := range r.To {
				if _, ok := c.channel(name); !ok {
					t.Errorf("a route leads to %q, which is not declared", name)
				}
			}
		}
	})
}
