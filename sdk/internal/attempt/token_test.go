package attempt_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ms2.internal/lb/sdk/internal/attempt"
	"ms2.internal/lb/sdk/internal/transport"
)

// write puts text into a file, in one step, as a secret that is renewed should be.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// tokenFile is a file that holds text.
func tokenFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	write(t, path, text)
	return path
}

func TestAFixedTokenIsSentWithEveryRequestAndNoneIsNot(t *testing.T) {
	var sent []string
	record := func(_ http.ResponseWriter, r *http.Request) { sent = append(sent, r.Header.Get("Authorization")) }
	token, err := transport.NewToken("hunter2", "")
	if err != nil {
		t.Fatal(err)
	}
	s := against(t, record, func(o *attempt.Options) { o.Token = token })
	s.batch(t, attempt.Item{SID: "a"})
	s.single(t, attempt.Item{SID: "a"})
	against(t, record).batch(t, attempt.Item{SID: "a"})
	if got := strings.Join(sent, ","); got != "Bearer hunter2,Bearer hunter2," {
		t.Errorf("sent %q", got)
	}
}

func TestA401HasTheTokenReadAtOnceAndNoOtherStatusDoes(t *testing.T) {
	for _, status := range []int{401, 403, 500} {
		synctest.Test(t, func(t *testing.T) {
			path := tokenFile(t, "one")
			token, _ := transport.NewToken("", path)
			s := inMemory(t, answering(status, ""), func(o *attempt.Options) { o.Token = token })
			write(t, path, "two")
			<-time.After(time.Second)
			s.batch(t, attempt.Item{SID: "a"})
			if got := token.Value(); (got == "two") != (status == 401) {
				t.Errorf("HTTP %d: %q", status, got)
			}
		})
	}
}
