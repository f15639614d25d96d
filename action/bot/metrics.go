package bot

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what the bot counts. No label holds what a stranger may choose.
type metrics struct {
	registry *prometheus.Registry
	webhooks *prometheus.CounterVec
	refusals *prometheus.CounterVec
	ingress  prometheus.Histogram
	updates  *prometheus.CounterVec
	checks   prometheus.Histogram
	verdicts *prometheus.CounterVec
	commands *prometheus.CounterVec
	requests *prometheus.CounterVec
	calls    *prometheus.CounterVec
	yields   *prometheus.CounterVec
	budget   *prometheus.GaugeVec
	limited  *prometheus.CounterVec
	missed   *prometheus.CounterVec
	letters  *prometheus.CounterVec
	clones   *prometheus.CounterVec
}

func newMetrics(b *Bot) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "breakwater_" + name, Help: help}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		webhooks: counter("webhooks_total", "Webhooks that were written down, by event and by what became of them.", "event", "outcome"),
		refusals: counter("webhooks_refused_total", "Webhooks that were not taken, by the reason.", "reason"),
		ingress: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "breakwater_webhook_seconds", Help: "How long a webhook took to be answered.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}),
		updates: counter("updates_total", "Subjects that were to be brought up to date, by kind and outcome.", "kind", "outcome"),
		checks: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "breakwater_check_seconds", Help: "How long a check took, from the question to the last answer of the forge.",
			Buckets: prometheus.ExponentialBuckets(.05, 2, 13)}),
		verdicts: counter("verdicts_total", "Verdicts.", "verdict"),
		commands: counter("commands_total", "Commands of people, by outcome.", "command", "outcome"),
		requests: counter("github_requests_total", "Requests to GitHub, by the class of the answer; what had not changed costs nothing.", "class"),
		calls:    counter("github_calls_total", "Requests to GitHub that count against an installation's hour, by what they are for.", "kind"),
		yields:   counter("github_yields_total", "Work that could wait, and did for checks of pull requests, by what it is.", "what"),
		budget: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "breakwater_github_budget_remaining", Help: "Requests that GitHub still takes this hour, as it last said."},
			[]string{"installation"}),
		limited: counter("github_limited_total", "How often GitHub said that it is too much.", "limit"),
		letters: counter("letters_total", "Letters to consumers, by the kind of their channel and by what became of them.", "channel", "outcome"),
		clones:  counter("clones_total", "Commits that were to be read of a clone, by what became of that.", "outcome"),
		missed:  counter("missed_total", "What was missed and found again.", "what"),
	}
	waiting := func(pick func(waiting, failed int64) int64) func() float64 {
		return func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			waiting, failed, err := b.Store.Waiting(ctx)
			if err != nil {
				return -1
			}
			return float64(pick(waiting, failed))
		}
	}
	letters := func(pick func(waiting, dead int64) int64) func() float64 {
		return func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			waiting, dead, err := b.Store.CountLetters(ctx)
			if err != nil {
				return -1
			}
			return float64(pick(waiting, dead))
		}
	}
	m.registry.MustRegister(m.letters,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "breakwater_letters_waiting", Help: "Letters to consumers that are not delivered yet."},
			letters(func(n, _ int64) int64 { return n })),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "breakwater_letters_dead", Help: "Letters that could not be delivered, until somebody has them sent again."},
			letters(func(_, n int64) int64 { return n })),
	)
	m.registry.MustRegister(m.webhooks, m.refusals, m.ingress, m.updates, m.checks, m.verdicts, m.commands, m.requests, m.calls, m.yields, m.budget, m.limited, m.missed, m.clones,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "breakwater_clones_bytes", Help: "Bytes of the clones that nobody reads at the moment."},
			func() float64 { return float64(b.Clones.size()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "breakwater_waiting", Help: "Subjects that are not up to date; -1: the database does not answer."},
			waiting(func(n, _ int64) int64 { return n })),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "breakwater_failing", Help: "Those of them that failed at least once."},
			waiting(func(_, n int64) int64 { return n })),
	)
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) received(event, outcome string) {
	if !known(event) && event != "ping" {
		event = "other"
	}
	m.webhooks.WithLabelValues(event, outcome).Inc()
}

func (m *metrics) refused(reason string)    { m.refusals.WithLabelValues(reason).Inc() }
func (m *metrics) took(d time.Duration)     { m.ingress.Observe(d.Seconds()) }
func (m *metrics) found(what string, n int) { m.missed.WithLabelValues(what).Add(float64(n)) }
