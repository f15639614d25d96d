package schema

import "testing"

func TestSensitivity(t *testing.T) {
	for i, labels := range [][]string{{"public", "PUBLIC"}, {"internal", "Internal_Use_Only"}, {"confidential"}, {"restricted"}, {"secret"}} {
		for _, label := range labels {
			if rank, ok := Sensitivity(label); rank != i || !ok {
				t.Errorf("%s has rank %d, %v; want %d", label, rank, ok, i)
			}
		}
	}
	for _, label := range []string{"", "3", "gdpr-art-9"} {
		if _, ok := Sensitivity(label); ok {
			t.Errorf("%q has a rank", label)
		}
	}
}
