package openapi

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"go.yaml.in/yaml/v3"
)

// Another converter makes of a description in Swagger what we take it for: between it and
// what that converter writes there is no difference, except where that one is wrong.
func TestKinConvertsAlike(t *testing.T) {
	const (
		explodes = "kin-openapi leaves a list as it is written by default, which is with commas in Swagger, and one by one in OpenAPI 3"
		null     = "kin-openapi leaves x-nullable of parameters as it is"
		sent     = "kin-openapi lets a form be left out that has a required field"
	)
	tests := []struct {
		name, text string
		waived     map[string]string // by rule and path
	}{
		{"ours", inSwagger, map[string]string{
			`openapi/parameter-encoding-changed "/orders/{}".get.query.tags`:   explodes,
			`openapi/request-field-never-null "/orders/{}".get.header.X-Trace`: null,
			`openapi/tag-changed "/orders/{}".get.header.X-Trace`:              null,
			`openapi/request-body-optional "/orders/{}".post.request.body`:     sent,
		}},
		{"the pet store", ofKin(t, "openapi2/testdata/swagger.json"), map[string]string{
			`openapi/parameter-encoding-changed "/pet/findByStatus".get.query.status`: explodes,
			`openapi/parameter-encoding-changed "/pet/findByTags".get.query.tags`:     explodes,
		}},
		{"Kubernetes", ofKin(t, "openapi3/testdata/issue423.k8s.swagger.json"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var says []string
			for _, c := range diffTexts(t, tt.text, convertedByKin(t, tt.text)) {
				if strings.Contains(c.Key+c.Detail, "x-originalParamName") || strings.Contains(c.Key+c.Detail, "x-formData-name") {
					continue // notes of that converter's for the way back
				}
				says = append(says, c.Rule.ID+" "+string(c.Path))
				if tt.waived[says[len(says)-1]] == "" {
					t.Errorf("%s at lines %d, %d: %s", says[len(says)-1], c.Base.Start.Line, c.Head.Start.Line, c.Detail)
				}
			}
			for waived := range tt.waived {
				if !slices.Contains(says, waived) {
					t.Errorf("%s agrees now", waived)
				}
			}
		})
	}
}

func convertedByKin(t *testing.T, text string) string {
	t.Helper()
	var plain any
	if err := yaml.Unmarshal([]byte(text), &plain); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	var doc openapi2.T
	if err := json.Unmarshal(asJSON, &doc); err != nil {
		t.Fatal(err)
	}
	converted, err := openapi2conv.ToV3(&doc)
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(converted)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// ofKin reads a description from the tests of kin-openapi, which come with the module.
func ofKin(t *testing.T, name string) string {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/getkin/kin-openapi").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
