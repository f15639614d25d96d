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
	web "github.com/breakwater-data/breakwater/action/bot/pages"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/channels"
	"github.com/spf13/cobra"
)

// serveFlags are how the bot is set up.
type serveFlags struct {
	listen, database, api, pages, level string
	app                                 int64
	key                                 string
	secrets                             []string
	slots                               int
	notify                              string // the file that says who is told, and how
	public, client, clientSecret        string // of the pages, and of those who log in
	clones                              string // a folder
	cloneOver, clonesSize               int
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
	flags.StringVar(&f.notify, "notify", "", "a file with a notify section, as breakwater.yaml has one: who is told of what hits them, and how")
	flags.StringVar(&f.public, "public-url", "", "where people reach the pages, such as https://breakwater.acme.example")
	flags.StringVar(&f.client, "github-client-id", "", "the App's client id, for people who log in")
	flags.StringVar(&f.clientSecret, "github-client-secret-file", "", "a file with the App's client secret")
	flags.StringVar(&f.clones, "clones", "", "a folder for bare clones of large repositories, this process's alone (default: none, all is read through the API)")
	flags.IntVar(&f.cloneOver, "clone-over", bot.DefaultCloneOver, "clone a repository that has more files than this; 0: every one")
	flags.IntVar(&f.clonesSize, "clones-size", bot.DefaultClones>>20, "MiB that all clones may take together")
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
	if err := errors.Join(c.outbox(b, f), c.pages(b, f)); err != nil {
		return usageError{err}
	}
	if f.clones != "" {
		if b.Clones, err = bot.OpenClones(f.clones, f.cloneOver, int64(f.clonesSize)<<20); err != nil {
			return usageError{fmt.Errorf("--clones, --clone-over and --clones-size: %w", err)}
		}
		defer b.Clones.Close()
	}
	l, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	return b.Run(ctx, l)
}

// maxNotify is how many bytes the file has that says who is told.
const maxNotify = 1 << 20

// outbox has the bot tell those who are hit. Which channels there are says the operator,
// and not a repository: what stands in their environment is his.
func (c *cli) outbox(b *bot.Bot, f serveFlags) error {
	if f.notify == "" {
		return nil
	}
	text, err := os.ReadFile(f.notify)
	if err == nil && len(text) > maxNotify {
		err = errors.New("it has too many bytes")
	}
	if err != nil {
		return fmt.Errorf("--notify: %w", err)
	}
	doc, err := document.Parse(f.notify, text)
	if err != nil {
		return fmt.Errorf("--notify: %w", err)
	}
	config, err := notifier.Read(doc.Get("notify"))
	if err == nil && len(config.Channels) == 0 {
		err = errors.New("want channels in its notify section; else nobody is told")
	}
	open := func(d notifier.Declaration) (notifier.Channel, error) { return channels.One(d, c.getenv, c.now) }
	for _, d := range config.Channels {
		if d.Kind == notifier.GitHub {
			continue
		}
		if _, wrong := open(d); wrong != nil { // rather now than when there is something to tell
			err = errors.Join(err, fmt.Errorf("channel %q: %w", d.Name, wrong))
		}
	}
	if err != nil {
		return fmt.Errorf("--notify: %w", err)
	}
	(&bot.Outbox{Bot: b, Config: config, Open: open}).Attach()
	return nil
}

// pages has the bot show its pages.
func (c *cli) pages(b *bot.Bot, f serveFlags) error {
	s := &web.Site{Bot: b}
	if given := f.client != "" || f.clientSecret != "" || f.public != ""; given && b.Pages == bot.Login {
		secret, err := os.ReadFile(f.clientSecret)
		if err != nil {
			return fmt.Errorf("--github-client-secret-file: %w", err)
		}
		if s.Login, err = web.NewLogin(b.GitHub.API, f.client, string(bytes.TrimSpace(secret)), f.public, c.now, b.Log); err != nil {
			return fmt.Errorf("--github-client-id, --github-client-secret-file and --public-url: %w", err)
		}
	}
	return s.Attach()
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
