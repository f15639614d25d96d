package consumer

import (
	"context"
	"slices"
	"strings"
)

// A Directory finds uses by what they call the port, however many others there are.
type Directory struct {
	uses Uses
	at   map[string][]int // by port and by contract
}

// NewDirectory makes a directory of uses, which it keeps.
func NewDirectory(uses Uses) *Directory {
	d := &Directory{uses: uses, at: make(map[string][]int)}
	for i, u := range uses {
		for _, name := range []string{u.Port, u.ContractID} {
			if name != "" {
				d.at[name] = append(d.at[name], i)
			}
		}
	}
	return d
}

// Uses implements Registry.
func (d *Directory) Uses(_ context.Context, version string, names ...string) ([]Use, error) {
	var places []int
	for _, name := range names {
		family, _, _ := strings.Cut(name, "@")
		places = append(places, d.at[name]...)
		if family != name {
			places = append(places, d.at[family]...)
		}
	}
	slices.Sort(places)
	var uses []Use
	for _, i := range slices.Compact(places) {
		if d.uses[i].Reads(version, names...) {
			uses = append(uses, d.uses[i])
		}
	}
	return uses, nil
}
