package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/notifier"
)

const deploy = "../../docs/deploy/"

func deployed(t *testing.T, name string) []*document.Node {
	t.Helper()
	text, err := os.ReadFile(deploy + name)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := document.ParseAll(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

func texts(n *document.Node) (all []string) {
	for _, item := range n.Items {
		all = append(all, item.Text)
	}
	return all
}

// serving holds the arguments of a file against the command that they are for.
func serving(t *testing.T, args []string) map[string]string {
	t.Helper()
	c := &cli{env: env{stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }}}
	cmd := c.serveCommand()
	if len(args) == 0 || args[0] != cmd.Name() {
		t.Fatalf("the arguments are %q", args)
	}
	if err := cmd.ParseFlags(args[1:]); err != nil {
		t.Fatal(err)
	}
	values := make(map[string]string)
	for _, name := range []string{"listen", "database", "github-private-key", "webhook-secret-file", "notify", "public-url", "github-client-id", "github-client-secret-file", "pages"} {
		values[name] = strings.Trim(cmd.Flag(name).Value.String(), "[]")
	}
	return values
}

// answers returns the paths that a bot answers.
func answers(t *testing.T, path string) bool {
	hub := new(bot.GitHub)
	handler := (&bot.Bot{GitHub: hub}).Handler()
	_, pattern := handler.Handler(httptest.NewRequest(http.MethodGet, path, nil))
	_, posted := handler.Handler(httptest.NewRequest(http.MethodPost, path, nil))
	return pattern != "" || posted != ""
}

func TestComposeFits(t *testing.T) {
	service := deployed(t, "compose.yaml")[0].Get("services").Get("bot")
	flags := serving(t, texts(service.Get("command")))
	if flags["listen"] != "0.0.0.0:8080" || service.Get("ports").Items[0].Text != "127.0.0.1:8080:8080" {
		t.Errorf("it listens at %s", flags["listen"])
	}
	mounts := strings.Join(texts(service.Get("volumes")), " ")
	if data, _ := strings.CutPrefix(flags["database"], "sqlite://"); !strings.Contains(mounts, ":"+filepath.Dir(data)) || !strings.Contains(mounts, ":"+flags["notify"]+":ro") {
		t.Errorf("%s does not hold %s and %s", mounts, flags["database"], flags["notify"])
	}
	secrets := texts(service.Get("secrets"))
	for _, name := range []string{"github-private-key", "webhook-secret-file", "github-client-secret-file"} {
		if file, ok := strings.CutPrefix(flags[name], "/run/secrets/"); !ok || !slices.Contains(secrets, file) {
			t.Errorf("--%s is %s", name, flags[name])
		}
	}
	check := texts(service.Get("healthcheck").Get("test"))
	if u, err := url.Parse(check[len(check)-1]); err != nil || !answers(t, u.Path) || u.Port() != "8080" {
		t.Errorf("it is asked at %s", check)
	}
	image, err := os.ReadFile(deploy + "Dockerfile")
	if err != nil || !strings.Contains(string(image), "install -d -o breakwater -g breakwater -m 0700 /var/lib/breakwater") {
		t.Errorf("the image has no place for the database: %v", err)
	}
}

func TestKubernetesFits(t *testing.T) {
	docs := deployed(t, "kubernetes.yaml")
	spec := docs[0].Get("spec").Get("template").Get("spec")
	container := spec.Get("containers").Items[0]
	flags := serving(t, texts(container.Get("args")))
	if docs[0].Get("spec").Get("replicas").Text != "3" || !strings.HasSuffix(flags["listen"], ":"+container.Get("ports").Items[0].Get("containerPort").Text) {
		t.Errorf("the listener is %s", flags["listen"])
	}
	if env := container.Get("env").Items[0]; flags["database"] != "" || env.Get("name").Text != databaseVariable {
		t.Errorf("the database stands in %s", env.Get("name").Text)
	}
	for _, probe := range []string{"readinessProbe", "livenessProbe"} {
		if path := container.Get(probe).Get("httpGet").Get("path").Text; !answers(t, path) {
			t.Errorf("the %s asks %s", probe, path)
		}
	}
	for _, name := range []string{"github-private-key", "webhook-secret-file", "github-client-secret-file", "notify"} {
		if !slices.ContainsFunc(container.Get("volumeMounts").Items, func(m *document.Node) bool { return filepath.Dir(flags[name]) == m.Get("mountPath").Text }) {
			t.Errorf("nothing is mounted for --%s %s", name, flags[name])
		}
	}
	if image, err := os.ReadFile(deploy + "Dockerfile"); err != nil || !strings.Contains(string(image), "-u "+spec.Get("securityContext").Get("runAsUser").Text+" ") {
		t.Errorf("the image has another user: %v", err)
	}
}

func TestTheAppsManifestFits(t *testing.T) {
	text, err := os.ReadFile(deploy + "github-app.json")
	if err != nil {
		t.Fatal(err)
	}
	var app struct {
		Hook struct{ URL string } `json:"hook_attributes"`

		Callbacks   []string          `json:"callback_urls"`
		Permissions map[string]string `json:"default_permissions"`
		Events      []string          `json:"default_events"`
	}
	if err := json.Unmarshal(text, &app); err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("../../docs/bot.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, level := range app.Permissions {
		if !strings.Contains(string(docs), strings.ReplaceAll(name, "_", " ")+": "+level) {
			t.Errorf("docs/bot.md does not say why it needs %s: %s", name, level)
		}
	}
	for _, name := range app.Events {
		if !strings.Contains(string(docs), strings.ReplaceAll(name, "_", " ")) {
			t.Errorf("docs/bot.md does not know the event %s", name)
		}
	}
	if u, err := url.Parse(app.Hook.URL); err != nil || !answers(t, u.Path) || !strings.HasSuffix(app.Callbacks[0], "/login/callback") {
		t.Errorf("it is called at %s and %s", app.Hook.URL, app.Callbacks)
	}
}

func TestTheExampleOfChannelsIsRead(t *testing.T) {
	config, err := notifier.Read(deployed(t, "notify.yaml")[0].Get("notify"))
	if err != nil || len(config.Channels) != 2 || len(config.Routes) != 2 || config.Pace.PerWeek != 10 {
		t.Errorf("%+v, %v", config, err)
	}
}

// The operator learns at the start what is wrong in his files.
func TestServeRefusesWrongFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	c := &cli{env: env{getenv: func(string) string { return "" }, now: time.Now}}
	for name, tt := range map[string]struct{ text, want string }{
		"no section": {"version: 1\n", "want channels"},
		"a typo":     {"notify: {chanels: []}\n", "did you mean"},
		"no secret":  {"notify: {channels: [{name: s, kind: slack, token-env: SLACK_TOKEN}]}\n", "SLACK_TOKEN is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.outbox(&bot.Bot{}, serveFlags{notify: write("notify.yaml", tt.text)})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	hub := &bot.GitHub{API: &url.URL{Scheme: "https", Host: "api.github.com"}}
	for name, f := range map[string]serveFlags{
		"no public address": {client: "Iv1.x", clientSecret: write("client", "0123456789abcdef0123")},
		"no client id":      {public: "https://x.example", clientSecret: write("client", "0123456789abcdef0123")},
		"no secret":         {public: "https://x.example", client: "Iv1.x", clientSecret: write("empty", "")},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.pages(&bot.Bot{GitHub: hub, Pages: bot.Login}, f); err == nil {
				t.Error("it starts")
			}
		})
	}
}
