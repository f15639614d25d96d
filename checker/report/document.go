package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
)

// SchemaVersion is the version of the JSON report, whose JSON Schema is
// docs/report.schema.json. Members are added under the same version.
const SchemaVersion = 1

// A Document is the JSON report, as it is written and as it is read again. It and
// the types below are an interface for others: they stand apart from the ones that
// they are made of, so that renaming a field in Go renames nothing here. A pointer
// is nil where the report says null.
type (
	Document struct {
		SchemaVersion int        `json:"schemaVersion"`
		Tool          Tool       `json:"tool"`
		Now           time.Time  `json:"now"`
		Base          Target     `json:"base"`
		Head          Revision   `json:"head"`
		Verdict       string     `json:"verdict"`
		Ports         []Port     `json:"ports"`
		Findings      []Finding  `json:"findings"`
		Consumers     []Consumer `json:"consumers"`
		Unread        []Unread   `json:"unread"`
		Errors        []Error    `json:"errors"`
		Summary       Summary    `json:"summary"`
	}
	Tool struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	Revision struct {
		Name   string  `json:"name"`
		Commit *string `json:"commit"`
	}
	Target struct { // the target branch, and where the head left it
		Name      string  `json:"name"`
		Commit    *string `json:"commit"`
		MergeBase *string `json:"mergeBase"`
	}
	Port struct {
		ID         string    `json:"id"`
		PreviousID *string   `json:"previousId"`
		Product    string    `json:"product"`
		Name       string    `json:"name"`
		ContractID *string   `json:"contractId"`
		Format     string    `json:"format"`
		Kind       string    `json:"kind"`
		Owner      string    `json:"owner"`
		Status     string    `json:"status"`
		State      string    `json:"state"`
		Declared   bool      `json:"declared"`
		Files      []string  `json:"files"`
		Version    Version   `json:"version"`
		Findings   []Finding `json:"findings"`
	}
	Version struct {
		Base      *string `json:"base"`
		Head      *string `json:"head"`
		Suggested *string `json:"suggested"`
	}
	Finding struct {
		ID          string        `json:"id"`
		Digest      string        `json:"digest"`
		Edit        string        `json:"edit"`
		Rule        string        `json:"rule"`
		Idea        change.Idea   `json:"idea"`
		Also        []string      `json:"also"`
		AlsoAt      []Peer        `json:"alsoAt"`
		Class       string        `json:"class"`
		Verdict     string        `json:"verdict"`
		Because     string        `json:"because"`
		Surfaces    []string      `json:"surfaces"`
		Path        change.Path   `json:"path"`
		Key         *string       `json:"key"`
		Places      []change.Path `json:"places"`
		PlacesTotal int           `json:"placesTotal"`
		From        *string       `json:"from"`
		To          *string       `json:"to"`
		Message     string        `json:"message"`
		Prose       []Prose       `json:"prose"`
		Fix         string        `json:"fix"`
		Earliest    *time.Time    `json:"earliest"`
		Base        *Span         `json:"base"`
		Head        *Span         `json:"head"`
		Consumers   []JudgedHit   `json:"consumers"`
		Indirect    []Indirect    `json:"indirect"`
		Witness     *Witness      `json:"witness"`
		Approval    *Approval     `json:"approval"`
		Against     *string       `json:"against"`
	}
	Prose struct { // a text for people that changed
		About string `json:"about"`
		Base  string `json:"base"`
		Head  string `json:"head"`
	}
	Peer struct { // where another tool reports the same
		ID   string  `json:"id"`
		File *string `json:"file"` // null: it names none
		Line int     `json:"line"`
	}
	Span struct {
		File      string `json:"file"`
		Line      int    `json:"line"`
		Column    int    `json:"column"`
		EndLine   int    `json:"endLine"`
		EndColumn int    `json:"endColumn"`
	}
	Hit struct { // one consumer, and what a change does to it
		ID          string    `json:"id"`
		Team        string    `json:"team"`
		Owners      []string  `json:"owners"`
		Criticality *string   `json:"criticality"`
		Contacts    []Contact `json:"contacts"`
		Impact      string    `json:"impact"`
		Need        *string   `json:"need"`
		Why         string    `json:"why"`
	}
	JudgedHit struct {
		Hit
		Verdict string `json:"verdict"`
	}
	Indirect struct { // a consumer that may be hit, since it reads what one who is publishes
		ID      string   `json:"id"`
		Through []string `json:"through"` // the ports on the way
	}
	Contact struct {
		Channel string `json:"channel"`
		Target  string `json:"target"`
	}
	Witness struct {
		Written   string `json:"written"`
		Reader    string `json:"reader"` // "old": what the head writes is read with the base; "new": the other way round
		ReadAs    string `json:"readAs"`
		Encoding  string `json:"encoding"`
		Surface   string `json:"surface"`
		CheckedBy string `json:"checkedBy"`
	}
	Approval struct {
		By      string    `json:"by"`
		Reason  string    `json:"reason"`
		Until   time.Time `json:"until"`
		InForce bool      `json:"inForce"`
		Missing []string  `json:"missing"` // who has yet to approve the head that proposes it
	}
	Consumer struct { // who is registered, whether hit or not
		ID       string   `json:"id"`
		Team     string   `json:"team"`
		Repo     *string  `json:"repo"`
		Findings []string `json:"findings"`
	}
	Unread struct {
		File string `json:"file"`
		Why  string `json:"why"`
	}
	Error struct {
		Side    string `json:"side"`
		Port    string `json:"port"`
		File    string `json:"file"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Message string `json:"message"`
	}
	Summary struct {
		Breaking          int `json:"breaking"`
		Risky             int `json:"risky"`
		Compatible        int `json:"compatible"`
		NotCompared       int `json:"notCompared"`
		Ports             int `json:"ports"`
		ConsumersViolated int `json:"consumersViolated"`
		ConsumersAffected int `json:"consumersAffected"`
	}
)

// MaxDocument is how many bytes a stored report may have.
const MaxDocument = 64 << 20

// Read reads a report that [JSON] wrote, whichever version of the program did.
func Read(r io.Reader) (*Document, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxDocument {
		return nil, fmt.Errorf("a report has at most %d MiB", MaxDocument>>20)
	}
	var head struct {
		SchemaVersion *int `json:"schemaVersion"`
	}
	switch err := json.Unmarshal(text, &head); {
	case err != nil:
		return nil, fmt.Errorf("want a report as breakwater check --output json=FILE writes it: %w", err)
	case head.SchemaVersion == nil:
		return nil, errors.New("want a report as breakwater check --output json=FILE writes it; schemaVersion is missing")
	case *head.SchemaVersion != SchemaVersion:
		return nil, fmt.Errorf("the report has schemaVersion %d, and this program reads %d", *head.SchemaVersion, SchemaVersion)
	}
	d := new(Document)
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fmt.Errorf("the report does not keep to its schema: %w", err)
	}
	return d, nil
}
