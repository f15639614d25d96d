package notifier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/breakwater-data/breakwater/checker/report"
)

// A script is a channel that answers as it is written, one answer after the other.
type script struct {
	mu      sync.Mutex
	answers []error
	times   []time.Duration // when it was called, since the first
	begin   time.Time
	hang    bool
}

func (s *script) Deliver(ctx context.Context, n Notice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begin.IsZero() {
		s.begin = time.Now()
	}
	s.times = append(s.times, time.Since(s.begin))
	if s.hang {
		<-ctx.Done()
		return &Temporary{Err: ctx.Err()}
	}
	if len(s.answers) == 0 {
		return nil
	}
	err := s.answers[0]
	s.answers = s.answers[1:]
	return err
}

func note(key, channel string) Notice {
	return Notice{Key: key, Channel: channel, Port: report.Port{ID: "p"}, Consumer: report.Hit{ID: "c"}}
}

var (
	errBusy = &Temporary{Err: errors.New("busy")}
	errGone = errors.New("gone")
)

func TestSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good, flaky, dead, known := new(script), &script{answers: []error{errBusy, errBusy}}, &script{answers: []error{errGone}}, new(script)
		delivered, err := Send(t.Context(), []Notice{note("1", "dead"), note("2", "good"), note("3", "flaky"), note("4", "known"), note("5", "dead"), note("6", "none"), note("7", "none")},
			map[string]Channel{"good": good, "flaky": flaky, "dead": dead, "known": known}, []string{"4"})
		if got := strings.Join(delivered, " "); got != "2 3 5" {
			t.Errorf("delivered %s", got)
		}
		want := "c was not told about p by dead: gone\nchannel \"none\" is not open, so 2 of the notices are not sent"
		if fmt.Sprint(err) != want || !errors.Is(err, errGone) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if len(known.times) > 0 || len(flaky.times) != 3 || len(dead.times) != 2 {
			t.Errorf("calls: known %d, flaky %d, dead %d", len(known.times), len(flaky.times), len(dead.times))
		}
	})
}

func TestSendComesBackLater(t *testing.T) {
	tests := []struct {
		name    string
		asked   time.Duration
		between [2]time.Duration // of the first and the second call
	}{
		{"about a second if the receiver does not say", 0, [2]time.Duration{firstWait / 2, 3 * firstWait / 2}},
		{"when the receiver says", 5 * time.Second, [2]time.Duration{5 * time.Second, 5 * time.Second}},
		{"within bounds", time.Hour, [2]time.Duration{maxWait, maxWait}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []error{&Temporary{Err: errGone, After: tt.asked}}}
				if _, err := Send(t.Context(), []Notice{note("1", "s")}, map[string]Channel{"s": s}, nil); err != nil {
					t.Fatal(err)
				}
				if got := s.times[1]; got < tt.between[0] || got > tt.between[1] {
					t.Errorf("it came back after %v", got)
				}
			})
		})
	}
}

func TestSendGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []error{errBusy, errBusy, errBusy, errBusy, errBusy}}
		delivered, err := Send(t.Context(), []Notice{note("1", "s")}, map[string]Channel{"s": s}, nil)
		if len(delivered) > 0 || !errors.Is(err, errBusy) || len(s.times) != attempts {
			t.Errorf("got %v, %v after %d tries", delivered, err, len(s.times))
		}
	})
}

func TestSendDoesNotInsist(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []error{errBusy, errBusy, errBusy, errBusy, errBusy, nil, errBusy, nil}}
		delivered, _ := Send(t.Context(), []Notice{note("1", "s"), note("2", "s"), note("3", "s"), note("4", "s")}, map[string]Channel{"s": s}, nil)
		if got := fmt.Sprint(delivered, len(s.times)); got != "[3 4] 8" {
			t.Errorf("got %s", got)
		}
	})
}

func TestSendIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent, good := &script{hang: true}, new(script)
		var notices []Notice
		for i := range 20 {
			notices = append(notices, note(fmt.Sprint(i), "silent"))
		}
		begin := time.Now()
		delivered, err := Send(t.Context(), append(notices, note("good", "good")), map[string]Channel{"silent": silent, "good": good}, nil)
		if took := time.Since(begin); took > MaxTime+attemptTime {
			t.Errorf("it took %v", took)
		}
		if len(delivered) != 1 || !strings.Contains(fmt.Sprint(err), "the notices of a run have 2m0s, and it has passed") {
			t.Errorf("got %v, %v", delivered, err)
		}
	})
}
