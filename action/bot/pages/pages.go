// Package pages is what people look at: the ports of an organisation and who reads them,
// how they changed, which changes are open and who has yet to agree, what was told to
// whom, and who did what.
//
// The pages are written by the server, load nothing from elsewhere and run nothing. What
// somebody sees follows the repositories that the forge lets him see: a port, a
// consumer, a change and a letter each belong to one. Nothing can be done here but to
// send again a letter that could not be delivered, by who may write to its repository.
package pages

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action/bot"
	"github.com/breakwater-data/breakwater/checker/report"
)

// A Site serves the pages of a bot.
type Site struct {
	Bot   *bot.Bot
	Login *Login // nil: everybody sees everything, and nobody can do anything

	pages map[string]*template.Template
	style string // its address
}

//go:embed html
var files embed.FS

// Attach has the bot serve the pages.
func (s *Site) Attach() error {
	if err := s.parse(); err != nil {
		return err
	}
	s.Bot.Mount = s.mount
	if s.Login != nil {
		s.Bot.Sees = func(req *http.Request) func(repo string) bool {
			v := s.Login.viewer(req)
			if v == nil {
				return nil
			}
			return v.sees
		}
	}
	return nil
}

func (s *Site) parse() error {
	text, err := files.ReadFile("html/style.css")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	s.style = "/assets/style-" + hex.EncodeToString(sum[:6]) + ".css"
	s.pages = make(map[string]*template.Template)
	helpers := template.FuncMap{"day": day, "moment": moment, "plain": report.Plain, "short": short}
	for _, name := range []string{"catalogue", "port", "compare", "graph", "changes", "deliveries", "audit", "message"} {
		if s.pages[name], err = template.New("layout.tmpl").Funcs(helpers).ParseFS(files, "html/layout.tmpl", "html/"+name+".tmpl"); err != nil {
			return err
		}
	}
	return nil
}

func day(t time.Time) string    { return t.UTC().Format("2 Jan 2006") }
func moment(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04 UTC") }

func short(commit string) string { return commit[:min(len(commit), 7)] }

// A page is what the layout shows.
type page struct {
	Title, Style, Path string
	Who                string // who is logged in
	LoggedIn           bool
	Body               any
}

// contentPolicy lets a page load its style and pictures from here, and nothing else.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Site) mount(mux *http.ServeMux) {
	if s.Bot.Pages == bot.Off {
		return
	}
	show := func(pattern string, do func(*request) error) { mux.Handle(pattern, s.guard(do)) }
	show("GET /{$}", (*request).catalogue)
	show("GET /ports/{owner}/{repo}", (*request).port)
	show("GET /compare/{owner}/{repo}", (*request).compare)
	show("GET /graph", (*request).graph)
	show("GET /graph.svg", (*request).picture)
	show("GET /changes", (*request).changes)
	show("GET /deliveries", (*request).deliveries)
	show("GET /audit", (*request).audit)
	mux.HandleFunc("GET "+s.style, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		http.ServeFileFS(w, req, files, "html/style.css")
	})
	if s.Login != nil {
		own := http.NewCrossOriginProtection() // a form of somebody else's page does nothing here
		mux.Handle("POST /deliveries/{id}", own.Handler(s.guard((*request).again)))
		mux.Handle("POST /logout", own.Handler(http.HandlerFunc(s.Login.logout)))
		mux.HandleFunc("GET /login", s.Login.begin)
		mux.HandleFunc("GET "+callbackPath, s.Login.finish)
	}
}

// A request is one of somebody who may look.
type request struct {
	*Site
	*viewer
	w   http.ResponseWriter
	req *http.Request
}

// guard lets through who logged in, or everybody if nobody has to.
func (s *Site) guard(do func(*request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r := &request{s, &viewer{all: true}, w, req}
		switch {
		case s.Bot.Pages == bot.Anonymous:
		case s.Login == nil:
			r.viewer = new(viewer)
			r.say(http.StatusUnauthorized, "Nobody can log in yet", "The bot needs --github-client-id, --github-client-secret-file and --public-url for that, or --pages anonymous on a private network.")
			return
		default:
			v, err := s.Login.look(req)
			if err != nil {
				s.Bot.Log.Warn("what somebody may see is not known", "error", err.Error())
				r.viewer = new(viewer)
				r.say(http.StatusServiceUnavailable, "GitHub does not answer", "It says what you may see. Try again in a while.")
				return
			}
			if r.viewer = v; v == nil {
				http.Redirect(w, req, "/login?to="+template.URLQueryEscaper(req.URL.RequestURI()), http.StatusSeeOther)
				return
			}
		}
		if err := do(r); err != nil {
			s.Bot.Log.Error("page not shown", "path", req.URL.Path, "error", err.Error())
			r.say(http.StatusServiceUnavailable, "This page cannot be shown now", "The database or GitHub does not answer. Try again in a while.")
		}
	})
}

// show writes a page.
func (r *request) show(code int, name, title string, body any) error {
	var b bytes.Buffer
	p := page{Title: title, Style: r.style, Path: r.req.URL.Path, Who: r.login, LoggedIn: r.login != "", Body: body}
	if err := r.pages[name].Execute(&b, p); err != nil {
		return err
	}
	r.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	r.w.WriteHeader(code)
	r.w.Write(b.Bytes())
	return nil
}

// say shows a page with a sentence.
func (r *request) say(code int, title, text string) error {
	return r.show(code, "message", title, text)
}

func (r *request) notFound() error {
	return r.say(http.StatusNotFound, "Not found", "There is no such thing, or you may not see it.")
}

// repo is the repository that the address names, if its reader may see it.
func (r *request) repo() (name string, ok bool) {
	name = r.req.PathValue("owner") + "/" + r.req.PathValue("repo")
	return name, r.sees(name)
}

// A viewer is somebody, and the repositories that he sees.
type viewer struct {
	login  string
	all    bool
	repos  map[string]string // as the forge writes them, by their names in lower case
	writes map[string]bool   // where he may write
}

func (v *viewer) sees(repo string) bool { return v.all || v.repos[strings.ToLower(repo)] != "" }

// names lists the repositories that v sees; nil: all.
func (v *viewer) names() []string {
	if v.all {
		return nil
	}
	names := []string{}
	for _, name := range v.repos {
		names = append(names, name)
	}
	return names
}
