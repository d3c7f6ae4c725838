package chromium

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// Message is something that went wrong on a page, in the words of its console.
type Message struct {
	// Kind is console for what the page's scripts wrote, exception for what they threw and nobody caught, and else what Chromium calls
	// the source: network for a request that failed or was answered 400 and above, security for a violation of the page's
	// content security policy, javascript for an answer that another origin did not allow, and others.
	Kind string

	// Text is what the console shows.
	Text string

	// URL is of the resource or the script that it is about; "" when unknown.
	URL string
}

// String is the message in one line.
func (m Message) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s", m.Kind, m.Text, m.URL))
}

// Console returns what went wrong on the page so far, warnings too.
func (p *Page) Console(ctx context.Context) ([]Message, error) {
	if _, err := Evaluate[int](ctx, p, "0"); err != nil { // what the page said before this, was heard when it answers
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.messages), nil
}

// listen hears of every event of the tab, from its beginning.
func (p *Page) listen(event any) {
	m, bad := read(event)
	if !bad {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.messages = append(p.messages, m)
}

// read makes a message of an event, if it is a bad one.
func read(event any) (m Message, bad bool) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		return thrown(e.ExceptionDetails), true
	case *runtime.EventConsoleAPICalled:
		return written(e), slices.Contains([]string{"error", "warning", "assert"}, string(e.Type))
	case *log.EventEntryAdded:
		m := Message{Kind: string(e.Entry.Source), Text: e.Entry.Text, URL: e.Entry.URL}
		return m, e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning
	}
	return Message{}, false
}

// thrown is an exception with its stack, or a rejected promise.
func thrown(e *runtime.ExceptionDetails) Message {
	m := Message{Kind: "exception", Text: e.Text, URL: e.URL}
	if e.Exception != nil {
		m.Text += " " + e.Exception.Description + string(e.Exception.Value)
	}
	return m
}

// written is a call of console.error and the like.
func written(e *runtime.EventConsoleAPICalled) Message {
	var words []string
	for _, arg := range e.Args {
		words = append(words, arg.Description+string(arg.Value))
	}
	return Message{Kind: "console", Text: strings.Join(words, " ")}
}
