package consulagent

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Log is what the agent wrote since it was started last: warnings and errors.
func (a *Agent) Log() string {
	text, err := os.ReadFile(a.logPath())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (a *Agent) logPath() string { return filepath.Join(a.dir, "agent.log") }

// lacksPort tells whether the agent found one of its ports taken.
func (a *Agent) lacksPort() bool { return strings.Contains(a.Log(), "address already in use") }

// exitedEarly explains an agent that ended before it answered.
func (a *Agent) exitedEarly() error {
	if a.lacksPort() {
		return fmt.Errorf("%w; its log:\n%s", errPortTaken, a.Log())
	}
	return fmt.Errorf("the Consul agent ended before it answered; its log:\n%s", a.Log())
}
