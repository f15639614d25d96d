package consumer

import (
	"fmt"
	"testing"
)

func thousands(n int) Uses {
	uses := make(Uses, n)
	for i := range uses {
		uses[i] = Use{Consumer: Consumer{ID: fmt.Sprint("c", i)}, Port: fmt.Sprintf("contracts/p%d", i%200), Version: "^1"}
	}
	return uses
}

// A directory answers as the list does that it was made of.
func TestDirectory(t *testing.T) {
	uses := append(thousands(1000), Use{ContractID: "urn:p7"}, Use{Port: "contracts/p8@2", ContractID: "urn:p7"})
	d := NewDirectory(uses)
	for _, names := range [][]string{{"contracts/p7", "urn:p7"}, {"contracts/p8@2", "", "contracts/p8"}, {"contracts/p"}, {""}, nil} {
		want, _ := uses.Uses(t.Context(), "1.2.0", names...)
		got, err := d.Uses(t.Context(), "1.2.0", names...)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: got %d, want %d", names, len(got), len(want))
		}
	}
}

// A pull request that touches five ports of an organisation with ten thousand
// consumers.
func BenchmarkFivePortsOfTenThousandConsumers(b *testing.B) {
	d := NewDirectory(thousands(10_000))
	for b.Loop() {
		for p := range 5 {
			if uses, _ := d.Uses(b.Context(), "1.0.0", fmt.Sprint("contracts/p", p), "", fmt.Sprint("urn:p", p)); len(uses) != 50 {
				b.Fatal(len(uses))
			}
		}
	}
}
