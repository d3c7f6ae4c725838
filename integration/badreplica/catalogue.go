package main

import (
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"
)

// kinds are all, the calm one first.
func kinds() []kind {
	return slices.Concat([]kind{calmKind()}, processes(), pushedBack(), statuses(), bodies(), withoutBatchDoor())
}

// processes are the kinds whose process or connections fail, rather than its answers.
func processes() []kind {
	return []kind{
		{name: "killed", strike: (*os.Process).Kill},
		{name: "hangs", strike: pause, slow: true},
		{name: "hangs, deadline 150 ms", strike: pause, slow: true, callers: hasty},
		{name: "hangs, cancelled at 150 ms", strike: pause, slow: true, callers: leaving},
		{name: "accepts, never answers", spoil: always(silent), slow: true},
		{name: "50 × slow", spoil: delayed(49 * service), slow: true},
		{name: "reset", spoil: always(reset)},
		{name: "https asked by http", spoil: always(hangUp), tlsOnly: true},
	}
}

// pushedBack are the kinds that refuse for load.
func pushedBack() []kind {
	return []kind{
		{name: "503", spoil: status(503)},
		{name: "503 Retry-After 1", spoil: status(503, "Retry-After", "1")},
		{name: "503 Retry-After 0", spoil: status(503, "Retry-After", "0")},
		{name: "429", spoil: status(429)},
		{name: "429 Retry-After 1", spoil: status(429, "Retry-After", "1")},
	}
}

// statuses are the kinds that are told by their status alone.
func statuses() []kind {
	all := []kind{
		{name: "500 every other", spoil: everyOther(status(500))},
		{name: "302", spoil: always(toLogin)},
		{name: "404 of a proxy in HTML", spoil: always(inHTML(http.StatusNotFound))},
		{name: "422 that names the SIDs", spoil: always(namesAll)},
	}
	for _, code := range []int{500, 501, 502, 504, 204, 400, 401, 403, 404, 405, 408, 410, 421, 422, 425} {
		all = append(all, kind{name: strconv.Itoa(code), spoil: status(code)})
	}
	return all
}

// bodies are the kinds that answer 200 and no verdict.
func bodies() []kind {
	return []kind{
		{name: "200 without results", spoil: always(inJSON(`{"results":[]}`))},
		{name: "200 with another SID", spoil: always(inJSON(`{"results":[{"sid":"usb:0000:another","status":"valid"}]}`))},
		{name: "200 in HTML", spoil: always(inHTML(http.StatusOK))},
		{name: "200, JSON cut off", spoil: always(inJSON(`{"results":[{"sid":"usb:00`))},
		{name: "200, endless body", spoil: always(endless), slow: true},
		{name: "empty store, all left out", spoil: leavingOut(func() bool { return true })},
		{name: "half left out", spoil: leavingOut(alternating())},
	}
}

// withoutBatchDoor are kinds of a fleet that has the single door alone.
func withoutBatchDoor() []kind {
	return []kind{
		{name: "single door: 401", spoil: status(401), single: true},
		{name: "single door: 404", spoil: status(404), single: true},
		{name: "single door: 500", spoil: status(500), single: true},
		{name: "bare 404 means invalid", spoil: status(404), single: true, bare404: true},
	}
}

// service is how long a good replica takes for a request.
const service = 2 * time.Millisecond
