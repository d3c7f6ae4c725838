package browser_test

import (
	"fmt"
	"testing"
	"time"

	"ms2.internal/lb/examples/quickstart/registry"
)

// prompt is how soon the health page shall show a fault and its end. It is told, not judged, where a machine has other work, too.
const prompt = 2 * time.Second

// tell logs how long it took until the health page showed what it must.
func (s *stage) tell(what string, took time.Duration) {
	s.t.Helper()
	late := ""
	if took > prompt {
		late = ", which is late"
	}
	s.t.Logf("%s: after %v%s", what, took.Round(10*time.Millisecond), late)
}

func TestTheHealthPageNamesTheCauseOfEachFaultAndItsEnd(t *testing.T) {
	t.Parallel()
	s := newStage(t, registry.Off)
	s.health.await(well)
	for _, c := range []struct{ fault, words string }{
		{"slow", `/its last answers took|no answer for/`},
		{"kill", `/connection refused/`},
		{"drain", `/connection refused/`}, // nobody tells MS1, which knows fixed endpoints
		{"fail", `/HTTP 500/`},
		{"refuse", `/token/`},
		{"stop", `/no answer/`},
	} {
		s.health.await(warm)
		begin := time.Now()
		s.press("replica 2", c.fault, true)
		s.tell(c.fault, s.seen(begin, says(c.words)))
		begin = time.Now()
		s.press("replica 2", c.fault, false)
		s.tell("the end of "+c.fault, s.seen(begin, well))
	}
}

func TestTheHealthPageTellsOfConsulAndOfWhoLeavesIt(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it may have to build Consul")
	}
	s := newStage(t, registry.Dev)
	s.health.await(warm)
	begin := time.Now()
	s.press("", "consul", true)
	s.tell("Consul away", s.seen(begin, says(`/can't be confirmed.*refused/`)))
	begin = time.Now()
	s.press("", "consul", false)
	s.tell("the end of Consul away", s.seen(begin, well))

	begin = time.Now()
	s.press("replica 2", "drain", true)
	s.tell("drain", s.seen(begin, happened(`/left/`, 1)))
	begin = time.Now()
	s.press("replica 2", "drain", false)
	s.tell("the end of drain", s.seen(begin, well))
}

func TestTheHealthPageAndThePanelAreForAllPeople(t *testing.T) {
	s := newStage(t, registry.Off)
	s.health.await(well)
	s.health.expectForAll("health-well", views[0], views[len(views)-1])
	s.grow(40)
	s.press("replica 1", "kill", true)
	s.press("replica 2", "fail", true)
	s.grow(50)
	s.health.await(says(`/connection refused/`) + " && " + says(`/HTTP 500/`))
	s.health.expectForAll("health-faults", views...)
	s.panel.expectForAll("panel-faults", views...)
}

// grow waits, for pictures alone, until the health page was open for so many seconds: it draws what happened meanwhile.
func (s *stage) grow(seconds int) {
	s.t.Helper()
	if *screenshots != "" {
		s.health.await(fmt.Sprintf("performance.now() > %d", 1000*seconds))
	}
}

func TestThePanelSaysWhatCanNotBeAndEndsAll(t *testing.T) {
	t.Parallel()
	s := newStage(t, registry.Off)
	if !evaluate[bool](s.panel, `document.querySelector('button[data-fault="consul"]').disabled`) {
		t.Error("without Consul it can be away")
	}
	s.press("replica 1", "stop", true)
	s.panel.await(`document.querySelector('form[data-replica="replica 1"] button[data-fault="kill"]').disabled`)
	s.press("replica 1", "slow", true)
	s.press("replica 3", "refuse", true)
	s.panel.await(`document.querySelector('form[data-replica="replica 1"] .state').innerText === "stopped, slow"`)
	s.panel.await(`/replica/.test(document.querySelector("#summary").innerText) && !/All is well/.test(document.querySelector("#summary").innerText)`)
	s.panel.click("#end button")
	s.panel.await(`document.querySelectorAll('[aria-pressed="true"]').length === 0`)
	s.health.await(well)
}
