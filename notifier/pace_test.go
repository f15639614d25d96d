package notifier

import (
	"testing"
	"time"
)

func TestQuietHours(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("this machine knows no time zones")
	}
	night := Quiet{From: 19 * time.Hour, To: 8 * time.Hour, Weekends: true, Zone: berlin}
	noon := Quiet{From: 12 * time.Hour, To: 13 * time.Hour, Zone: time.UTC}
	tests := []struct {
		name     string
		q        Quiet
		at, want string
	}{
		{"there are none", Quiet{}, "2026-11-23T03:00:00Z", "2026-11-23T03:00:00Z"},
		{"by day", night, "2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"},
		{"in the evening", night, "2026-11-23T18:30:00Z", "2026-11-24T07:00:00Z"},
		{"after midnight", night, "2026-11-24T01:00:00Z", "2026-11-24T07:00:00Z"},
		{"on Friday night", night, "2026-11-27T20:00:00Z", "2026-11-30T07:00:00Z"},
		{"on Sunday", night, "2026-11-29T12:00:00Z", "2026-11-30T07:00:00Z"},
		{"when the clock is put back", night, "2026-10-24T12:00:00Z", "2026-10-26T07:00:00Z"},
		{"at noon", noon, "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z"},
		{"when they end", noon, "2026-11-23T13:00:00Z", "2026-11-23T13:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at, _ := time.Parse(time.RFC3339, tt.at)
			if got := tt.q.Next(at).UTC().Format(time.RFC3339); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
