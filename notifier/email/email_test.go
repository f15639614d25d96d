package email

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/notifytest"
)

func declared(port int, tls notifier.TLS) notifier.Declaration {
	return notifier.Declaration{Server: fmt.Sprintf("127.0.0.1:%d", port), From: "breakwater@acme.example", TLS: tls}
}

func newChannel(t *testing.T, d notifier.Declaration, username, password string) *Channel {
	t.Helper()
	c, err := New(d, username, password)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const wantText = `checkout wants to change orders, which finance.kpi reads.

checkout#412: Drop the discount (proposed, not merged)
https://github.com/acme/checkout/pull/412

* breaking: Order.discount (field 4) is gone, and 4 is not reserved
  finance.kpi needs Order.discount

It should not be merged until you agree to it, or @acme/checkout makes it without breaking you. Earliest removal, when its notice has passed: 23 Dec 2026.

--
You get this because finance.kpi is registered as a reader of checkout/orders.
`

func TestDeliverToMailDev(t *testing.T) {
	port, inbox := notifytest.MailDev(t)
	c := newChannel(t, declared(port, notifier.NoTLS), "", "")
	if err := c.Deliver(t.Context(), notifytest.Notice()); err != nil {
		t.Fatal(err)
	}
	letters := inbox()
	if len(letters) != 1 {
		t.Fatalf("got %d mails", len(letters))
	}
	l := letters[0]
	if l.Subject != "checkout wants to change orders, which finance.kpi reads" || l.From[0].Address != "breakwater@acme.example" || l.To[0].Address != "data@acme.example" {
		t.Errorf("got %+v", l)
	}
	text := strings.ReplaceAll(strings.ReplaceAll(l.Text, "\r\n", "\n"), "-- \n", "--\n")
	if strings.TrimSpace(text) != strings.TrimSpace(wantText) {
		t.Errorf("the text is\n%s", l.Text)
	}
	for _, want := range []string{
		"<strong>checkout</strong> wants to change <strong>orders</strong>, which <strong>finance.kpi</strong> reads.",
		`<a href="https://github.com/acme/checkout/pull/412">checkout#412: Drop the discount</a> (proposed, not merged)`,
		"Order.discount (field 4) is gone, and 4 is not reserved<br>finance.kpi needs Order.discount",
		"<strong>@acme/checkout</strong> makes it without breaking you.",
	} {
		if !strings.Contains(l.HTML, want) {
			t.Errorf("%s is missing in\n%s", want, l.HTML)
		}
	}
	for name, want := range map[string]string{
		"message-id": "<2ac6941ba14b1ab5430fe0e600ab951d@acme.example>", "auto-submitted": "auto-generated",
		"references": "<77d1e3f0c4a94b5f8d1c2b3a4f5e6d70.thread@acme.example>",
	} {
		if got := fmt.Sprint(l.Headers[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// What strangers wrote adds no header, no recipient and no HTML.
func TestDeliverObeysNobody(t *testing.T) {
	port, inbox := notifytest.MailDev(t)
	if err := newChannel(t, declared(port, notifier.NoTLS), "", "").Deliver(t.Context(), notifytest.Hostile()); err != nil {
		t.Fatal(err)
	}
	letters := inbox()
	if len(letters) != 1 {
		t.Fatalf("got %d mails", len(letters))
	}
	l := letters[0]
	if len(l.Envelope.To) != 1 || l.Headers["bcc"] != nil || strings.ContainsAny(l.Subject, "\r\n\x1b\u202e") {
		t.Errorf("got %+v", l)
	}
	if strings.Contains(l.HTML, "<img") || strings.Contains(l.HTML, "<https") || strings.ContainsAny(l.HTML+l.Text, "\x1b\u202e") {
		t.Errorf("it is obeyed:\n%s", l.HTML)
	}
	if shown := strings.Count(l.Text, "\n* "); shown != 10 || !strings.Contains(l.Text, "190 more changes hit it.") {
		t.Errorf("it shows %d findings:\n%s", shown, l.Text)
	}
}

// With TLS and a password. MailDev speaks no STARTTLS.
func TestDeliverInPrivate(t *testing.T) {
	cert, key, roots := certificate(t)
	port, inbox := notifytest.MailDev(t, "--incoming-user", "ada", "--incoming-pass", "hush", "--incoming-cert", cert, "--incoming-key", key, "--incoming-secure")
	c := newChannel(t, declared(port, notifier.DirectTLS), "ada", "hush")
	if err := c.Deliver(t.Context(), notifytest.Notice()); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a certificate that nobody vouches for: got %v", err)
	}
	c.tls.RootCAs = roots
	if err := c.Deliver(t.Context(), notifytest.Notice()); err != nil {
		t.Error(err)
	}
	wrong := newChannel(t, declared(port, notifier.DirectTLS), "ada", "wrong hush")
	wrong.tls.RootCAs = roots
	var temporary *notifier.Temporary
	if err := wrong.Deliver(t.Context(), notifytest.Notice()); err == nil || errors.As(err, &temporary) || strings.Contains(err.Error(), "hush") {
		t.Errorf("a wrong password: got %v", err)
	}
	if n := len(inbox()); n != 1 {
		t.Errorf("%d mails arrived", n)
	}
}

// certificate makes one for 127.0.0.1.
func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		name = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret), roots
}

// answers plays a mail server that answers RCPT so, and returns its port and what
// it was told.
func answers(t *testing.T, rcpt string) (port int, heard func() string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	lines, conns := make(chan string, 100), make(chan net.Conn, 1)
	go func() {
		defer close(lines)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		conns <- conn
		fmt.Fprint(conn, "220 mx.acme.example\r\n")
		for in := bufio.NewScanner(conn); in.Scan(); {
			lines <- in.Text()
			reply := "250 ok"
			switch command, _, _ := strings.Cut(in.Text(), " "); command {
			case "RCPT":
				reply = rcpt
			case "QUIT":
				reply = "221 bye"
			}
			fmt.Fprint(conn, reply+"\r\n")
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, func() (all string) {
		l.Close()
		(<-conns).Close()
		for line := range lines {
			all += line + "\n"
		}
		return all
	}
}

func TestDeliverSaysWhatTheServerSaid(t *testing.T) {
	tests := []struct {
		name, rcpt string
		temporary  bool
	}{
		{"an unknown recipient", "550 5.1.1 no such user data@acme.example", false},
		{"a full mailbox", "452 4.2.2 data@acme.example is full", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			port, heard := answers(t, tt.rcpt)
			err := newChannel(t, declared(port, notifier.NoTLS), "", "").Deliver(t.Context(), notifytest.Notice())
			var temporary *notifier.Temporary
			if err == nil || errors.As(err, &temporary) != tt.temporary || !strings.Contains(err.Error(), tt.rcpt[:3]) {
				t.Errorf("got %v", err)
			}
			if strings.Contains(fmt.Sprint(err), "data@") {
				t.Errorf("the error tells the recipient: %v", err)
			}
			if got := heard(); !strings.HasPrefix(got, "EHLO breakwater.acme.example\n") {
				t.Errorf("it said\n%s", got)
			}
		})
	}
}

func TestDeliverNeedsTLS(t *testing.T) {
	port, heard := answers(t, "250 ok")
	if err := newChannel(t, declared(port, notifier.StartTLS), "", "").Deliver(t.Context(), notifytest.Notice()); err == nil {
		t.Error("it sent without TLS")
	}
	if got := heard(); strings.Contains(got, "MAIL") {
		t.Errorf("it said\n%s", got)
	}
}

func TestMessageIsOfTheReport(t *testing.T) {
	msg, err := newChannel(t, declared(25, notifier.NoTLS), "", "").message(notifytest.Notice())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if _, err := msg.WriteTo(&b); err != nil || !strings.Contains(b.String(), "\r\nDate: Mon, 23 Nov 2026 08:00:00 +0000\r\n") {
		t.Errorf("got %v\n%s", err, b.String())
	}
}

func TestDeliverToNobody(t *testing.T) {
	err := newChannel(t, declared(notifytest.Port(t), notifier.NoTLS), "", "").Deliver(t.Context(), notifytest.Notice())
	var temporary *notifier.Temporary
	if !errors.As(err, &temporary) {
		t.Errorf("a server that is not there may come back: got %v", err)
	}
}

func TestSeveralInOneMail(t *testing.T) {
	port, inbox := notifytest.MailDev(t)
	c := newChannel(t, declared(port, notifier.NoTLS), "", "")
	other := notifytest.Notice()
	other.Port.Name, other.Change.State = "carts<b>", notifier.Merged
	if err := c.Gather(t.Context(), "33ac6941ba14b1ab5430fe0e600ab951", []notifier.Notice{notifytest.Notice(), other}); err != nil {
		t.Fatal(err)
	}
	letters := inbox()
	if len(letters) != 1 || letters[0].Subject != "2 changes to what you read" {
		t.Fatalf("got %+v", letters)
	}
	for _, want := range []string{"checkout wants to change orders", "checkout changed carts<b>", "(merged)", "Order.discount (field 4) is gone"} {
		if !strings.Contains(letters[0].Text, want) {
			t.Errorf("%q is missing in\n%s", want, letters[0].Text)
		}
	}
	if strings.Contains(letters[0].HTML, "carts<b>") {
		t.Errorf("a name is obeyed:\n%s", letters[0].HTML)
	}
}
