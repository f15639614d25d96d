// Package notifytest is what the tests of the channels, and of who uses them, share:
// notices to send, and the programs of others to send them to.
package notifytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/notifier"
)

// Notice is what a consumer is told of a dropped field.
func Notice() notifier.Notice {
	critical, earliest := "critical", time.Date(2026, 12, 23, 8, 0, 0, 0, time.UTC)
	return notifier.Notice{
		Key: "2ac6941ba14b1ab5430fe0e600ab951d", Thread: "77d1e3f0c4a94b5f8d1c2b3a4f5e6d70", Channel: "c", To: "data@acme.example",
		Port:     report.Port{ID: "checkout/orders", Product: "checkout", Name: "orders", Owner: "@acme/checkout"},
		Consumer: report.Hit{ID: "finance.kpi", Team: "finance", Owners: []string{"@acme/finance"}, Criticality: &critical, Impact: "violated"},
		Findings: []notifier.Finding{{
			Finding: report.Finding{
				ID: "0ea46631", Digest: "03cf1cd4f4c7ef42a3edae3a3d388a0d", Rule: "protobuf/field-removed", Class: "breaking",
				Path: "Order.discount", Message: "Order.discount (field 4) is gone, and 4 is not reserved",
				Fix: "Mark it deprecated now, tell finance.kpi, and remove it after 23 Dec 2026, when its notice has passed.", Earliest: &earliest,
			},
			Hit: report.JudgedHit{Hit: report.Hit{ID: "finance.kpi", Impact: "violated", Why: "needs Order.discount"}, Verdict: "block"},
		}},
		Change: notifier.Change{URL: "https://github.com/acme/checkout/pull/412", Title: "checkout#412: Drop the discount", State: notifier.Proposed},
		Time:   time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC),
	}
}

// Evil is a text that every receiver would obey in its own way: as a mention, a
// link, formatting, a header, HTML, a command of a terminal.
const Evil = "<!channel> <https://evil.example|pay> @here `x` *b* _i_ <b>&amp;</b> <img src=x onerror=a> \r\nBcc: x@evil.example\r\n\r\n\x1b[2J\u202e]]>"

// Hostile is a notice of which each text is [Evil], and of which there is too much.
func Hostile() notifier.Notice {
	n := Notice()
	long := strings.Repeat(Evil, 40)
	n.Port.ID, n.Port.Product, n.Port.Name, n.Port.Owner = Evil, Evil, Evil, long
	n.Consumer.ID, n.Wanted, n.Change.Title = Evil, long, long
	f := n.Findings[0]
	f.Class, f.Message, f.Hit.ID, f.Hit.Why = long, long, Evil, long
	n.Findings = nil
	for range 200 {
		n.Findings = append(n.Findings, f)
	}
	return n
}

// Port returns a port on which nothing listens.
func Port(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Node runs a program of [ruletest.Peer] under Node.js until the test ends, and waits
// until it answers at url.
func Node(t *testing.T, url, program string, args ...string) {
	t.Helper()
	const patience = 30 * time.Second
	cmd := exec.Command(ruletest.Peer(t, "node_modules/node/bin/node"), append([]string{ruletest.Peer(t, program)}, args...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &out, t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended by itself
		_ = cmd.Wait()
	})
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(50 * time.Millisecond) {
		if res, err := http.Get(url); err == nil {
			res.Body.Close()
			return
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	t.Fatal(fmt.Errorf("%s does not answer at %s: %s", program, url, out.String()))
}

// A Mail is one as MailDev shows it.
type Mail struct {
	Subject, Text, HTML string
	From, To            []struct{ Address, Name string }
	Envelope            struct {
		To []struct{ Address string }
	}
	Headers map[string]any
	Date    time.Time
}

// MailDev runs MailDev, a mail server, with args, and returns its SMTP port and what
// lists its mails.
func MailDev(t *testing.T, args ...string) (smtp int, inbox func() []Mail) {
	t.Helper()
	ruletest.Peer(t, "node_modules/maildev")
	smtp, web := Port(t), Port(t)
	url := fmt.Sprintf("http://127.0.0.1:%d/api/email", web)
	Node(t, url, "node_modules/maildev/dist/bin/maildev.js", append([]string{
		"--smtp", fmt.Sprint(smtp), "--ip", "127.0.0.1", "--web", fmt.Sprint(web), "--web-ip", "127.0.0.1",
	}, args...)...)
	return smtp, func() (mails []Mail) {
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&mails); err != nil {
			t.Fatal(err)
		}
		return mails
	}
}
