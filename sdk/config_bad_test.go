package sdk_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"ms2.internal/lb/sdk"
)

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
	{"MS2_KEYS_INSECURE", "true", `="true": neither on nor off`},
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
	{"MS2_MAX_EJECTED", "0%", `="0%": out of range; set 1% to 100%, or off (default 40%)`},
	{"MS2_MAX_EJECTED", "-100%", `="-100%": out of range`},
	{"MS2_WARMUP", "3", `="3": not a duration`},
	{"MS2_CACHE_ENTRIES", "none", `="none": not a whole number; set 1 to 100000000, or off`},
	{"MS2_SCHEME", "htps", `="htps": unknown; set http or https (default http)`},
	{"MS2_PROTOCOL", "Batch", `="Batch": unknown; set auto, batch or single (default auto)`},
	{"MS2_SINGLE_PATH", "/v1/sids", `="/v1/sids": not a path that begins with "/" and holds {sid} once`},
	{"MS2_SINGLE_TRUST", "status", `="status": was removed: a status alone makes no SID valid; set MS2_SINGLE_SID_FIELD to where`},
	{"MS2_SINGLE_TRUST", "body", `="body": was removed`},
	{"MS2_SINGLE_SID_FIELD", "/a~2b", `="/a~2b": not a JSON pointer: "~" is written ~0 and "/" in a name ~1; set a pointer such as "/data/id", or the name`},
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
	setEnv(t, "MS2_TIMEOUT", "5", "MS2_ATTEMPTS", "0", "MS2_SCHEME", "htps", "MS2_ENDPOINTS", "a,b", "MS2_SINGLE_PATH", "x", "MS2_SINGLE_TRUST", "status",
		"MS2_TOKEN", "hunter2", "MS2_TOKEN_FILE", "/no/such", "MS2_TLS_CA_FILE", "/no/ca", "MS2_TLS_CERT_FILE", "/no/cert", "MS2_TLS_KEY_FILE", "/no/key")
	_, err := sdk.ConfigFromEnv()
	var bad *sdk.ConfigError
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	for _, once := range []string{"MS2_TIMEOUT", "MS2_ATTEMPTS", "MS2_SCHEME=\"", `"a"`, `"b"`, "MS2_SINGLE_PATH", "MS2_SINGLE_TRUST", "both are set", `MS2_TOKEN_FILE="`, "/no/ca:", "/no/cert:", "of no use without TLS"} {
		if n := strings.Count(err.Error(), once); n != 1 {
			t.Errorf("%q is named %d times in\n%v", once, n, err)
		}
	}
	if len(bad.Problems) != 12 || strings.Contains(err.Error(), "hunter2") {
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
		`MS2_SINGLE_SID_FIELD="/~": not a JSON`: {SingleSIDField: "/~"},
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
