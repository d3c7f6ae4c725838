package consulagent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
)

// Token is an access token of an agent whose Config turned access control on. It may be revoked, and restored with the
// same secret.
type Token struct {
	Secret string // what its holder sends

	agent    *Agent
	accessor string // its name among the tokens
	policy   policy
}

// policy is what says what a token may do; the names are Consul's.
type policy struct {
	ID, Name string
	Rules    string `json:",omitempty"`
}

// token is Consul's own shape of one. What is left out of a new one is made up by the agent.
type token struct {
	AccessorID, SecretID string `json:",omitempty"`
	Policies             []policy
}

// CreateToken makes a token that may do what the rules say, in Consul's policy language. Options.Token must be one that
// may manage tokens.
func (a *Agent) CreateToken(ctx context.Context, rules string) (*Token, error) {
	t := &Token{agent: a, policy: policy{Name: fmt.Sprintf("policy-%d", rand.Uint64()), Rules: rules}}
	if err := a.put(ctx, "/v1/acl/policy", t.policy, &t.policy); err != nil {
		return nil, err
	}
	return t, t.Restore(ctx)
}

// Revoke deletes the token: from now on the agent does not know it.
func (t *Token) Revoke(ctx context.Context) error {
	return t.agent.send(ctx, http.MethodDelete, "/v1/acl/token/"+t.accessor, nil, nil)
}

// Restore makes a token that was revoked anew, with the secret that it had.
func (t *Token) Restore(ctx context.Context) error {
	made := token{SecretID: t.Secret, Policies: []policy{{ID: t.policy.ID}}}
	if err := t.agent.put(ctx, "/v1/acl/token", made, &made); err != nil {
		return err
	}
	t.Secret, t.accessor = made.SecretID, made.AccessorID
	return nil
}

// Allow changes what the token may do.
func (t *Token) Allow(ctx context.Context, rules string) error {
	t.policy.Rules = rules
	return t.agent.put(ctx, "/v1/acl/policy/"+t.policy.ID, t.policy, nil)
}

func (a *Agent) put(ctx context.Context, path string, in, out any) error {
	return a.send(ctx, http.MethodPut, path, in, out)
}

// send asks the agent over plain HTTP: the client's own calls for access control changed over the years.
func (a *Agent) send(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+a.Addr()+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("X-Consul-Token", a.options.Token)
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return err
	case response.StatusCode != http.StatusOK:
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, text)
	case out == nil:
		return nil
	}
	return json.Unmarshal(text, out)
}
