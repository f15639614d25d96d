package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/formats"
)

// serveVariable makes the test program the bot, in a process that can be killed.
const serveVariable = "BREAKWATER_TEST_SERVE"

type serveConfig struct {
	Database, API, Key, Listen string
	Webhook, Slack             string // who is told; empty: nobody is
	Mail                       int
}

func serveForTest(config string) {
	var c serveConfig
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		panic(err)
	}
	if err := c.serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (c serveConfig) serve() error {
	ctx, log := context.Background(), slog.New(slog.NewJSONHandler(os.Stderr, nil))
	hub, err := NewGitHub(c.API, appID, []byte(c.Key))
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, c.Database, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	b := &Bot{
		Store: s, GitHub: hub, Secrets: [][]byte{secret}, Pages: Off, Now: time.Now, Log: log, Hold: 2 * time.Second, Rescue: 3 * time.Second, Reconcile: 10 * time.Second,
		Checker: checker.Checker{Formats: formats.All(), Unread: formats.Unread()},
	}
	if c.Webhook != "" {
		o := &Outbox{Bot: b, Hold: 5 * time.Second}
		o.Config, o.Open = toldAs(c)
		o.Attach()
	}
	return b.Run(ctx, l)
}
