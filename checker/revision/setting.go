package revision

import (
	"context"
	"strings"
)

// Setting returns the value of a key of git's configuration, such as user.email;
// empty if it is not set.
func (r *Repo) Setting(ctx context.Context, key string) string {
	out, _ := r.git.run(ctx, nil, "config", "--get", key) // one that cannot be read is not set
	return strings.TrimSpace(string(out))
}
