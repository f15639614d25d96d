package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/breakwater-data/breakwater/action/bot"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/spf13/cobra"
)

// serveFlags are how the bot is set up.
type serveFlags struct {
	listen, database, api, pages, level string
	app                                 int64
	key                                 string
	secrets                             []string
	slots                               int
}

// databaseVariable may hold the database's address, which a password makes a secret.
const databaseVariable = "BREAKWATER_DATABASE"

func (c *cli) serveCommand() *cobra.Command {
	var f serveFlags
	cmd := c.command("serve", "Run the bot: a GitHub App that checks every pull request of an organisation",
		`Serve takes the webhooks of a GitHub App, checks the pull requests of the repositories
that it is installed in, and reports in a check run and a comment. It remembers what it
has to do in a database: a file of SQLite for one machine, PostgreSQL for any number of
replicas.

The address of the database may stand in `+databaseVariable+` instead, since it may hold a
password. A file of webhook secrets has one in each line; any of them may have signed an
event, so that they can be exchanged without losing one.`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return c.serve(ctx, f) })
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "where to listen")
	flags.StringVar(&f.database, "database", "", "sqlite:///path/to/bot.db or postgres://… (default sqlite:///var/lib/breakwater/bot.db)")
	flags.Int64Var(&f.app, "github-app-id", 0, "the App's id")
	flags.StringVar(&f.key, "github-private-key", "", "the file of the App's private key (PEM)")
	flags.StringArrayVar(&f.secrets, "webhook-secret-file", nil, "a file of webhook secrets, one in a line; may be repeated")
	flags.StringVar(&f.api, "github-url", bot.DefaultAPI, "the address of GitHub's API")
	flags.StringVar(&f.pages, "pages", string(bot.Login), "who may look at pages and /api/v1: login, anonymous (everybody who can reach them) or off")
	flags.StringVar(&f.level, "log-level", "info", "what is logged: debug, info, warn or error")
	flags.IntVar(&f.slots, "checks", 4, "how many checks run at once")
	c.completes(cmd, "pages", string(bot.Login), string(bot.Anonymous), string(bot.Off))
	c.completes(cmd, "log-level", "debug", "info", "warn", "error")
	return cmd
}

func (c *cli) serve(ctx context.Context, f serveFlags) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	b, err := c.newBot(f)
	if err != nil {
		return usageError{err}
	}
	if b.Store, err = store.Open(ctx, cmp.Or(f.database, c.getenv(databaseVariable), "sqlite:///var/lib/breakwater/bot.db"), b.Log, c.now); err != nil {
		return err
	}
	defer b.Store.Close()
	l, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	return b.Run(ctx, l)
}

// newBot makes a bot of the flags, without a store.
func (c *cli) newBot(f serveFlags) (*bot.Bot, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.level)); err != nil {
		return nil, oneOf("--log-level", f.level, []string{"debug", "info", "warn", "error"})
	}
	pages := []string{string(bot.Login), string(bot.Anonymous), string(bot.Off)}
	if err := oneOf("--pages", f.pages, pages); err != nil {
		return nil, err
	}
	secrets, err := readSecrets(f.secrets)
	if err != nil {
		return nil, err
	}
	if f.key == "" {
		return nil, errors.New("--github-private-key: want the file of the App's private key")
	}
	key, err := os.ReadFile(f.key)
	if err != nil {
		return nil, fmt.Errorf("--github-private-key: %w", err)
	}
	hub, err := bot.NewGitHub(f.api, f.app, key)
	if err != nil {
		return nil, err
	}
	ch, err := c.checker()
	if err != nil {
		return nil, err
	}
	return &bot.Bot{
		GitHub: hub, Checker: *ch, Secrets: secrets, Pages: bot.Pages(f.pages), Now: c.now, Slots: f.slots,
		Log: slog.New(slog.NewJSONHandler(c.stderr, &slog.HandlerOptions{Level: level})),
	}, nil
}

// readSecrets reads the lines of files, each a secret.
func readSecrets(files []string) (secrets [][]byte, err error) {
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("--webhook-secret-file: %w", err)
		}
		for line := range bytes.Lines(text) {
			if secret := bytes.TrimSpace(line); len(secret) > 0 {
				secrets = append(secrets, slices.Clone(secret))
			}
		}
	}
	if len(secrets) == 0 {
		return nil, errors.New("--webhook-secret-file: want a file with a secret; without one anybody could send events")
	}
	return secrets, nil
}
