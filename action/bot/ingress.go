package bot

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"golang.org/x/sync/semaphore"
)

// Limits of webhooks.
const (
	maxBody     = 25 << 20        // bytes; the forge sends no more
	maxReading  = 256 << 20       // bytes of all that are being read
	receiveTime = 8 * time.Second // the forge waits ten
)

// A refusal is why a webhook is not taken.
type refusal struct {
	code   int
	reason string // of few, for a metric
	line   string // what the sender is told
}

func (r *refusal) Error() string { return r.line }

// webhook takes one event: it is written down, or the sender is told that it is not.
func (b *Bot) webhook(w http.ResponseWriter, req *http.Request) {
	began := b.Now()
	name, guid := req.Header.Get("X-GitHub-Event"), req.Header.Get("X-GitHub-Delivery")
	log := b.Log.With("event", cut(name, 60), "delivery", cut(guid, 100))
	outcome, err := b.take(req, name, guid, log)
	var no *refusal
	switch {
	case errors.As(err, &no):
		log.Warn("webhook refused", "reason", no.reason, "remote", req.RemoteAddr)
		b.metrics.refused(no.reason)
		if no.code == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "5")
		}
		say(w, no.code, no.line)
	case err != nil:
		log.Error("webhook not written down", "error", err.Error())
		b.metrics.refused("database")
		w.Header().Set("Retry-After", "5")
		say(w, http.StatusServiceUnavailable, "the event could not be written down; send it again later")
	default:
		b.metrics.received(name, outcome)
		say(w, http.StatusAccepted, outcome)
	}
	b.metrics.took(b.Now().Sub(began))
}

// take reads a webhook and writes it down. The outcome is what became of it.
func (b *Bot) take(req *http.Request, name, guid string, log *slog.Logger) (outcome string, err error) {
	if no := b.plausible(req, name, guid); no != nil {
		return "", no
	}
	body, err := b.read(req)
	if err != nil {
		return "", err
	}
	if !b.signed(req.Header.Get("X-Hub-Signature-256"), body) {
		return "", &refusal{http.StatusUnauthorized, "signature", "the signature does not fit"}
	}
	digest := sha256.Sum256(body)
	d := store.Delivery{GUID: guid, Event: name, Digest: hex.EncodeToString(digest[:])}
	e, err := parseEvent(name, body)
	if err != nil {
		return "", &refusal{http.StatusBadRequest, "malformed", "the event is not understood: " + err.Error()}
	}
	d.Action, d.Repo = cut(e.Action, 60), e.Repository.FullName
	ctx, cancel := context.WithTimeout(req.Context(), receiveTime)
	defer cancel()
	outcome = "ignored"
	fresh, err := b.Store.Receive(ctx, d, func(tx *store.Tx) error {
		outcome = "ignored" // should the transaction run again
		asked, err := b.route(ctx, tx, e, d.Digest)
		if asked {
			outcome = "queued"
		}
		return err
	})
	switch {
	case errors.Is(err, store.ErrForeign):
		return "", &refusal{http.StatusConflict, "replayed", err.Error()}
	case err != nil:
		return "", err
	case !fresh:
		outcome = "duplicate"
	}
	log.Info("webhook", "action", d.Action, "repo", d.Repo, "outcome", outcome)
	return outcome, nil
}

// plausible refuses what cannot be a webhook of ours, before it is read.
func (b *Bot) plausible(req *http.Request, name, guid string) error {
	kind, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	app := req.Header.Get("X-GitHub-Hook-Installation-Target-ID")
	switch {
	case b.stopping.Load():
		return &refusal{http.StatusServiceUnavailable, "stopping", "stopping"}
	case req.Header.Get("X-Hub-Signature-256") == "":
		return &refusal{http.StatusUnauthorized, "unsigned", "want X-Hub-Signature-256"}
	case kind != "application/json":
		return &refusal{http.StatusUnsupportedMediaType, "media-type", "want application/json"}
	case !isEvent(name) || !isGUID(guid):
		return &refusal{http.StatusBadRequest, "headers", "want X-GitHub-Event and X-GitHub-Delivery"}
	case app != "" && req.Header.Get("X-GitHub-Hook-Installation-Target-Type") == "integration" && app != strconv.FormatInt(b.GitHub.AppID, 10):
		return &refusal{http.StatusUnauthorized, "other-app", "the event is for another App"}
	case req.ContentLength > maxBody:
		return &refusal{http.StatusRequestEntityTooLarge, "too-large", "the event has too many bytes"}
	}
	return nil
}

// read reads the body. What all bodies that are being read take is limited, and by
// what came and not by what was announced: nobody takes room by being slow.
func (b *Bot) read(req *http.Request) ([]byte, error) {
	m := &metered{from: req.Body, room: b.memory}
	defer m.done()
	var body bytes.Buffer
	n, err := body.ReadFrom(io.LimitReader(m, maxBody+1))
	switch {
	case errors.Is(err, errFull):
		return nil, &refusal{http.StatusServiceUnavailable, "full", "too much at once; send it again later"}
	case err != nil:
		return nil, &refusal{http.StatusBadRequest, "cut-off", "the body ends early"}
	case n > maxBody:
		return nil, &refusal{http.StatusRequestEntityTooLarge, "too-large", "the event has too many bytes"}
	}
	return body.Bytes(), nil
}

var errFull = errors.New("no room to read into")

// metered reads as long as there is room.
type metered struct {
	from  io.Reader
	room  *semaphore.Weighted
	taken int64
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	if n > 0 && !m.room.TryAcquire(int64(n)) {
		return 0, errFull
	}
	m.taken += int64(n)
	return n, err
}

func (m *metered) done() { m.room.Release(m.taken) }

// signed reports whether one of the secrets signed body. No comparison ends early.
func (b *Bot) signed(signature string, body []byte) (ok bool) {
	given, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil || !strings.HasPrefix(signature, "sha256=") {
		return false
	}
	for _, secret := range b.Secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write(body)
		ok = hmac.Equal(mac.Sum(nil), given) || ok
	}
	return ok
}

// cut shortens what strangers wrote, for a log.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}
