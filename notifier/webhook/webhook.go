// Package webhook posts notices as events for programs: CloudEvents 1.0 in
// structured JSON, signed as Standard Webhooks describes.
//
// A notice that is sent again carries the same webhook-id, which is also its
// Idempotency-Key and the event's id, so a receiver knows it and drops it.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/internal/post"
)

// A Channel is one receiver.
type Channel struct {
	target post.Target
	secret []byte
	now    func() time.Time
}

// The length of a secret, as Standard Webhooks wants it.
const (
	minSecret = 24
	maxSecret = 64
)

// New takes the receiver's address and the secret that it knows us by: whsec_ and
// 24 to 64 bytes in base64. A signature says when it was made, by now.
func New(address, secret string, loopback bool, now func() time.Time) (*Channel, error) {
	target, err := post.NewTarget(address, loopback)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || !strings.HasPrefix(secret, "whsec_") || len(key) < minSecret || len(key) > maxSecret {
		return nil, fmt.Errorf("want a secret of whsec_ and %d to %d bytes in base64; make one with: echo whsec_$(openssl rand -base64 32)", minSecret, maxSecret)
	}
	if now == nil {
		return nil, errors.New("a signature needs a clock")
	}
	return &Channel{target, key, now}, nil
}

// Deliver implements [notifier.Channel].
func (c *Channel) Deliver(ctx context.Context, n notifier.Notice) error {
	body, err := json.Marshal(newEvent(n))
	if err != nil {
		return err
	}
	stamp := fmt.Sprint(c.now().Unix())
	return c.target.Post(ctx, http.Header{
		"Content-Type":      {"application/cloudevents+json; charset=utf-8"},
		"Idempotency-Key":   {n.Key},
		"Webhook-Id":        {n.Key},
		"Webhook-Timestamp": {stamp},
		"Webhook-Signature": {"v1," + c.sign(n.Key, stamp, body)},
	}, body, 0)
}

func (c *Channel) sign(id, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, c.secret)
	fmt.Fprintf(mac, "%s.%s.%s", id, stamp, body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// The types below are an interface for others: members are added, never renamed or
// removed. What a finding is made of, the JSON report's schema says.
type (
	event struct {
		SpecVersion     string    `json:"specversion"`
		ID              string    `json:"id"`
		Source          string    `json:"source"`
		Type            string    `json:"type"`
		Subject         string    `json:"subject"` // the port's id
		Time            time.Time `json:"time"`
		DataContentType string    `json:"datacontenttype"`
		Data            data      `json:"data"`
	}
	data struct {
		Change   changed   `json:"change"`
		Port     port      `json:"port"`
		Consumer reader    `json:"consumer"`
		Verdict  string    `json:"verdict"` // for this consumer alone
		Impact   string    `json:"impact"`
		Findings []finding `json:"findings"`
		Total    int       `json:"findingsTotal"` // with those that had no room
	}
	changed struct {
		URL   string `json:"url"`
		Title string `json:"title"`
		State string `json:"state"`
	}
	port struct {
		ID      string         `json:"id"`
		Product string         `json:"product"`
		Name    string         `json:"name"`
		Owner   string         `json:"owner"`
		Format  string         `json:"format"`
		Version report.Version `json:"version"`
	}
	reader struct {
		ID          string   `json:"id"`
		Team        string   `json:"team"`
		Owners      []string `json:"owners"`
		Criticality *string  `json:"criticality"`
	}
	finding struct {
		ID      string       `json:"id"`
		Digest  string       `json:"digest"`
		Rule    string       `json:"rule"`
		Class   string       `json:"class"`
		Verdict string       `json:"verdict"`
		Impact  string       `json:"impact"`
		Path    string       `json:"path"`
		From    *string      `json:"from"`
		To      *string      `json:"to"`
		Message string       `json:"message"`
		Need    *string      `json:"need"`
		Why     string       `json:"why"`
		Fix     string       `json:"fix"`
		Base    *report.Span `json:"base"`
		Head    *report.Span `json:"head"`
	}
)

// maxFindings is how many findings one event carries: receivers take no large ones.
const maxFindings = 100

// source names us in every event: the port says whose contract it is about.
const source = "urn:breakwater"

func newEvent(n notifier.Notice) event {
	e := event{
		SpecVersion: "1.0", ID: n.Key, Source: source, Type: "breakwater.contract.change." + string(n.Change.State) + ".v1",
		Subject: n.Port.ID, Time: n.Time, DataContentType: "application/json",
		Data: data{
			Change:   changed{n.Change.URL, n.Change.Title, string(n.Change.State)},
			Port:     port{n.Port.ID, n.Port.Product, n.Port.Name, n.Port.Owner, n.Port.Format, n.Port.Version},
			Consumer: reader{n.Consumer.ID, n.Consumer.Team, n.Consumer.Owners, n.Consumer.Criticality},
			Verdict:  n.Verdict(), Impact: n.Consumer.Impact, Total: len(n.Findings),
		},
	}
	for _, f := range n.Findings[:min(len(n.Findings), maxFindings)] {
		e.Data.Findings = append(e.Data.Findings, finding{
			f.ID, f.Digest, f.Rule, f.Class, f.Hit.Verdict, f.Hit.Impact, string(f.Path), f.From, f.To, f.Message,
			f.Hit.Need, f.Hit.Why, f.Fix, f.Base, f.Head,
		})
	}
	return e
}
