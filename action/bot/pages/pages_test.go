package pages

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/formats"
	"github.com/breakwater-data/breakwater/notifier"
)

type object = map[string]any

const (
	file   = "contracts/orders.odcs.yaml"
	before = "apiVersion: v3.1.0\nkind: DataContract\nid: urn:contract:orders\nversion: 1.5.0\nstatus: active\nschema:\n  - name: orders\n    properties:\n      - {name: id, logicalType: string}\n      - {name: discount, logicalType: number}\n"
)

var after = strings.Replace(before, "      - {name: discount, logicalType: number}\n", "", 1)

func commit(text string) string { return fmt.Sprintf("%x", sha1.Sum([]byte(text))) }

func blob(text string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(text), text))
	return hex.EncodeToString(sum[:])
}

// A forge is as much of GitHub as the pages use. Whoever logs in is called what the code
// says, and sees repositories by that name.
type forge struct {
	*httptest.Server
	sees  map[string][]string // repositories by login
	asked int                 // for what somebody sees
}

func newForge(t testing.TB) *forge {
	f := &forge{sees: map[string][]string{"fay": {"acme/checkout", "acme/kpi"}, "eve": {"acme/kpi"}}}
	mux := http.NewServeMux()
	answer := func(pattern string, do func(req *http.Request, login string) any) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			login := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ghu_")
			json.NewEncoder(w).Encode(do(req, login))
		})
	}
	answer("POST /login/oauth/access_token", func(req *http.Request, _ string) any {
		if req.FormValue("client_secret") != clientSecret || req.FormValue("code_verifier") == "" || f.sees[req.FormValue("code")] == nil {
			return object{"error": "bad_verification_code"}
		}
		return object{"access_token": "ghu_" + req.FormValue("code"), "token_type": "bearer"}
	})
	answer("GET /user", func(_ *http.Request, login string) any { return object{"login": login} })
	answer("GET /user/installations", func(*http.Request, string) any {
		f.asked++
		return object{"installations": []object{{"id": 41}}}
	})
	answer("GET /user/installations/41/repositories", func(_ *http.Request, login string) any {
		var all []object
		for _, name := range f.sees[login] {
			all = append(all, object{"full_name": name, "permissions": object{"push": name == "acme/checkout" && login == "fay"}})
		}
		return object{"repositories": all}
	})
	answer("POST /app/installations/41/access_tokens", func(*http.Request, string) any {
		return object{"token": "ghs_x", "expires_at": time.Now().Add(time.Hour)}
	})
	answer("GET /repos/acme/checkout/git/trees/{id}", func(req *http.Request, _ string) any {
		text := map[string]string{commit(before): before, commit(after): after}[req.PathValue("id")]
		return object{"sha": req.PathValue("id"), "tree": []object{{"path": file, "mode": "100644", "type": "blob", "sha": blob(text)}}}
	})
	answer("GET /repos/acme/checkout/git/blobs/{id}", func(req *http.Request, _ string) any {
		text := map[string]string{blob(before): before, blob(after): after}[req.PathValue("id")]
		return object{"size": len(text), "encoding": "base64", "content": base64.StdEncoding.EncodeToString([]byte(text))}
	})
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

const clientSecret = "0123456789abcdef0123"

// evil is a name that a page must not obey.
const evil = `<script>alert(1)</script>"'>`

// newSite serves pages of a bot that knows a port, who reads it, a change and letters.
func newSite(t testing.TB, who bot.Pages) (url string, f *forge) {
	f = newForge(t)
	return newSiteAt(t, who, time.Now, func(string) string { return f.URL }), f
}

// newSiteAt is newSite with a clock, and with the forge that knows the pages by their
// address.
func newSiteAt(t testing.TB, who bot.Pages, now func() time.Time, forge func(home string) string) (url string) {
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { handler.ServeHTTP(w, req) }))
	t.Cleanup(server.Close)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	hub, err := bot.NewGitHub(forge(server.URL), 7, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	b := &bot.Bot{GitHub: hub, Pages: who, Now: time.Now, Log: log, Secrets: [][]byte{[]byte("0123456789abcdef")},
		Checker: checker.Checker{Formats: formats.All(), Unread: formats.Unread(), Tool: checker.Tool{Name: "breakwater", Version: "test"}}}
	if b.Store, err = store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "bot.db"), log, time.Now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Store.Close)
	fill(t, b)
	site := &Site{Bot: b}
	if who == bot.Login {
		if site.Login, err = NewLogin(hub.API, "Iv1.x", clientSecret, server.URL, now, log); err != nil {
			t.Fatal(err)
		}
	}
	if err := site.Attach(); err != nil {
		t.Fatal(err)
	}
	handler = b.Handler()
	return server.URL
}

// fill writes down what a bot knows after a day.
func fill(t testing.TB, b *bot.Bot) {
	port := func(id, repo string) store.Port {
		text, _ := json.Marshal(object{"id": id, "contractId": "urn:contract:" + id, "format": "odcs", "kind": "sql", "status": "active", "version": "1.5.0", "owner": "@acme/team" + evil,
			"files": []string{file}, "promises": []object{{"path": "@slo.freshness", "limit": "1 h"}}})
		return store.Port{Repo: repo, ID: id, Contract: "urn:contract:" + id, Document: text}
	}
	use := func(id, port string) consumer.Use {
		return consumer.Use{Consumer: consumer.Consumer{ID: id, Team: "finance", Criticality: "high", Owners: []string{"@acme/finance"}}, Port: port}
	}
	ctx := t.Context()
	collect := func(repo, head string, at time.Time, ports []store.Port, uses []consumer.Use) error {
		return b.Store.Do(ctx, func(tx *store.Tx) error {
			return tx.Collect(ctx, store.Repository{Repo: repo, Installation: 41, Head: head, Collected: at}, ports, uses)
		})
	}
	orders := []store.Port{port("contracts/orders", "acme/checkout")}
	doc := report.Document{SchemaVersion: 1, Ports: []report.Port{{ID: "contracts/orders", Findings: []report.Finding{{ID: "3f2a91c4", Rule: "table/column-removed", Verdict: "block",
		Message: "column discount is gone", Consumers: []report.JudgedHit{{Hit: report.Hit{ID: "finance.kpi", Owners: []string{"@acme/finance"}, Impact: "violated"}, Verdict: "block"}}}}}}}
	text, _ := json.Marshal(doc)
	err := errors.Join(
		collect("acme/checkout", commit(before), time.Now().Add(-time.Hour), orders, nil),
		collect("acme/checkout", commit(after), time.Now(), orders, nil),
		collect("acme/kpi", commit("kpi"), time.Now(), nil, []consumer.Use{use("finance.kpi"+evil, "contracts/orders")}),
		collect("acme/secret", commit("secret"), time.Now(), []store.Port{port("vault/gold", "acme/secret")}, []consumer.Use{use("secret.reader", "contracts/orders")}),
		b.Store.Do(ctx, func(tx *store.Tx) error {
			for _, repo := range []string{"acme/checkout", "acme/secret"} {
				id, err := tx.Want(ctx, store.Subject{Installation: 41, Repo: repo, Kind: store.Pull, Name: "7"})
				n := notifier.Notice{Key: repo, Channel: "mail", To: "data@acme.example", Port: report.Port{ID: "contracts/orders"}, Consumer: report.Hit{ID: "finance.kpi"},
					Change: notifier.Change{URL: "https://forge.example/7", Title: repo + "#7: " + evil, State: notifier.Proposed}}
				thread := &store.Thread{ID: repo, Subject: id, Repo: repo, State: notifier.Proposed, Channel: "mail"}
				err = errors.Join(err, tx.Put(ctx, &store.Verdict{Subject: id, Head: commit(after), Verdict: "block", Report: string(text), Open: true, URL: "https://forge.example/7"}),
					tx.Write(ctx, thread, n, time.Now()), tx.Object(ctx, store.Objection{Subject: id, Digest: "d", Finding: "3f2a91c4", Consumer: "finance.kpi", Login: "fay", Reason: "we price by it" + evil}),
					tx.Audit(ctx, store.Entry{Actor: "ada", Repo: repo, About: "pull 7", Did: "refused", Detail: evil}))
				if err != nil {
					return err
				}
			}
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	for id := int64(1); id <= 2; id++ {
		letters, _, err := b.Store.Take(ctx, id, time.Minute, func(notifier.Notice) store.Ration { return store.Ration{} })
		if err := errors.Join(err, b.Store.Undelivered(ctx, letters, "", "the receiver answered 404", time.Time{})); err != nil || len(letters) != 1 {
			t.Fatal(len(letters), err)
		}
	}
}

// A browser is somebody with cookies.
type browser struct {
	t      testing.TB
	url    string
	client *http.Client
}

func newBrowser(t testing.TB, url string) *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{t, url, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *browser) do(method, path string, header http.Header) (*http.Response, string) {
	b.t.Helper()
	req, err := http.NewRequest(method, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for name, v := range header {
		req.Header[name] = v
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp, string(text)
}

func (b *browser) get(path string) (int, string) {
	b.t.Helper()
	resp, text := b.do("GET", path, nil)
	return resp.StatusCode, text
}

// login logs in by the forge, which sends somebody back with a code.
func (b *browser) login(code string) *http.Response {
	b.t.Helper()
	resp, _ := b.do("GET", "/login?to=/changes", nil)
	to, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || to.Path != "/login/oauth/authorize" || to.Query().Get("code_challenge_method") != "S256" {
		b.t.Fatalf("it leads to %s: %v", to, err)
	}
	resp, _ = b.do("GET", callbackPath+"?code="+code+"&state="+to.Query().Get("state"), nil)
	return resp
}

func paths() []string {
	return []string{
		"/", "/?q=orders", "/ports/acme/checkout?port=contracts/orders", "/compare/acme/checkout?port=contracts/orders&base=" + commit(before) + "&head=" + commit(after),
		"/graph", "/graph.svg", "/changes", "/deliveries", "/audit",
	}
}

func TestPagesShowWhatIsKnown(t *testing.T) {
	url, _ := newSite(t, bot.Anonymous)
	b := newBrowser(t, url)
	wants := map[string][]string{
		"/":                 {"contracts/orders", "vault/gold", "@slo.freshness 1 h", "finance.kpi", "secret.reader"},
		paths()[1]:          {"contracts/orders"},
		paths()[2]:          {"urn:contract:contracts/orders", commit(before)[:7], commit(after)[:7], "finance.kpi"},
		paths()[3]:          {`class="gone"><del>      - {name: discount, logicalType: number}</del>`, "table/column-removed"},
		"/graph":            {"/graph.svg", "is read by"},
		"/graph.svg":        {"<svg", "finance.kpi"},
		"/changes":          {"acme/checkout#7", "waits for finance.kpi (@acme/finance)", "3f2a91c4", "fay objects to 3f2a91c4 for finance.kpi since", "we price by it"},
		"/deliveries":       {"the receiver answered 404", "tried once", "finance.kpi"},
		"/audit":            {"refused", "acme/secret"},
		"/api/v1/ports":     {"vault/gold"},
		"/api/v1/consumers": {"secret.reader"},
	}
	for path, texts := range wants {
		code, text := b.get(path)
		for _, want := range texts {
			if code != 200 || !strings.Contains(text, want) {
				t.Errorf("%s: %d, and %q is missing in\n%s", path, code, want, text)
			}
		}
		if strings.Contains(text, "<script") || strings.Contains(text, "Send again") || strings.Contains(text, "data@acme.example") {
			t.Errorf("%s shows\n%s", path, text)
		}
	}
	for _, path := range []string{"/ports/acme/checkout?port=no", "/ports/acme/none?port=x", "/nowhere", "/compare/acme/checkout?port=contracts/orders&base=" + commit("of a fork") + "&head=" + commit(after)} {
		if code, _ := b.get(path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
	if resp, _ := b.do("POST", "/deliveries/1", nil); resp.StatusCode/100 == 2 {
		t.Errorf("anybody sends letters again: %d", resp.StatusCode)
	}
}

func TestPagesAreStrict(t *testing.T) {
	url, _ := newSite(t, bot.Anonymous)
	for _, path := range paths() {
		resp, _ := newBrowser(t, url).do("GET", path, nil)
		h := resp.Header
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestPagesThatAreOff(t *testing.T) {
	url, _ := newSite(t, bot.Off)
	for _, path := range append(paths(), "/login", "/api/v1/ports") {
		if code, _ := newBrowser(t, url).get(path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
}

func TestSomebodySeesWhatGitHubLetsHimSee(t *testing.T) {
	url, f := newSite(t, bot.Login)
	stranger := newBrowser(t, url)
	for _, path := range paths() {
		if resp, _ := stranger.do("GET", path, nil); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/login?to=") {
			t.Errorf("%s: a stranger gets %d", path, resp.StatusCode)
		}
	}
	if code, _ := stranger.get("/api/v1/ports"); code != http.StatusUnauthorized {
		t.Errorf("a stranger gets %d from the API", code)
	}
	fay, eve := newBrowser(t, url), newBrowser(t, url)
	resp := fay.login("fay")
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/changes" {
		t.Fatalf("the login ends with %d %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	for _, c := range resp.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || strings.Contains(c.Value, "fay") {
			t.Errorf("the cookie is %+v", c)
		}
	}
	eve.login("eve")
	for _, path := range append(paths(), "/api/v1/ports", "/api/v1/consumers", "/api/v1/checks") {
		code, text := fay.get(path)
		if code != 200 || strings.Contains(text, "vault/gold") || strings.Contains(text, "secret.reader") || strings.Contains(text, "acme/secret") {
			t.Errorf("%s: fay gets %d\n%s", path, code, text)
		}
		_, text = eve.get(path)
		if strings.Contains(text, "contracts/orders</a>") || strings.Contains(text, "acme/checkout#7") {
			t.Errorf("%s: eve sees\n%s", path, text)
		}
	}
	if _, text := fay.get("/"); !strings.Contains(text, "1 that you may not see") {
		t.Errorf("fay is not told that there are more:\n%s", text)
	}
	if f.asked > 2 {
		t.Errorf("the forge was asked %d times what two people see", f.asked)
	}
}

func TestWhoMayWriteSendsAgain(t *testing.T) {
	url, _ := newSite(t, bot.Login)
	fay, eve := newBrowser(t, url), newBrowser(t, url)
	fay.login("fay")
	eve.login("eve")
	own := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	for _, tt := range []struct {
		name   string
		who    *browser
		path   string
		header http.Header
		want   int
	}{
		{"who does not see it", eve, "/deliveries/1", own, 404},
		{"a letter of another repository", fay, "/deliveries/2", own, 404},
		{"somebody else's page", fay, "/deliveries/1", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{"somebody else's page, in an old browser", fay, "/deliveries/1", http.Header{"Origin": {"https://evil.example"}}, 403},
		{"who may", fay, "/deliveries/1", own, 303},
		{"who did", fay, "/deliveries/1", own, 404},
	} {
		if resp, text := tt.who.do("POST", tt.path, tt.header); resp.StatusCode != tt.want {
			t.Errorf("%s: %d %s", tt.name, resp.StatusCode, text)
		}
	}
	if _, text := fay.get("/audit"); !strings.Contains(text, "redeliver") {
		t.Errorf("the trail does not say so:\n%s", text)
	}
	fay.do("POST", "/logout", own)
	if resp, _ := fay.do("GET", "/", nil); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("who logged out gets %d", resp.StatusCode)
	}
}

func TestALoginThatWasNotBegunHere(t *testing.T) {
	url, _ := newSite(t, bot.Login)
	b := newBrowser(t, url)
	if code, _ := b.get(callbackPath + "?code=fay&state=x"); code != http.StatusBadRequest {
		t.Errorf("%d", code)
	}
	b.do("GET", "/login", nil)
	if code, _ := b.get(callbackPath + "?code=fay&state=x"); code != http.StatusBadRequest {
		t.Errorf("with another state: %d", code)
	}
	if resp := b.login("mallory"); resp.StatusCode != http.StatusBadGateway {
		t.Errorf("whom the forge does not know: %d", resp.StatusCode)
	}
	for _, to := range []string{"https://evil.example", "//evil.example", "/\\evil.example"} {
		b := newBrowser(t, url)
		resp, _ := b.do("GET", "/login?to="+to, nil)
		forge, _ := resp.Location()
		resp, _ = b.do("GET", callbackPath+"?code=fay&state="+forge.Query().Get("state"), nil)
		if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || got != "/" {
			t.Errorf("%s leads to %q", to, got)
		}
	}
}

func TestACookieThatSomebodyMade(t *testing.T) {
	url, _ := newSite(t, bot.Login)
	b := newBrowser(t, url)
	resp := b.login("fay")
	for _, c := range resp.Cookies() {
		if !strings.HasSuffix(c.Name, "session") {
			continue
		}
		raw, _ := base64.RawURLEncoding.DecodeString(c.Value)
		raw[len(raw)-1] ^= 1
		forged := newBrowser(t, url)
		for _, cookie := range []string{c.Name + "=" + base64.RawURLEncoding.EncodeToString(raw), c.Name + "=x", strings.Replace(c.Name, "session", "login", 1) + "=" + c.Value} {
			if resp, _ := forged.do("GET", "/", http.Header{"Cookie": {cookie}}); resp.StatusCode != http.StatusSeeOther {
				t.Errorf("a forged cookie gets %d", resp.StatusCode)
			}
		}
		if bytes.Contains(raw, []byte("ghu_")) {
			t.Error("the token can be read in the cookie")
		}
	}
}
