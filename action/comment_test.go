package action

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-github/v60/github"
)

const marker = "<!-- breakwater:report id=ci/contracts rev=" + rev + " -->\n"

func put(t *testing.T, c *Comment, b Body) string {
	t.Helper()
	url, err := c.Put(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func TestOneCommentIsMadeAndThenEdited(t *testing.T) {
	f := newForge(t)
	f.add("mallory", marker+"all is well") // an outsider's, with our marker
	f.add(us, "> "+marker+"quoted")        // ours, but not the one
	f.add(us, "<!-- breakwater:report id=ci/contracts.2 rev=1 -->\nof another job")

	first := put(t, f.comment("token"), says("one"))
	if got := f.comments[3].GetBody(); got != marker+"one" {
		t.Errorf("made %q", got)
	}
	second := put(t, f.comment("token"), says("two"))
	if got := f.comments[3].GetBody(); got != marker+"two" || len(f.comments) != 4 {
		t.Errorf("edited to %q; there are %d comments", got, len(f.comments))
	}
	if first != second || first != f.comments[3].GetHTMLURL() {
		t.Errorf("it was at %s and is at %s", first, second)
	}
	if got := f.comments[0].GetBody(); got != marker+"all is well" {
		t.Errorf("the outsider's comment says %q", got)
	}
	put(t, f.comment("token"), says("two"))
	if n := f.count("PATCH"); n != 1 {
		t.Errorf("it was edited %d times, although nothing changed", n)
	}
}

func TestTheCommentIsFoundOnALaterPage(t *testing.T) {
	f := newForge(t)
	for range 250 {
		f.add("ada", "a talk")
	}
	f.add(us, marker+"one")
	put(t, f.comment("token"), says("two"))
	if got := f.comments[250].GetBody(); got != marker+"two" || len(f.comments) != 251 {
		t.Errorf("it says %q; there are %d comments", got, len(f.comments))
	}
}

func TestNoCommentIsMadeWhereNoneIsWanted(t *testing.T) {
	f := newForge(t)
	b := says("all is well")
	b.Create = false
	if url := put(t, f.comment("token"), b); url != "" || len(f.comments) != 0 || f.count("POST") != 0 {
		t.Errorf("there is one at %q", url)
	}
	f.add(us, marker+"broken")
	put(t, f.comment("token"), b)
	if got := f.comments[0].GetBody(); got != marker+"all is well" {
		t.Errorf("the one that was there says %q", got)
	}
}

func TestACommentThatIsDeletedMeanwhileIsMadeAgain(t *testing.T) {
	f := newForge(t)
	f.add(us, marker+"one")
	f.before = func(_ http.ResponseWriter, req *http.Request) bool {
		if req.Method == http.MethodPatch {
			f.comments = nil
		}
		return false
	}
	b := says("two")
	b.Create = false
	put(t, f.comment("token"), b)
	if len(f.comments) != 1 || f.comments[0].GetBody() != marker+"two" {
		t.Errorf("there are %v", f.comments)
	}
}

func TestALongCommentIsRenderedShorter(t *testing.T) {
	f := newForge(t)
	var limits []int
	body := Body{Create: true, Render: func(limit int) string {
		limits = append(limits, limit)
		return strings.Repeat("é", limit*2) // twice as long as it may be, and longer in bytes
	}}
	put(t, f.comment("token"), body)
	if got := []rune(f.comments[0].GetBody()); len(got) > 65_536 || len(got) < 30_000 {
		t.Errorf("it has %d characters", len(got))
	}
	if limits[0] != 65_536-len(marker) || len(limits) != 2 || limits[1] != 65_536/2-len(marker) {
		t.Errorf("it was rendered for %v", limits)
	}
}

func TestACommentThatIsAlwaysRefusedEnds(t *testing.T) {
	f := newForge(t)
	f.before = func(w http.ResponseWriter, req *http.Request) bool {
		if req.Method == http.MethodPost && !strings.HasSuffix(req.URL.Path, "graphql") {
			refuse(w, http.StatusUnprocessableEntity)
			return true
		}
		return false
	}
	_, err := f.comment("token").Put(t.Context(), says("one"))
	if err == nil || f.count("POST") > 7 {
		t.Errorf("got %v after %d attempts", err, f.count("POST"))
	}
}

func TestARunOfAnOlderHeadLeavesTheCommentAlone(t *testing.T) {
	f := newForge(t)
	f.head = strings.Repeat("2", 40)
	f.add(us, "<!-- breakwater:report id=ci/contracts rev="+f.head+" -->\nnewer")
	_, err := f.comment("token").Put(t.Context(), says("older"))
	if !errors.Is(err, ErrOutdated) || !strings.HasSuffix(f.comments[0].GetBody(), "newer") {
		t.Errorf("got %v; the comment says %q", err, f.comments[0].GetBody())
	}
}

func TestTwoRacersLeaveOneComment(t *testing.T) {
	f := newForge(t)
	both := make(chan bool)
	var listed sync.WaitGroup
	listed.Add(2)
	go func() { listed.Wait(); close(both) }()
	started := 0
	f.before = func(w http.ResponseWriter, req *http.Request) bool {
		if req.Method == http.MethodGet && strings.HasSuffix(req.URL.Path, "/pulls/7") && started < 2 {
			started++ // it has seen no comment, and is about to make one
			listed.Done()
			f.mu.Unlock()
			<-both
			f.mu.Lock()
		}
		return false
	}
	var done sync.WaitGroup
	errs := make([]error, 2)
	for i := range 2 {
		done.Go(func() { _, errs[i] = f.comment("token").Put(t.Context(), says("the report")) })
	}
	done.Wait()
	if errs[0] != nil || errs[1] != nil {
		t.Error(errs)
	}
	if f.count("POST") != 2 {
		t.Fatalf("%d comments were made; the race was none", f.count("POST"))
	}
	if len(f.comments) != 1 || f.comments[0].GetID() != 1 || f.comments[0].GetBody() != marker+"the report" {
		t.Errorf("there are %v", f.comments)
	}
}

func TestAnsweredLater(t *testing.T) {
	tests := []struct {
		name   string
		answer func(w http.ResponseWriter)
		times  int
		ok     bool
		asks   int
		want   string // of what is said
	}{
		{"a server's error, twice", func(w http.ResponseWriter) { refuse(w, 502) }, 2, true, 3, ""},
		{"a server's error, always", func(w http.ResponseWriter) { refuse(w, 503) }, 100, false, attempts, "503"},
		{"too many requests, for a moment", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"message":"You have exceeded a secondary rate limit","documentation_url":"https://docs.github.com/rest#secondary-rate-limits"}`)
		}, 1, true, 2, ""},
		{"too many requests, for long", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"message":"slow down"}`)
		}, 100, false, 1, "takes no more requests"},
		{"the hour's requests are spent", func(w http.ResponseWriter) {
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset", "4000000000")
			refuse(w, http.StatusForbidden)
		}, 100, false, 1, "takes no more requests"},
		{"no permission", func(w http.ResponseWriter) { refuse(w, http.StatusForbidden) }, 100, false, 1, `"pull-requests: write"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newForge(t)
			left := tt.times
			f.before = func(w http.ResponseWriter, req *http.Request) bool {
				if req.Method != http.MethodPost || left == 0 {
					return false
				}
				left--
				tt.answer(w)
				return true
			}
			_, err := f.comment("token").Put(t.Context(), says("one"))
			if (err == nil) != tt.ok || f.count("POST") != tt.asks {
				t.Errorf("got %v after %d requests, want %d", err, f.count("POST"), tt.asks)
			}
			if err != nil && !strings.Contains(refused(err), tt.want) {
				t.Errorf("it is said that %s", refused(err))
			}
		})
	}
}

func TestAWrongTokenAndNobodyThere(t *testing.T) {
	f := newForge(t)
	_, err := f.comment("wrong").Put(t.Context(), says("one"))
	if err == nil || refused(err) != "GitHub does not accept the github-token." {
		t.Errorf("got %v", err)
	}
	c := f.comment("token")
	f.Close()
	if _, err := c.Put(t.Context(), says("one")); err == nil || !strings.Contains(refused(err), "connection refused") {
		t.Errorf("got %v", err)
	}
}

func TestTheCommentRemembersNotices(t *testing.T) {
	f := newForge(t)
	c := f.comment("token")
	b := says("one")
	b.Notices = []string{"slack:1", "no key -->", "no--key", "slack:2-b"}
	put(t, c, b)
	put(t, c, says("two"))
	got, err := c.Delivered(t.Context())
	if err != nil || fmt.Sprint(got) != "[slack:1 slack:2-b]" {
		t.Errorf("it remembers %v, %v", got, err)
	}
	for i := range 150 {
		b.Notices = append(b.Notices, fmt.Sprintf("mail:%d", i))
	}
	put(t, c, b)
	if got, _ := c.Delivered(t.Context()); len(got) != maxNotices || got[maxNotices-1] != "mail:149" {
		t.Errorf("it remembers %d notices: %v", len(got), got)
	}
	f.comments[0].User = &github.User{Login: github.String("mallory")}
	if got, _ := c.Delivered(t.Context()); got != nil {
		t.Errorf("it believes an outsider that %v", got)
	}
}

func TestCommentID(t *testing.T) {
	for _, text := range []string{"ci/contracts", "--> <img>", "a b", "a-b", strings.Repeat("x", 500), "", "日本"} {
		id := CommentID(text)
		if strings.ContainsAny(id, " <>\n") || strings.Contains(id, "--") || len(id) > 110 {
			t.Errorf("%q becomes %q", text, id)
		}
	}
	if CommentID("a b") == CommentID("a-b") {
		t.Error("two texts have one id")
	}
	if CommentID("ci/contracts") != "ci/contracts" {
		t.Error("a plain id is not kept")
	}
}
