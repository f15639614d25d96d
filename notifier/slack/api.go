package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/internal/post"
)

// DefaultAPI is where Slack's API is.
const DefaultAPI = "https://slack.com/api/"

// An API posts as an app of Slack, with the token of its bot. It is a
// [notifier.Board]: what it posted it changes, and adds a line to the thread below.
// The app needs the scope chat:write, and an invitation to each channel.
type API struct {
	post, update post.Target
	token        string
}

// NewAPI takes the API's address, empty for Slack's own, and the token.
func NewAPI(address, token string, loopback bool) (*API, error) {
	if address == "" {
		address = DefaultAPI
	}
	address = strings.TrimSuffix(address, "/") + "/"
	post1, err1 := post.NewTarget(address+"chat.postMessage", loopback)
	post2, err2 := post.NewTarget(address+"chat.update", loopback)
	return &API{post1, post2, token}, errors.Join(err1, err2)
}

// Deliver implements [notifier.Channel].
func (a *API) Deliver(ctx context.Context, n notifier.Notice) error {
	_, err := a.Put(ctx, n, "")
	return err
}

// A call is what the two methods of the API take.
type call struct {
	message
	Channel  string `json:"channel"`
	Stamp    string `json:"ts,omitempty"`        // the message that is changed
	Thread   string `json:"thread_ts,omitempty"` // the message that is answered
	Metadata any    `json:"metadata,omitempty"`
}

// metadata tells programs which notice a message is.
type metadata struct {
	Type    string            `json:"event_type"`
	Payload map[string]string `json:"event_payload"`
}

// Put implements [notifier.Board]. A place is the channel's id and the message's time.
func (a *API) Put(ctx context.Context, n notifier.Notice, place string) (where string, err error) {
	m := call{message: newMessage(n), Channel: n.To, Metadata: metadata{"breakwater_notice", map[string]string{"key": n.Key, "thread": n.Thread}}}
	channel, stamp, known := strings.Cut(place, " ")
	if !known {
		return a.call(ctx, a.post, m)
	}
	m.Channel, m.Stamp = channel, stamp
	switch _, err = a.call(ctx, a.update, m); {
	case errors.Is(err, errGone): // somebody deleted it
		m.Channel, m.Stamp = n.To, ""
		return a.call(ctx, a.post, m)
	case err != nil:
		return place, err
	}
	_, err = a.call(ctx, a.post, call{message: message{Text: n.News(), Markdown: false}, Channel: channel, Thread: stamp})
	return place, err
}

var errGone = errors.New("the message is no longer there")

// passing are the errors of Slack that go away by themselves.
func passing() []string {
	return []string{"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited", "team_added_to_org"}
}

func (a *API) call(ctx context.Context, method post.Target, c call) (place string, err error) {
	body, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	header := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Authorization": {"Bearer " + a.token}}
	text, err := method.Ask(ctx, header, body, quoted)
	if err != nil {
		return "", err
	}
	var answer struct {
		OK      bool   `json:"ok"`
		Error   string `json:"error"`
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return "", &notifier.Temporary{Err: errors.New("the receiver's answer is no JSON")}
	}
	switch word := report.Plain(answer.Error[:min(len(answer.Error), quoted)]); {
	case answer.OK:
		return answer.Channel + " " + answer.TS, nil
	case slices.Contains(passing(), word):
		return "", &notifier.Temporary{Err: fmt.Errorf("the receiver answered %s", word)}
	case word == "message_not_found" || word == "thread_not_found":
		return "", errGone
	default:
		return "", fmt.Errorf("the receiver answered %s", word)
	}
}
