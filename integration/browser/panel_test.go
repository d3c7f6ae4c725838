package browser_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"ms2.internal/lb/examples/quickstart/live"
	"ms2.internal/lb/examples/quickstart/registry"
	"ms2.internal/lb/integration/browser/chromium"
)

// stage is what the quickstart runs with -serve, and its two pages in two tabs of one person.
type stage struct {
	t             *testing.T
	health, panel *desk
}

// newStage starts replicas of its own, which the test may do wrong to. consul is as the quickstart's flag has it.
func newStage(t *testing.T, consul string) *stage {
	t.Helper()
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := live.Run(ctx, live.Options{Registry: registry.Choice{Consul: consul, From: "the test"}, Out: write})
		_ = write.CloseWithError(io.EOF) // never fails
		ended <- err
	}()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	health, panel := addresses(t, read)
	person := newPerson(t)
	s := &stage{t, show(t, person, health), show(t, person, panel)}
	s.health.await(`document.querySelector("#live").dataset.live === "on"`)
	return s
}

// addresses are those that the quickstart prints. It reads whatever else comes.
func addresses(t *testing.T, printed io.Reader) (health, panel string) {
	t.Helper()
	lines := bufio.NewReader(printed)
	var all strings.Builder
	for health == "" || panel == "" {
		line, err := lines.ReadString('\n')
		all.WriteString(line)
		if err != nil {
			t.Fatalf("no addresses: %v\n%s", err, &all)
		}
		if url := regexp.MustCompile(`http://\S+`).FindString(line); strings.Contains(line, "health page") {
			health = url
		} else if strings.Contains(line, "fault panel") {
			panel = url
		}
	}
	go io.Copy(io.Discard, lines) //nolint:errcheck // it ends with the quickstart
	return health, panel
}

// show opens a page that is none of the demonstration's. At the end of the test its console must have kept silent.
func show(t *testing.T, person *chromium.Profile, url string) *desk {
	t.Helper()
	page, err := person.Open(guarded(t), url)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, page: page, profile: person}
	t.Cleanup(func() {
		d.expectSilence()
		page.Close()
	})
	return d
}

// press presses the switch of a fault; replica is "" for Consul.
func (s *stage) press(replica, fault string, on bool) {
	s.t.Helper()
	selector := fmt.Sprintf(`form[data-replica="%s"] button[data-fault="%s"]`, replica, fault)
	s.panel.click(selector)
	s.panel.await(fmt.Sprintf(`document.querySelector('%s').ariaPressed === "%v"`, selector, on))
}

// seen waits until the health page says something, and returns how long after a moment that was.
func (s *stage) seen(since time.Time, condition string) time.Duration {
	s.t.Helper()
	s.health.await(condition)
	return time.Since(since)
}

// says is a condition: some text of the health page's sentence, problems or rows matches.
func says(expression string) string {
	return fmt.Sprintf(`[...document.querySelectorAll("[role=status], .problems li, tbody tr")].some((e) => %s.test(e.innerText))`, expression)
}

// happened is a condition: so many of the events match.
func happened(expression string, times int) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".events li")].filter((e) => %s.test(e.innerText)).length >= %d`, expression, times)
}

// well is the condition that nothing is wrong any more.
const well = `/^All is well with 3 replicas/.test(document.querySelector("[role=status]").innerText)`

// warm is the condition that all replicas have their whole share of the requests: what gets few is found out late.
const warm = well + ` && [...document.querySelectorAll("tbody tr .state")].every((e) => e.innerText.trim() === "ready")`
