package protocol_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ms2.internal/lb/sdk/protocol"
)

func items(n int) []protocol.Attested {
	all := make([]protocol.Attested, n)
	for i := range all {
		all[i] = protocol.Attested{SID: fmt.Sprint("x", i), Kind: "k", Version: "1"}
	}
	return all
}

func TestEachSIDIsAttachedByATokenOfItsOwn(t *testing.T) {
	h := http.Header{}
	again := protocol.Attested{SID: "x0", Version: "2"}
	odd := protocol.Attested{SID: "odd", Kind: strings.Repeat("k", 129), Version: "\xff"}
	if err := protocol.Attach(h, &notary{}, "eve", append(items(2), again, odd)...); err != nil {
		t.Fatal(err)
	}
	if got, want := h.Values(protocol.HeaderAttestation), []string{"for(eve);x0=k/1,for(eve);x1=k/1,for(eve);odd=/"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := protocol.Attach(h, &notary{}, "", protocol.Attested{SID: "more"}); err != nil {
		t.Fatal(err)
	}
	got, err := protocol.Attestations(h)
	if want := []string{"for(eve);x0=k/1", "for(eve);x1=k/1", "for(eve);odd=/", "for();more=/"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestWhatCannotBeAttachedLeavesTheHeaderAsItWas(t *testing.T) {
	good := &notary{}
	at := func(n int) *notary { // fails at the n-th
		return &notary{sign: func(items []protocol.Attested) (string, error) {
			if items[0].SID == fmt.Sprint("x", n) {
				panic("no key today")
			}
			return "token", nil
		}}
	}
	for name, c := range map[string]struct {
		attester protocol.Attester
		subject  string
		items    []protocol.Attested
		want     string
		large    bool
	}{
		"more than a header carries": {good, "", items(16), "17 attestations for a header of at most 16, put them into the body", true},
		"longer than a header":       {&notary{pad: 4096}, "", items(2), "8200 bytes of attestations", true},
		"longer by a byte":           {&notary{pad: 2728}, "", items(3), "put them into the body", true},
		"one too long by itself":     {&notary{pad: 4097}, "", items(1), "attesting x0: more than one attestation can carry: it is over 4096 bytes", false},
		"a malformed SID":            {good, "", []protocol.Attested{{SID: "a"}, {SID: "a b"}}, "item 1", false},
		"a panic at the last":        {at(3), "", items(4), "attesting x3: panic while signing: no key today", false},
		"a subject too long":         {good, strings.Repeat("x", 257), items(1), "subject", false},
		"no Attester":                {nil, "", items(1), "no Attester", false},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			h.Set(protocol.HeaderAttestation, "before")
			err := protocol.Attach(h, c.attester, c.subject, c.items...)
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, protocol.ErrTooLarge) != c.large {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if got := h.Values(protocol.HeaderAttestation); !slices.Equal(got, []string{"before"}) {
				t.Errorf("the header is %.100q", got)
			}
		})
	}
	h := http.Header{}
	if err := protocol.Attach(h, good, ""); err != nil || len(h) != 0 {
		t.Errorf("nothing to attach: %v, %v", err, h)
	}
}

func TestAHeaderIsFilledToItsLastByte(t *testing.T) {
	h := http.Header{}
	h.Set(protocol.HeaderAttestation, "before")
	if err := protocol.Attach(h, &notary{pad: 4092}, "", items(1)...); err != nil {
		t.Fatal(err)
	}
	if err := protocol.Attach(h, &notary{pad: 4092}, "", items(1)...); err != nil || len(h.Get(protocol.HeaderAttestation)) != 8192 {
		t.Errorf("got %v and %d bytes", err, len(h.Get(protocol.HeaderAttestation)))
	}
}

func TestTooManyToAttachAreNotSignedFirst(t *testing.T) {
	n := &notary{}
	if err := protocol.Attach(http.Header{}, n, "", items(17)...); !errors.Is(err, protocol.ErrTooLarge) || len(n.signed) != 0 {
		t.Errorf("got %v after %d signatures", err, len(n.signed))
	}
}

func TestABodyTakesAttestationsInSets(t *testing.T) {
	n := &notary{most: 50}
	got, err := protocol.Attest(n, "eve", append(items(130), items(3)...)...)
	if sids := sidsOf(got); err != nil || len(got) != 5 || len(sids) != 130 || sids[129] != "x129" {
		t.Errorf("got %d attestations of %d SIDs, %v", len(got), len(sids), err)
	}
	n.sign = func(items []protocol.Attested) (string, error) {
		if items[0].SID == "x64" {
			return "", errors.New("no key today")
		}
		return plain("", items...), nil
	}
	got, err = protocol.Attest(n, "", items(130)...)
	if sids := sidsOf(got); len(sids) != 98 || err == nil || err.Error() != "32 of 130 SIDs are not attested, first x64: no key today" {
		t.Errorf("got %d SIDs, %v", len(sids), err)
	}
	var wrong *protocol.ItemError
	if got, err := protocol.Attest(n, "", protocol.Attested{SID: "a"}, protocol.Attested{}); got != nil || !errors.As(err, &wrong) || wrong.Index != 1 {
		t.Errorf("a malformed SID: got %q, %v", got, err)
	}
	if got, err := protocol.Attest(nil, "", items(1)...); got != nil || err == nil {
		t.Errorf("no Attester: got %q, %v", got, err)
	}
}

func TestAllFieldsOfAttestationsAreReadAsOne(t *testing.T) {
	eight := strings.Repeat("t,", 8)
	half := strings.Repeat("x", 4096)
	for name, c := range map[string]struct {
		fields []string
		want   []string
		wrong  string
	}{
		"none":                      {nil, nil, ""},
		"an empty one":              {[]string{""}, nil, ""},
		"one":                       {[]string{"a.b.c"}, []string{"a.b.c"}, ""},
		"blanks and empty ones":     {[]string{" a\t, ,b ,,", ",c"}, []string{"a", "b", "c"}, ""},
		"what no attestation holds": {[]string{"Bearer a,é"}, []string{"Bearer a", "é"}, ""},
		"the most":                  {[]string{eight, eight}, slices.Repeat([]string{"t"}, 16), ""},
		"60 too many in one":        {[]string{eight + eight + "t"}, nil, "17 attestations"},
		"60 too many in several":    {[]string{eight, eight, "t"}, nil, "17 attestations"},
		"the longest":               {[]string{half, half[1:]}, []string{half, half[1:]}, ""},
		"60 too long in several":    {[]string{half, half}, nil, "8193 bytes"},
		"60 too long in one":        {[]string{strings.Repeat("x", 8193)}, nil, "8193 bytes"},
		"60 blanks":                 {[]string{strings.Repeat(" ", 8193)}, nil, "8193 bytes"},
		"60 a thousand fields":      {slices.Repeat([]string{"12345678"}, 1000), nil, "8999 bytes"},
		"60 empty fields":           {make([]string, 8194), nil, "8193 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := protocol.Attestations(http.Header{"Ms2-Attestation": c.fields})
			if !slices.Equal(got, c.want) || (err == nil) != (c.wrong == "") {
				t.Fatalf("got %.100q, %v, want %.100q", got, err, c.want)
			}
			if err != nil && (!errors.Is(err, protocol.ErrTooLarge) || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("got %v, want %q", err, c.wrong)
			}
		})
	}
}

func FuzzAttestations(f *testing.F) {
	f.Add("a.b.c, d.e.f", " ,,x")
	f.Add(strings.Repeat("t,", 17), "")
	f.Fuzz(func(t *testing.T, one, two string) {
		got, err := protocol.Attestations(http.Header{"Ms2-Attestation": {one, two}})
		joined, joinedErr := protocol.Attestations(http.Header{"Ms2-Attestation": {one + "," + two}})
		if (err == nil) != (joinedErr == nil) || !slices.Equal(got, joined) || len(got) > 16 {
			t.Errorf("apart %q, %v, joined %q, %v", got, err, joined, joinedErr)
		}
		for _, token := range got {
			if token == "" || strings.Contains(token, ",") || strings.Trim(token, " \t") != token {
				t.Errorf("got %q", token)
			}
		}
	})
}
