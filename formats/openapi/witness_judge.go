package openapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const checkedBy = "getkin/kin-openapi"

// A judge holds requests and responses of one operation against its description. It
// shares nothing with the comparison but the extract that it is given.
type judge struct {
	ctx     context.Context
	route   *routers.Route
	options *openapi3filter.Options
}

// An unfitError says that the validator could not judge, whatever was sent.
type unfitError struct{ why string }

func (e unfitError) Error() string { return "not judged: " + e.why }

// guarded calls the validator, which may panic on what it did not expect.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = unfitError{fmt.Sprintf("the validator crashed: %v", p)}
		}
	}()
	return do()
}

// newJudge loads an extract. It reads nothing but that.
func newJudge(ctx context.Context, description []byte, template, method string, formats map[string]bool, holds func(*openapi3filter.AuthenticationInput) error) (*judge, error) {
	j := &judge{ctx: ctx, options: &openapi3filter.Options{
		IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true, SkipSettingDefaults: true, MultiError: false,
		ExcludeReadOnlyValidations: true, ExcludeWriteOnlyValidations: true,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidators(formatsOf(formats))},
		AuthenticationFunc:      func(_ context.Context, in *openapi3filter.AuthenticationInput) error { return holds(in) },
	}}
	err := guarded(func() error {
		loader := &openapi3.Loader{Context: ctx, ReadFromURIFunc: readNothing}
		doc, err := loader.LoadFromData(description)
		if err != nil {
			return err
		}
		item := doc.Paths.Value(template)
		j.route = &routers.Route{Spec: doc, Path: template, PathItem: item, Method: method, Operation: item.GetOperation(method)}
		return nil
	})
	if err == nil && j.route.Operation == nil {
		err = unfitError{"no operation"}
	}
	return j, err
}

func readNothing(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
	return nil, unfitError{"a reference to " + location.String()}
}

// formatsOf returns checks of formats, by a library that has many.
func formatsOf(names map[string]bool) map[string]openapi3.StringFormatValidator {
	all := make(map[string]openapi3.StringFormatValidator)
	for name := range names {
		c := jsonschema.NewCompiler()
		c.DefaultDraft(jsonschema.Draft2020)
		c.AssertFormat()
		const location = "breakwater:///format"
		if c.AddResource(location, jsonObject{"format": name}) != nil {
			continue
		}
		if s, err := c.Compile(location); err == nil && s.Format != nil {
			all[name] = openapi3.NewCallbackValidator(func(text string) error {
				if s.Validate(text) != nil {
					return fmt.Errorf("it is no %s", name)
				}
				return nil
			})
		}
	}
	return all
}

// request says why a request is refused, nil if it is accepted.
func (j *judge) request(m *message) error {
	return guarded(func() error {
		in, err := j.input(m)
		if err != nil {
			return err
		}
		return openapi3filter.ValidateRequest(j.ctx, in)
	})
}

// response says why a response is not one that the description allows.
func (j *judge) response(m *message) error {
	return guarded(func() error {
		in, err := j.input(m)
		if err != nil {
			return err
		}
		return openapi3filter.ValidateResponse(j.ctx, &openapi3filter.ResponseValidationInput{
			RequestValidationInput: in, Status: m.status, Header: m.header, Options: j.options,
			Body: io.NopCloser(strings.NewReader(m.body)),
		})
	})
}

func (j *judge) input(m *message) (*openapi3filter.RequestValidationInput, error) {
	r, err := http.NewRequestWithContext(j.ctx, j.route.Method, "/", nil)
	if err != nil {
		return nil, unfitError{err.Error()}
	}
	r.URL = &url.URL{Path: "/", RawQuery: m.query.encode()}
	if m.status == 0 {
		r.Header = m.header.Clone()
		if m.hasBody {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(m.body))), int64(len(m.body))
		}
	}
	return &openapi3filter.RequestValidationInput{Request: r, Route: j.route, PathParams: m.pathFor(j.route.Path), Options: j.options}, nil
}

// refusal returns the words of the validator for what it refuses, and whether it does:
// an error may as well say that it cannot judge.
func refusal(err error) (why string, ok bool) {
	var unfit unfitError
	var body *openapi3filter.ParseError
	var schema *openapi3.SchemaError
	var security *openapi3filter.SecurityRequirementsError
	var request *openapi3filter.RequestError
	var response *openapi3filter.ResponseError
	switch {
	case err == nil, errors.As(err, &unfit), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "", false
	case errors.As(err, &body):
		return firstLine(body.Error()), body.RootCause() != nil && body.Kind == openapi3filter.KindInvalidFormat
	case errors.As(err, &schema):
		at := strings.Join(schema.JSONPointer(), "/")
		if at != "" {
			at = "/" + at + ": "
		}
		return at + tellingLine(schema.Reason), true
	case errors.As(err, &security):
		return "the credentials are not enough", true
	case errors.As(err, &request):
		return firstLine(request.Error()), request.Err == nil || isAbsence(request.Err)
	case errors.As(err, &response):
		return firstLine(response.Reason), response.Err == nil
	}
	return firstLine(err.Error()), false
}

func isAbsence(err error) bool {
	return errors.Is(err, openapi3filter.ErrInvalidRequired) || errors.Is(err, openapi3filter.ErrInvalidEmptyValue) || err.Error() == "request body not allowed for this request"
}

// tellingLine is the innermost of the lines in which a schema says what it refuses.
func tellingLine(text string) string {
	if !strings.Contains(text, "jsonschema validation failed") {
		return firstLine(text)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return short(strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "- "))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return short(line)
}
