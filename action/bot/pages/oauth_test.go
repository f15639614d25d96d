package pages

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot"
	"github.com/breakwater-data/breakwater/action/emulatetest"
)

// A door is the login of emulate, and what emulate leaves out of GitHub's: it looks at
// the proof that who asks for the token is who began, and says what a person sees.
type door struct {
	mu         sync.Mutex
	challenges map[string]bool
}

func (d *door) stand(t *testing.T, home string) string {
	e := emulatetest.Start(t, fmt.Sprintf(`tokens: {}
github:
  users: [{login: fay}, {login: mallory}]
  oauth_apps: [{client_id: Iv1.x, client_secret: %q, name: Breakwater, redirect_uris: [%q]}]
`, clientSecret, home+callbackPath))
	target, _ := url.Parse(e.URL)
	proxy, mux := httputil.NewSingleHostReverseProxy(target), http.NewServeMux()
	mux.Handle("/", proxy)
	mux.HandleFunc("GET /login/oauth/authorize", func(w http.ResponseWriter, req *http.Request) {
		d.mu.Lock()
		d.challenges[req.URL.Query().Get("code_challenge")] = req.URL.Query().Get("code_challenge_method") == "S256"
		d.mu.Unlock()
		proxy.ServeHTTP(w, req)
	})
	mux.HandleFunc("POST /login/oauth/access_token", func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		form, _ := url.ParseQuery(string(body))
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		d.mu.Lock()
		proven := d.challenges[base64.RawURLEncoding.EncodeToString(sum[:])]
		d.mu.Unlock()
		if !proven {
			http.Error(w, `{"error":"bad_verification_code"}`, http.StatusBadRequest)
			return
		}
		req.Body, req.ContentLength = io.NopCloser(strings.NewReader(string(body))), int64(len(body))
		req.Header.Set("Accept", "application/json")
		proxy.ServeHTTP(w, req)
	})
	answer := func(pattern string, v object) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(v) })
	}
	answer("GET /user/installations", object{"installations": []object{{"id": 41}}})
	answer("GET /user/installations/41/repositories", object{"repositories": []object{{"full_name": "acme/checkout"}}})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

var hidden = regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)"`)

// consent is what somebody does at the forge: he looks at the page to which he was sent,
// and goes on as login. It returns where that leads.
func consent(t *testing.T, address, login string) (code int, back *url.URL) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK {
		return resp.StatusCode, nil
	}
	for _, form := range strings.Split(string(text), "<form")[1:] {
		fields := url.Values{}
		for _, m := range hidden.FindAllStringSubmatch(form, -1) {
			fields.Set(m[1], html.UnescapeString(m[2]))
		}
		if fields.Get("login") != login {
			continue
		}
		at, _ := url.Parse(address)
		at.Path, at.RawQuery = "/login/oauth/callback", ""
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.PostForm(at.String(), fields)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		back, err := resp.Location()
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, back
	}
	t.Fatalf("%s cannot be chosen in\n%s", login, text)
	return 0, nil
}

// TestLoginAtEmulate logs in at a GitHub that is not of our making.
func TestLoginAtEmulate(t *testing.T) {
	d := &door{challenges: make(map[string]bool)}
	passed := time.Duration(0)
	home := newSiteAt(t, bot.Login, func() time.Time { return time.Now().Add(passed) }, func(home string) string { return d.stand(t, home) })
	begin := func(b *browser) string {
		t.Helper()
		resp, _ := b.do("GET", "/login?to=/changes", nil)
		for _, c := range resp.Cookies() {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge > 600 {
				t.Errorf("the cookie is %+v", c)
			}
		}
		return resp.Header.Get("Location")
	}
	finish := func(b *browser, back *url.URL) *http.Response {
		t.Helper()
		resp, _ := b.do("GET", back.RequestURI(), nil)
		return resp
	}
	fay := newBrowser(t, home)
	_, back := consent(t, begin(fay), "fay")
	if !strings.HasPrefix(back.String(), home+callbackPath+"?") {
		t.Fatalf("the forge leads to %s", back)
	}
	if resp := finish(newBrowser(t, home), back); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("who did not begin it ends it with %d", resp.StatusCode)
	}
	if resp := finish(fay, back); resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/changes" {
		t.Fatalf("the login ends with %d %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	if _, text := fay.get("/"); !strings.Contains(text, "<span>fay</span>") || !strings.Contains(text, "contracts/orders") || strings.Contains(text, "vault/gold") {
		t.Errorf("fay sees\n%s", text)
	}

	again := newBrowser(t, home) // a code is good once
	state, _ := url.Parse(begin(again))
	back.RawQuery = url.Values{"code": {back.Query().Get("code")}, "state": {state.Query().Get("state")}}.Encode()
	if resp := finish(again, back); resp.StatusCode != http.StatusBadGateway {
		t.Errorf("a code that was used ends with %d", resp.StatusCode)
	}

	denied := newBrowser(t, home)
	state, _ = url.Parse(begin(denied))
	back.RawQuery = url.Values{"error": {"access_denied"}, "state": {state.Query().Get("state")}}.Encode()
	if resp, text := denied.do("GET", back.RequestURI(), nil); resp.StatusCode != http.StatusForbidden || !strings.Contains(text, "not wanted") {
		t.Errorf("who says no gets %d %s", resp.StatusCode, text)
	}

	elsewhere, _ := url.Parse(begin(newBrowser(t, home)))
	query := elsewhere.Query()
	query.Set("redirect_uri", "https://evil.example/login/callback")
	elsewhere.RawQuery = query.Encode()
	if code, _ := consent(t, elsewhere.String(), "fay"); code != http.StatusBadRequest {
		t.Errorf("to somebody else's page the forge says %d", code)
	}

	late := newBrowser(t, home)
	_, back = consent(t, begin(late), "fay")
	passed = loginTime + time.Second
	if resp := finish(late, back); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("too late, and the login ends with %d", resp.StatusCode)
	}
	passed = sessionTime + time.Second
	if resp, _ := fay.do("GET", "/", nil); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("after %v fay gets %d", passed, resp.StatusCode)
	}
}
