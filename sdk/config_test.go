package sdk_test

import (
	"bytes"
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
		"MS2_BREAKER_FAILURES", "off", "MS2_BREAKER_OPEN", "1h", "MS2_WARMUP", "off", "MS2_MAX_EJECTED", "25%", "MS2_ZONE", "b", "MS2_SUBSET", "20", "MS2_CLIENT_ID", "ms1-7",
		"MS2_PROTOCOL", "single", "MS2_SINGLE_PATH", "/s?id={sid}",
		"MS2_SINGLE_SID_FIELD", "id", "MS2_NOT_FOUND", "invalid", "MS2_BATCH_MAX", "1000",
		"MS2_BATCH_INFLIGHT", "2", "MS2_QUEUE_MAX", "5", "MS2_CACHE_ENTRIES", "off", "MS2_MAX_AGE", "1h30m", "MS2_TOKEN_FILE", token,
		"MS2_KEYS_FILE", token, "MS2_KEYS_INSECURE", "on",
		"MS2_TLS_SERVER_NAME", "ms2.example", "MS2_CONSUL_WAIT", "30s", "MS2_CONSUL_EMPTY_GRACE", "1s")
	want := sdk.Config{
		Service: "catalogue", Endpoints: []string{"10.0.0.7:80", "[::1]:81"}, Scheme: "https",
		Timeout: time.Minute, AttemptTimeout: time.Second, Attempts: 3, RetryBackoff: time.Millisecond, RetryBudget: 0.1,
		BreakerFailures: sdk.Off, BreakerOpen: time.Hour, WarmUp: time.Duration(sdk.Off), MaxEjected: 0.25, Zone: "b", Subset: 20, ClientID: "ms1-7",
		Protocol: "single", SinglePath: "/s?id={sid}",
		SingleSIDField: "id", NotFound: "invalid", BatchMax: 1000,
		BatchInflight: 2, QueueMax: 5, CacheEntries: sdk.Off, MaxAge: 90 * time.Minute, TokenFile: token, KeysFile: token, KeysInsecure: true,
		TLSServerName: "ms2.example", ConsulWait: 30 * time.Second, ConsulEmptyGrace: time.Second,
	}
	if got, err := sdk.ConfigFromEnv(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
	}
}

func TestWhatIsSetToNothingIsAsIfItWereNotSet(t *testing.T) {
	configFields(func(_ string, tag reflect.StructTag) { t.Setenv(tag.Get("env"), " ") })
	setEnv(t, "MS2_UNKNOWN", "", "MS2_SINGLE_TRUST", " ")
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
		if isSwitch(name) {
			values = []string{"on"} // off is the zero value
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

func isSwitch(name string) bool {
	field, _ := reflect.TypeFor[sdk.Config]().FieldByName(name)
	return field.Type.Kind() == reflect.Bool
}

func TestEveryNumberHasARangeAndADefault(t *testing.T) {
	configFields(func(name string, tag reflect.StructTag) {
		field, _ := reflect.TypeFor[sdk.Config]().FieldByName(name)
		number := field.Type.Kind() != reflect.String && field.Type.Kind() != reflect.Slice && !isSwitch(name)
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
