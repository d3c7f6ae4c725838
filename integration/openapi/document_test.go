package openapi

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	problems "github.com/pb33f/libopenapi-validator/errors"

	"ms2.internal/lb/sdk/protocol"
)

// document is the OpenAPI document, ready to judge.
type document struct {
	full     validator.Validator
	bodiless validator.Validator // for HEAD, whose answers are documented with the body that GET would have

	// statuses are those that each operation names, as "GET /v1/sids/{sid} 200".
	statuses []string
}

func load(t *testing.T) document {
	t.Helper()
	parsed, err := libopenapi.NewDocument(protocol.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	model, err := parsed.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	// Strict: a member or a header field that is not documented is an error too.
	strict := []config.Option{config.WithStrictMode(), config.WithStrictIgnoredHeadersExtra("X-Content-Type-Options", "Accept-Encoding", "User-Agent")}
	d := document{
		full:     validator.NewValidatorFromV3Model(&model.Model, strict...),
		bodiless: validator.NewValidatorFromV3Model(&model.Model, append(strict, config.WithoutResponseBodyValidation())...),
	}
	d.full.SetDocument(parsed)
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method, operation := range item.GetOperations().FromOldest() {
			for status := range operation.Responses.Codes.KeysFromOldest() {
				d.statuses = append(d.statuses, key(method, path, status))
			}
		}
	}
	return d
}

func (d document) validate() error {
	_, found := d.full.ValidateDocument()
	return join(found)
}

func (d document) validateRequest(r *http.Request) error {
	_, found := d.full.ValidateHttpRequestSync(r)
	return join(found)
}

func (d document) validateResponse(r *http.Request, response *http.Response) error {
	judge := d.full
	if r.Method == http.MethodHead {
		judge = d.bodiless
	}
	_, found := judge.ValidateHttpResponse(r, response)
	return join(found)
}

func join(found []*problems.ValidationError) error {
	var all []error
	for _, e := range found {
		all = append(all, fmt.Errorf("%s: %s", e.Message, e.Reason))
		for _, cause := range e.SchemaValidationErrors {
			all = append(all, fmt.Errorf("%s: %s", cause.FieldPath, cause.Reason))
		}
	}
	return errors.Join(all...)
}
