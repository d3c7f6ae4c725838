package protocol

import _ "embed" // for the document below

// OpenAPI is this wire as an OpenAPI 3.1 document in YAML, to serve or to generate clients from. Do not change it.
//
//go:embed openapi.yaml
var OpenAPI []byte
