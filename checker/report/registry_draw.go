package report

import (
	"fmt"
	"html/template"
	"io"
)

// A Reads says that a consumer reads a port.
type Reads struct{ Port, Consumer string }

// RegistrySVG draws who reads what, as a picture that stands alone.
func RegistrySVG(w io.Writer, all []Reads) error {
	page, err := template.New("registry").Parse(impactPage)
	if err != nil {
		return err
	}
	var uses []use
	for _, r := range all {
		uses = append(uses, use{port: r.Port, consumer: r.Consumer})
	}
	ports, morePorts := firstNodes(uses, func(u use) string { return u.port })
	consumers, moreConsumers := firstNodes(uses, func(u use) string { return u.consumer })
	byPort(consumers, ports, uses)
	g := &graph{Title: fmt.Sprintf("%s and %s that read them", many(len(ports)+morePorts, "port"), many(len(consumers)+moreConsumers, "consumer"))}
	spots := g.columns(ports, consumers)
	for _, u := range uses {
		from, ok1 := spots[0][u.port]
		to, ok2 := spots[1][u.consumer]
		if ok1 && ok2 {
			g.connect("reads", from, to)
		}
	}
	g.More = leftOut(morePorts, moreConsumers)
	return page.Execute(w, newPicture(g))
}
