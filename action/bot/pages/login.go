package pages

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/breakwater-data/breakwater/action/bot"
	"github.com/google/go-github/v60/github"
	"golang.org/x/oauth2"
)

// A Login lets people log in with their account at the forge. There is nothing to
// remember but a cookie, which holds a token of theirs, sealed: any replica opens it.
type Login struct {
	oauth oauth2.Config
	api   *url.URL
	seal  cipher.AEAD
	home  *url.URL
	now   func() time.Time
	log   *slog.Logger

	mu    sync.Mutex
	known map[[sha256.Size]byte]seen // by token
}

// seen is what the forge said that somebody sees.
type seen struct {
	*viewer
	at time.Time
}

// Limits of a login.
const (
	sessionTime  = 8 * time.Hour // as long as a token of the forge lasts
	loginTime    = 10 * time.Minute
	seenTime     = 5 * time.Minute // until the forge is asked again what somebody sees
	maxKnown     = 10_000
	maxRepoPages = 50
	askTime      = 20 * time.Second
	callbackPath = "/login/callback"
)

// NewLogin returns a login for the App's client id and secret. Public is where people
// reach the pages: https://breakwater.acme.example. The API says where the forge is.
func NewLogin(api *url.URL, id, secret, public string, now func() time.Time, log *slog.Logger) (*Login, error) {
	home, err := url.Parse(strings.TrimSuffix(public, "/"))
	if err != nil || home.Host == "" || home.Path != "" || home.Scheme != "https" && home.Scheme != "http" {
		return nil, errors.New("want the address at which people reach the pages, such as https://breakwater.acme.example")
	}
	if id == "" || len(secret) < 16 {
		return nil, errors.New("want the client id and the client secret of the App")
	}
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "breakwater pages", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	web := bot.Web(api)
	return &Login{
		oauth: oauth2.Config{
			ClientID: id, ClientSecret: secret, RedirectURL: home.String() + callbackPath,
			Endpoint: oauth2.Endpoint{AuthURL: web + "/login/oauth/authorize", TokenURL: web + "/login/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams},
		},
		api: api, seal: seal, home: home, now: now, log: log, known: make(map[[sha256.Size]byte]seen),
	}, nil
}

// A session is what the cookie holds; a started login is one, too.
type session struct {
	Login, Token    string
	Until           time.Time
	State, Verifier string
	To              string // where to go then
}

func (l *Login) secure() bool { return l.home.Scheme == "https" }

func (l *Login) cookieName(kind string) string {
	if l.secure() {
		return "__Host-breakwater-" + kind
	}
	return "breakwater-" + kind
}

// set seals s into a cookie of a kind; nil removes it.
func (l *Login) set(w http.ResponseWriter, kind string, s *session) {
	c := &http.Cookie{Name: l.cookieName(kind), Path: "/", HttpOnly: true, Secure: l.secure(), SameSite: http.SameSiteLaxMode, MaxAge: -1}
	if s != nil {
		text, _ := json.Marshal(s) // of texts and a time
		c.Value = base64.RawURLEncoding.EncodeToString(l.seal.Seal(nil, nil, text, []byte(kind)))
		c.MaxAge = int(s.Until.Sub(l.now()).Seconds())
	}
	http.SetCookie(w, c)
}

// get opens the cookie of a kind; nil: there is none that is ours and still holds.
func (l *Login) get(req *http.Request, kind string) *session {
	c, err := req.Cookie(l.cookieName(kind))
	if err != nil {
		return nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil
	}
	text, err := l.seal.Open(nil, nil, sealed, []byte(kind))
	s := new(session)
	if err != nil || json.Unmarshal(text, s) != nil || !s.Until.After(l.now()) {
		return nil
	}
	return s
}

// begin sends somebody to the forge to log in.
func (l *Login) begin(w http.ResponseWriter, req *http.Request) {
	to := req.URL.Query().Get("to")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		to = "/"
	}
	s := &session{State: rand.Text(), Verifier: oauth2.GenerateVerifier(), Until: l.now().Add(loginTime), To: to}
	l.set(w, "login", s)
	http.Redirect(w, req, l.oauth.AuthCodeURL(s.State, oauth2.S256ChallengeOption(s.Verifier)), http.StatusSeeOther)
}

// finish takes who comes back from the forge.
func (l *Login) finish(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), askTime)
	defer cancel()
	s, query := l.get(req, "login"), req.URL.Query()
	l.set(w, "login", nil)
	begun := s != nil && subtle.ConstantTimeCompare([]byte(s.State), []byte(query.Get("state"))) == 1
	switch {
	case begun && query.Get("error") != "":
		http.Error(w, "GitHub says that this login is not wanted. Begin again if it is.", http.StatusForbidden)
		return
	case !begun || query.Get("code") == "":
		http.Error(w, "This login was not begun here, or too long ago. Begin again.", http.StatusBadRequest)
		return
	}
	token, err := l.oauth.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(s.Verifier))
	var user *github.User
	if err == nil {
		user, _, err = l.client(token.AccessToken).Users.Get(ctx, "")
	}
	if err != nil {
		l.log.Warn("somebody could not log in") // the error may hold what is secret
		http.Error(w, "GitHub did not let you in. Begin again.", http.StatusBadGateway)
		return
	}
	l.set(w, "session", &session{Login: user.GetLogin(), Token: token.AccessToken, Until: l.now().Add(sessionTime)})
	http.Redirect(w, req, s.To, http.StatusSeeOther)
}

func (l *Login) logout(w http.ResponseWriter, req *http.Request) {
	if s := l.get(req, "session"); s != nil {
		l.mu.Lock()
		delete(l.known, sha256.Sum256([]byte(s.Token)))
		l.mu.Unlock()
	}
	l.set(w, "session", nil)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "You are logged out.")
}

// client asks in the name of a person.
func (l *Login) client(token string) *github.Client {
	c := github.NewClient(&http.Client{Timeout: askTime}).WithAuthToken(token)
	c.BaseURL = l.api
	return c
}

// viewer returns who sent a request; nil: nobody who is logged in, or of whom it is not
// known what he sees.
func (l *Login) viewer(req *http.Request) *viewer {
	v, err := l.look(req)
	if err != nil {
		return nil
	}
	return v
}

// look returns who sent a request, with what the forge says that he sees: nil if nobody
// is logged in.
func (l *Login) look(req *http.Request) (*viewer, error) {
	s := l.get(req, "session")
	if s == nil {
		return nil, nil
	}
	key := sha256.Sum256([]byte(s.Token))
	l.mu.Lock()
	was, ok := l.known[key]
	l.mu.Unlock()
	if ok && l.now().Sub(was.at) < seenTime {
		return was.viewer, nil
	}
	ctx, cancel := context.WithTimeout(req.Context(), askTime)
	defer cancel()
	v := &viewer{login: s.Login, repos: make(map[string]string), writes: make(map[string]bool)}
	if err := l.ask(ctx, l.client(s.Token), v); err != nil {
		if answer, ok := errors.AsType[*github.ErrorResponse](err); ok && answer.Response.StatusCode == http.StatusUnauthorized {
			return nil, nil // the token holds no longer
		}
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.known) >= maxKnown {
		clear(l.known)
	}
	l.known[key] = seen{v, l.now()}
	return v, nil
}

// ask asks what somebody sees of what the App is installed in.
func (l *Login) ask(ctx context.Context, client *github.Client, v *viewer) error {
	opts := &github.ListOptions{PerPage: 100}
	for range maxRepoPages {
		installations, resp, err := client.Apps.ListUserInstallations(ctx, opts)
		if err != nil {
			return err
		}
		for _, i := range installations {
			if err := l.askInstallation(ctx, client, i.GetID(), v); err != nil {
				return err
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	return nil
}

func (l *Login) askInstallation(ctx context.Context, client *github.Client, id int64, v *viewer) error {
	opts := &github.ListOptions{PerPage: 100}
	for range maxRepoPages {
		repos, resp, err := client.Apps.ListUserRepos(ctx, id, opts)
		if err != nil {
			return err
		}
		for _, r := range repos.Repositories {
			name := strings.ToLower(r.GetFullName())
			may := r.GetPermissions()
			v.repos[name] = r.GetFullName()
			v.writes[name] = may["admin"] || may["maintain"] || may["push"]
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	return nil
}
