package main

import (
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver

	"ms2.internal/lb/examples/quickstart/fleet"
)

// fetch returns the body of a page that must be there.
func fetch(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, response.Status, err)
	}
	return string(body)
}

// newFleet runs the quickstart's processes with pages and a gateway, from the binary under test.
func newFleet(t *testing.T) *fleet.Fleet {
	t.Helper()
	f, err := fleet.Start(t.Context(), fleet.Options{
		Dir: t.TempDir(), Binary: binary, Replicas: 2, Attest: true, Life: time.Minute, Pages: true, Gateway: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// order posts one with a product and its vendor as MS2 tells of them, and returns the number of requests that it took.
func order(t *testing.T, addr string) int {
	t.Helper()
	const body = `{"customer":"Ada","source":"fetched","lines":[{"quantity":1,
		"product":{"sid":"usb:046d:c52b","name":"Unifying Receiver"},"vendor":{"sid":"usb:046d","name":"Logitech, Inc."}}]}`
	response, err := http.Post("http://"+addr+"/orders", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var receipt struct{ Requests int }
	if err := json.NewDecoder(response.Body).Decode(&receipt); err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s, %v", addr, response.Status, err)
	}
	return receipt.Requests
}

func TestTheFleetTakesOrdersDirectlyAndThroughTheGateway(t *testing.T) {
	f := newFleet(t)
	for _, c := range []struct {
		addr  string
		asked bool
	}{{f.Gateway, false}, {f.MS1, true}} {
		before := counts(t, f)
		requests := order(t, c.addr)
		after := counts(t, f)
		if asked := after.Checks > before.Checks; asked != c.asked || asked != (requests > 0) {
			t.Errorf("%s: %d requests by the receipt; MS2 counted %+v, then %+v", c.addr, requests, before, after)
		}
	}
	f.Replicas[1].Kill()
	if _, err := f.Counts(t.Context()); err != nil {
		t.Errorf("counts without a dead replica: %v", err)
	}
	rows(t, f.MS1Database(), "orders", 2)
	rows(t, f.Replicas[0].Database(), "entities WHERE sid = 'usb:046d'", 1)
	if _, err := os.Stat(f.KeysFile()); err != nil {
		t.Error(err)
	}
}

func counts(t *testing.T, f *fleet.Fleet) fleet.Counts {
	t.Helper()
	c, err := f.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// rows fails the test unless a database has so many rows of a table.
func rows(t *testing.T, file, table string, want int) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got := 0
	if err := db.QueryRow("SELECT count(*) FROM " + table).Scan(&got); err != nil || got != want {
		t.Errorf("%s: %d rows of %s, %v; want %d", file, got, table, err, want)
	}
}

// opener puts a stand-in for the command that opens the browser on a PATH that has nothing else. It writes the URL to a file.
func opener(t *testing.T) (path, opened string) {
	t.Helper()
	path = t.TempDir()
	opened = filepath.Join(t.TempDir(), "url")
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	if err := os.WriteFile(filepath.Join(path, name), []byte("#!/bin/sh\necho \"$1\" >'"+opened+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, opened
}

// killReplica kills a replica of MS2, as people do who want to see what goes on without it.
func killReplica(t *testing.T) {
	t.Helper()
	for id, line := range processes(t) {
		if !strings.HasPrefix(line, binary+" ms2 ") {
			continue
		}
		process, err := os.FindProcess(id)
		if err == nil {
			err = process.Kill()
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("there is no replica")
}

func TestOpenServesThePageUntilItIsTold(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be interrupted there")
	}
	path, opened := opener(t)
	for _, search := range []string{path, t.TempDir()} {
		cmd, temp := command(t, "-open")
		cmd.Env = append(cmd.Env, "PATH="+search)
		output := start(t, cmd)
		urls := regexp.MustCompile(`http://\S+`).FindAllString(output.await(t, "Ctrl-C"), -1)
		if len(urls) != 4 {
			t.Fatalf("got %q, want the page at MS1, MS2 and the gateway, and the health page", urls)
		}
		if stats := fetch(t, urls[3]+"stats"); !strings.Contains(stats, `"replicas"`) {
			t.Errorf("%s is no health page: %s", urls[3], stats)
		}
		for _, url := range urls[:3] {
			if body := fetch(t, url); !strings.Contains(body, "<html") {
				t.Errorf("%s: got %s", url, body)
			}
		}
		if search == path {
			eventually(t, "the page is opened", func() bool {
				url, err := os.ReadFile(opened)
				return err == nil && string(url) == urls[0]+"\n"
			})
		} else {
			output.await(t, "no browser could be opened")
			if runtime.GOOS == "linux" {
				killReplica(t)
				output.await(t, "has ended")
				fetch(t, urls[0])
			}
		}
		output.discard()
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("it ended with %v", err)
		}
		expectNothingLeft(t, temp)
	}
}
