package revision

import (
	"context"
	"strings"
)

// Remotes returns the addresses that the repository fetches from. They may carry
// credentials, so they are not for showing.
func (r *Repo) Remotes(ctx context.Context) []string {
	out, _ := r.git.run(ctx, nil, "remote", "--verbose") // one that cannot be read is none
	var addresses []string
	for line := range strings.Lines(string(out)) {
		_, rest, _ := strings.Cut(line, "\t")
		if address, _, ok := strings.Cut(rest, " (fetch)"); ok {
			addresses = append(addresses, address)
		}
	}
	return addresses
}
