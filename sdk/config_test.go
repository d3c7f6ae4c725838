package sdk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/sdk"
)

// setEnv sets variables, names and values in turn, for one test.
func setEnv(t *testing.T, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		t.Setenv(pairs[i], pairs[i+1])
	}
}

// configFields visits every field of Config that has a variable.
func configFields(visit func(name string, tag reflect.StructTag)) {
	for i := range reflect.TypeFor[sdk.Config]().NumField() {
		if f := reflect.TypeFor[sdk.Config]().Field(i); f.Tag.Get("env") != "" {
			visit(f.Name, f.Tag)
		}
	}
}

// configFile is a file that holds text.
func configFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryFieldIsReadFromItsVariable(t *testing.T) {
	token := configFile(t, "hunter2")
	setEnv(t, "MS2_SERVICE", "catalogue", "MS2_ENDPOINTS", " 10.0.0.7:80, [::1]:81,", "MS2_SCHEME", "https",
		"MS2_TIMEOUT", "1m", "MS2_ATTEMPT_TIMEOUT", "1s", "MS2_ATTEMPTS", "3", "MS2_RETRY_BACKOFF", "1ms", "MS2_RETRY_BUDGET", "10 %",
		"MS2_BREAKER_FAILURES", "off", "MS2_BREAKER_OPEN", "1h", "MS2_PROTOCOL", "single", "MS2_SINGLE_PATH", "/s?id={sid}",
		"MS2_SINGLE_SID_FIELD", "id", "MS2_SINGLE_TRUST", "status", "MS2_NOT_FOUND", "invalid", "MS2_BATCH_MAX", "1000",
		"MS2_BATCH_INFLIGHT", "2", "MS2_QUEUE_MAX", "5", "MS2_CACHE_ENTRIES", "off", "MS2_MAX_AGE", "1h30m", "MS2_TOKEN_FILE", token,
		"MS2_TLS_SERVER_NAME", "ms2.example", "MS2_CONSUL_WAIT", "30s", "MS2_CONSUL_EMPTY_GRACE", "1s")
	want := sdk.Config{
		Service: "catalogue", Endpoints: []string{"10.0.0.7:80", "[::1]:81"}, Scheme: "https",
		Timeout: time.Minute, AttemptTimeout: time.Second, Attempts: 3, RetryBackoff: time.Millisecond, RetryBudget: 0.1,
		BreakerFailures: sdk.Off, BreakerOpen: time.Hour, Protocol: "single", SinglePath: "/s?id={sid}",
		SingleSIDField: "id", SingleTrust: "status", NotFound: "invalid", BatchMax: 1000,
		BatchInflight: 2, QueueMax: 5, CacheEntries: sdk.Off, MaxAge: 90 * time.Minute, TokenFile: token,
		TLSServerName: "ms2.example", ConsulWait: 30 * time.Second, ConsulEmptyGrace: time.Second,
	}
	if got, err := sdk.ConfigFromEnv(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
	}
}

func TestWhatIsSetToNothingIsAsIfItWereNotSet(t *testing.T) {
	configFields(func(_ string, tag reflect.StructTag) { t.Setenv(tag.Get("env"), " ") })
	setEnv(t, "MS2_UNKNOWN", "")
	if cfg, err := sdk.ConfigFromEnv(); err != nil || !reflect.DeepEqual(cfg, sdk.Config{}) {
		t.Errorf("%v, %+v", err, cfg)
	}
}

func TestEveryDefaultAndEveryBoundPassesItsOwnParser(t *testing.T) {
	configFields(func(name string, tag reflect.StructTag) {
		low, high, _ := strings.Cut(tag.Get("range"), " ")
		values := append([]string{tag.Get("default"), low, high}, strings.Fields(tag.Get("oneof"))...)
		if tag.Get("off") != "" {
			values = append(values, "off")
		}
		for _, value := range values {
			t.Setenv(tag.Get("env"), value)
			cfg, err := sdk.ConfigFromEnv()
			if err != nil || value != "" && reflect.ValueOf(cfg).FieldByName(name).IsZero() {
				t.Errorf("%s=%s: %v, %+v", tag.Get("env"), value, err, cfg)
			}
		}
		t.Setenv(tag.Get("env"), "")
	})
}

func TestEveryNumberHasARangeAndADefault(t *testing.T) {
	configFields(func(name string, tag reflect.StructTag) {
		field, _ := reflect.TypeFor[sdk.Config]().FieldByName(name)
		number := field.Type.Kind() != reflect.String && field.Type.Kind() != reflect.Slice
		if number && (tag.Get("range") == "" || tag.Get("default") == "") {
			t.Errorf("%s has neither", name)
		}
	})
}

func TestNoVariableHasANameThatKubernetesGives(t *testing.T) {
	given := regexp.MustCompile(`^MS2_(SERVICE_HOST|SERVICE_PORT.*|PORT|PORT_.*)$`)
	configFields(func(_ string, tag reflect.StructTag) {
		if given.MatchString(tag.Get("env")) {
			t.Errorf("%s is set in every pod beside a service named ms2", tag.Get("env"))
		}
	})
}

// badValues are values, and what the error says of them beside the variable.
var badValues = []struct{ name, value, says string }{
	{"MS2_TIMEOUT", "5", `="5": not a duration with a unit, such as "500ms" or "2s"; set 1ms to 10m (default 2s)`},
	{"MS2_TIMEOUT", "0", `="0": not a duration`},
	{"MS2_TIMEOUT", "0s", `="0s": out of range; set 1ms to 10m (default 2s)`},
	{"MS2_TIMEOUT", "-0", `="-0": out of range`},
	{"MS2_TIMEOUT", "-1s", `="-1s": out of range`},
	{"MS2_TIMEOUT", "11m", `="11m": out of range`},
	{"MS2_TIMEOUT", "off", `="off": not a duration`},
	{"MS2_TIMEOUT", "9999999h", `="9999999h": not a duration`},
	{"MS2_ATTEMPTS", "0", `="0": out of range; set 1 to 100 (default 10)`},
	{"MS2_ATTEMPTS", "101", `="101": out of range`},
	{"MS2_ATTEMPTS", "off", `="off": not a whole number`},
	{"MS2_ATTEMPTS", "1.5", `="1.5": not a whole number`},
	{"MS2_ATTEMPTS", "9223372036854775807", `="9223372036854775807": out of range`},
	{"MS2_ATTEMPTS", "92233720368547758070", `="92233720368547758070": not a whole number`},
	{"MS2_RETRY_BUDGET", "20", `="20": not a percentage, such as "20%"; set 1% to 100% (default 20%)`},
	{"MS2_RETRY_BUDGET", "0%", `="0%": out of range`},
	{"MS2_RETRY_BUDGET", "101%", `="101%": out of range`},
	{"MS2_RETRY_BUDGET", "NaN%", `="NaN%": out of range`},
	{"MS2_RETRY_BUDGET", "-Inf%", `="-Inf%": out of range`},
	{"MS2_BREAKER_FAILURES", "-1", `="-1": out of range; set 1 to 1000, or off (default 5)`},
	{"MS2_BREAKER_FAILURES", "0", `="0": out of range`},
	{"MS2_BREAKER_FAILURES", "OFF", `="OFF": not a whole number; set 1 to 1000, or off`},
	{"MS2_CACHE_ENTRIES", "none", `="none": not a whole number; set 1 to 100000000, or off`},
	{"MS2_SCHEME", "htps", `="htps": unknown; set http or https (default http)`},
	{"MS2_PROTOCOL", "Batch", `="Batch": unknown; set auto, batch or single (default auto)`},
	{"MS2_SINGLE_PATH", "/v1/sids", `="/v1/sids": not a path that begins with "/" and holds {sid} once`},
	{"MS2_ENDPOINTS", ",", `=",": nothing but commas`},
	{"MS2_ENDPOINTS", "10.0.0.7", `: address "10.0.0.7": the port is missing, want host:port`},
	{"MS2_ENDPOINTS", "::1:80", `: address "::1:80": want host:port, an IPv6 host in brackets`},
	{"MS2_ENDPOINTS", "http://ms2:80", `: address "http://ms2:80"`},
	{"MS2_ENDPOINTS", "a:80,a:80", `: address "a:80": listed twice`},
	{"MS2_TOKEN_FILE", "/no/such", `="/no/such": open /no/such: no such file`},
	{"MS2_TOKEN", "hunter2\tx", `=[redacted]: the token holds a byte that is not visible ASCII`},
	{"MS2_TLS_CA_FILE", "/no/such", `="/no/such": open /no/such: no such file`},
	{"MS2_TLS_CERT_FILE", "/no/such", `: set without MS2_TLS_KEY_FILE; set both`},
	{"MS2_TLS_SERVER_NAME", "ms2", `: of no use without TLS; set MS2_SCHEME=https`},
}

func TestABadValueIsNamedWithItsVariableAndWhatWouldBeRight(t *testing.T) {
	for _, c := range badValues {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			t.Setenv(c.name, c.value)
			cfg, err := sdk.ConfigFromEnv()
			if err == nil || !strings.Contains(err.Error(), c.name+c.says) || !reflect.DeepEqual(cfg, sdk.Config{}) {
				t.Errorf("%v\nwant %s%s", err, c.name, c.says)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Error("the secret is shown")
			}
		})
	}
}

func TestAllBadValuesAreNamedAtOnceAndEachOnce(t *testing.T) {
	setEnv(t, "MS2_TIMEOUT", "5", "MS2_ATTEMPTS", "0", "MS2_SCHEME", "htps", "MS2_ENDPOINTS", "a,b", "MS2_SINGLE_PATH", "x",
		"MS2_TOKEN", "hunter2", "MS2_TOKEN_FILE", "/no/such", "MS2_TLS_CA_FILE", "/no/ca", "MS2_TLS_CERT_FILE", "/no/cert", "MS2_TLS_KEY_FILE", "/no/key")
	_, err := sdk.ConfigFromEnv()
	var bad *sdk.ConfigError
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	for _, once := range []string{"MS2_TIMEOUT", "MS2_ATTEMPTS", "MS2_SCHEME=\"", `"a"`, `"b"`, "MS2_SINGLE_PATH", "both are set", `MS2_TOKEN_FILE="`, "/no/ca:", "/no/cert:", "of no use without TLS"} {
		if n := strings.Count(err.Error(), once); n != 1 {
			t.Errorf("%q is named %d times in\n%v", once, n, err)
		}
	}
	if len(bad.Problems) != 11 || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%d problems: %v", len(bad.Problems), err)
	}
}

func TestAFileThatCannotBeUsedStopsTheStart(t *testing.T) {
	empty, twoLines := configFile(t, "\n"), configFile(t, "hun\nter2")
	for _, cfg := range []sdk.Config{
		{TokenFile: empty}, {TokenFile: twoLines}, {TokenFile: t.TempDir()}, {TokenFile: "/no/such"},
		{Scheme: "https", TLSCAFile: empty}, {Scheme: "https", TLSCertFile: empty, TLSKeyFile: empty},
	} {
		if _, err := sdk.New(cfg); err == nil || strings.Contains(err.Error(), "ter2") {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestABadFieldOfAConfigMadeByHandIsRefusedByNew(t *testing.T) {
	for says, cfg := range map[string]sdk.Config{
		`MS2_TIMEOUT="-1ns": out of range`:      {Timeout: -1},
		`MS2_RETRY_BUDGET="200%": out of range`: {RetryBudget: 2},
		`MS2_BATCH_MAX="-1": out of range`:      {BatchMax: sdk.Off},
		`MS2_CACHE_ENTRIES="-2": out of range`:  {CacheEntries: -2},
		`MS2_PROTOCOL="grpc": unknown`:          {Protocol: "grpc"},
		`MS2_TOKEN=[redacted]: the token holds`: {Token: "hunter2\n"},
	} {
		client, err := sdk.New(cfg)
		if err == nil {
			client.Close()
		}
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v\nwant %s", err, says)
		}
	}
}

func TestTheZeroConfigIsValid(t *testing.T) {
	client, err := sdk.New(sdk.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}

func TestUnknownVariablesAreListedAndThoseOfKubernetesAreNot(t *testing.T) {
	setEnv(t, "MS2_TIMEOUTS", "1s", "MS2_CACHE_ENTRY", "5", "MS2_", "x", "XMS2_SERVICE", "x", "MS2X", "y", "ms2_service", "z",
		"MS2_SERVICE_HOST", "10.0.0.1", "MS2_SERVICE_PORT", "80", "MS2_SERVICE_PORT_HTTP", "80", "MS2_PORT", "tcp://10.0.0.1:80",
		"MS2_PORT_80_TCP", "x", "MS2_PORT_80_TCP_ADDR", "x")
	cfg, err := sdk.ConfigFromEnv()
	if want := []string{"MS2_", "MS2_CACHE_ENTRY", "MS2_TIMEOUTS"}; err != nil || !reflect.DeepEqual(cfg.Unknown, want) {
		t.Errorf("%v, %q, want %q", err, cfg.Unknown, want)
	}
}

func TestNewWarnsOfUnknownVariablesWithTheNearestNameAndNoValue(t *testing.T) {
	setEnv(t, "MS2_TIMEOUTS", "hunter2", "MS2_TOKN", "hunter2", "MS2_ENDPOINTS", "127.0.0.1:1")
	cfg, err := sdk.ConfigFromEnv()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	client, err := sdk.New(cfg, sdk.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
	for _, line := range []string{"variable=MS2_TIMEOUTS nearest=MS2_TIMEOUT\n", "variable=MS2_TOKN nearest=MS2_TOKEN\n"} {
		if strings.Count(log.String(), line) != 1 || !strings.Contains(log.String(), "level=WARN") {
			t.Errorf("no warning %q in %s", line, &log)
		}
	}
	if strings.Contains(log.String(), "hunter2") {
		t.Error("a value is shown")
	}
}

func TestASecretIsNeverShown(t *testing.T) {
	const secret = sdk.Secret("hunter2")
	cfg := sdk.Config{Token: secret}
	var shown bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3v", "% x", "%c"} {
		for _, value := range []any{secret, &secret2, cfg, &cfg, []sdk.Secret{secret}, map[string]any{"k": secret}, struct{ S sdk.Secret }{secret}} {
			fmt.Fprintf(&shown, verb, value)
		}
	}
	fmt.Fprintln(&shown, secret, cfg, fmt.Errorf("%v, %w", secret, errors.New(secret.String())))
	for _, handler := range []slog.Handler{slog.NewTextHandler(&shown, nil), slog.NewJSONHandler(&shown, nil)} {
		slog.New(handler).Info("x", "secret", secret, "config", cfg, "pointer", &cfg)
	}
	if err := json.NewEncoder(&shown).Encode([]any{secret, cfg}); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{"hunter2", fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2"), fmt.Sprintf("% x", "hunter2"), "hun"} {
		if strings.Contains(shown.String(), leak) {
			i := strings.Index(shown.String(), leak)
			t.Errorf("%q shows behind %q", leak, shown.String()[max(0, i-100):i])
		}
	}
	if !strings.Contains(shown.String(), "[redacted]") || fmt.Sprint(sdk.Secret("")) != "" {
		t.Error("a secret that is set can't be told from one that is not")
	}
}

var secret2 = sdk.Secret("hunter2")

func FuzzNoValueOfTheEnvironmentPanicsOrIsTakenOutOfRange(f *testing.F) {
	for _, c := range badValues {
		f.Add(c.name, c.value)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		field, ok := fieldOf(name)
		if !ok || strings.Contains(value, "\x00") || strings.HasSuffix(name, "_FILE") {
			return
		}
		t.Setenv(name, value)
		cfg, err := sdk.ConfigFromEnv()
		if err != nil {
			if !strings.Contains(err.Error(), name) || name == "MS2_TOKEN" && len(value) > 12 && strings.Contains(err.Error(), value) {
				t.Errorf("%q: %v", value, err)
			}
			return
		}
		if set := !reflect.ValueOf(cfg).FieldByName(field).IsZero(); set != (strings.TrimSpace(value) != "") {
			t.Errorf("%s=%q: taken for %+v", name, value, cfg)
		}
	})
}

func fieldOf(variable string) (field string, ok bool) {
	configFields(func(name string, tag reflect.StructTag) {
		if tag.Get("env") == variable {
			field, ok = name, true
		}
	})
	return field, ok
}
