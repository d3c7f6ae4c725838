// Package browser tests the demonstration's page in a real browser, against real services: the quickstart's fleet of MS1, MS2 and
// gateway as processes of their own, and Chromium.
//
//	go -C integration/browser run ./install        a browser and axe-core, if there are none yet
//	go -C integration/browser test .               all of it
//	go -C integration/browser test -run Flow1 -v . flow 1 alone
//	go -C integration/browser test -run Views -screenshots DIR .
//
// What holds is read from the databases, not from the page: an order that the page calls stored is in MS1's with each of its columns,
// every SID in it is in MS2's, and of one that the page calls refused there is no row. How often MS1 asked MS2 is counted at MS2.
//
//   - flows_test.go, without_ms2_test.go: data just fetched and data that the browser kept, with MS2's signature and without, from the page at
//     MS1, at MS2 and at the gateway; after a reload, in another tab, and with every MS2 dead.
//   - refused_test.go, remembered_test.go: what somebody who controls the browser tries. Attestations that the page can't make are signed here, with the
//     fleet's own keys, and put into localStorage.
//   - views_test.go, keyboard_test.go: the page is for all people, on a phone, in the dark, without a mouse.
//   - health_test.go: MS1's health page beside the quickstart's panel of faults. Each fault is switched on and off by clicking, and the page must
//     name its cause and tell its end; -v shows how soon it does.
//
// In every test the page's console stays silent, but for the refusals that the test provokes.
package browser
