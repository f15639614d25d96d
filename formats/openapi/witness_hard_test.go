package openapi

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// withComponents is a description of one operation, with further schemas.
func withComponents(schema, components string) string {
	return of("3.0.3", schema) + components
}

func provenBreaks(t *testing.T, before, after string) (witnesses []*schema.Witness, breaks int) {
	t.Helper()
	base, err := loadText(t, before, nil)
	if err != nil {
		t.Fatal(err)
	}
	head, err := loadText(t, after, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := schema.Form[*port](base)
	h, _ := schema.Form[*port](head)
	for _, c := range diff(b, h) {
		if c.Rule.Class == change.Breaking {
			breaks++
			if w := prove(t.Context(), b, h, c); w != nil { // and not Format.Prove, which hides a crash
				witnesses = append(witnesses, w)
			}
		}
	}
	return witnesses, breaks
}

// Alternatives within alternatives keep the validator busy for ever: each is tried
// anew. It is not asked.
func TestSchemasThatTakeForeverAreNotPutBeforeTheValidator(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		next := fmt.Sprintf("{$ref: '#/components/schemas/N%d'}", i+1)
		fmt.Fprintf(&b, "    N%d: {oneOf: [{type: object, required: [k%d]}, %s]}\n", i, i, next)
	}
	b.WriteString("    N60: ")
	schema := "{$ref: '#/components/schemas/N0'}"
	before := withComponents(schema, b.String()+"{type: string, maxLength: 5}\n")
	after := withComponents(schema, b.String()+"{type: string, maxLength: 4}\n")
	witnesses, breaks := provenBreaks(t, before, after)
	if breaks == 0 || len(witnesses) > 0 {
		t.Errorf("%d breaks, %d witnesses; want a break, and no proof of it", breaks, len(witnesses))
	}
}

func TestHardSchemasHaveNoWitnessAndDoNoHarm(t *testing.T) {
	tests := []struct{ name, was, is string }{
		{"a part of itself", "{$ref: '#/components/schemas/L'}", "{type: string}"},
		{"a pattern that Go does not know", `{type: string}`, `{type: string, pattern: '^(?=a)(a+)+$'}`},
		{"a number beyond float64", `{type: number}`, `{type: number, minimum: 1e999}`},
	}
	loop := "    L: {allOf: [{$ref: '#/components/schemas/L'}, {type: object}]}\n"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			provenBreaks(t, withComponents(tt.was, loop), withComponents(tt.is, loop))
			provenBreaks(t, withComponents(tt.is, loop), withComponents(tt.was, loop))
		})
	}
}

// A pattern on which other engines hang is linear here.
func TestWitnessOfACatastrophicPattern(t *testing.T) {
	witnesses, _ := provenBreaks(t, of("3.0.3", "{type: string}"), of("3.0.3", "{type: string, pattern: '^(a+)+$'}"))
	if len(witnesses) != 1 {
		t.Errorf("got %d witnesses, want 1", len(witnesses))
	}
}

// The validator may not judge by what it falls back to when it does not know a keyword:
// that it cannot judge is no refusal.
func TestWhatIsNotJudgedIsNoRefusal(t *testing.T) {
	for _, err := range []error{nil, unfitError{"no"}, context.Canceled, fmt.Errorf("failed to compile schema")} {
		if why, ok := refusal(err); ok {
			t.Errorf("%v is taken for a refusal: %s", err, why)
		}
	}
	if err := guarded(func() error { panic("no") }); err == nil {
		t.Error("a crash of the validator is taken for its consent")
	}
}

func TestNoWitnessIsSoughtAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	base, _ := loadText(t, of("3.0.3", "{type: string}"), nil)
	head, _ := loadText(t, of("3.0.3", "{type: integer}"), nil)
	changes, _ := Format.Diff(base, head)
	for _, c := range changes {
		if w := Format.Prove(ctx, base, head, c); w != nil {
			t.Errorf("got %s", w)
		}
	}
}

// The effort that is foreseen is that of the worst case: what stands in two alternatives
// counts for both.
func TestEffortCountsAlternatives(t *testing.T) {
	e := newExtract(&library{dialect: valueset.OpenAPI30})
	var nested any = jsonObject{"type": "string"}
	for range 16 {
		nested = jsonObject{"oneOf": []any{nested}}
	}
	if !e.isCheap(jsonObject{"type": "string"}, "a") {
		t.Error("one keyword is too much")
	}
	if !e.isCheap(jsonObject{"oneOf": []any{jsonObject{"type": "string"}}}, "a") {
		t.Error("one alternative is too much")
	}
	if e.isCheap(nested, "a") {
		t.Error("2^16 visits are cheap")
	}
}

func FuzzProve(f *testing.F) {
	f.Add(of("3.0.3", `{type: string, maxLength: 3}`), of("3.1.0", `{type: [string, "null"]}`))
	f.Add(of("3.1.0", `{$ref: '#/components/schemas/Order'}`), of("3.1.0", `{oneOf: [{$ref: '#/components/schemas/A'}], discriminator: {propertyName: a}}`))
	f.Add("openapi: 3.1.0\npaths: {/x: {get: {parameters: [{in: path, name: x, required: true, schema: {type: array}}]}}}", "openapi: 3.1.0\npaths: {/x: {get: {security: [{a: [b]}]}}}")
	f.Fuzz(func(t *testing.T, before, after string) {
		base, err1 := loadText(t, before, nil)
		head, err2 := loadText(t, after, nil)
		b, ok1 := schema.Form[*port](base)
		h, ok2 := schema.Form[*port](head)
		if err1 != nil || err2 != nil || !ok1 || !ok2 {
			return
		}
		_ = validate(t.Context(), b)
		for i, c := range diff(b, h) {
			if i < 20 {
				prove(t.Context(), b, h, c)
			}
		}
	})
}
