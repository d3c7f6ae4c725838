package health

import (
	"maps"
	"slices"
	"strings"

	"ms2.internal/lb/sdk"
)

// pair is a name and what stands beside it.
type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// group is pairs of one kind.
type group struct {
	Name  string `json:"name"`
	Pairs []pair `json:"pairs"`
}

// Blank is what the page copies for another pair.
func (group) Blank() pair { return pair{} }

// discoveryView says where the replicas are known from.
type discoveryView struct {
	Tone    tone   `json:"tone"`
	Text    string `json:"text"`
	Error   string `json:"error"`
	Dropped []pair `json:"dropped"` // IDs, and why each was left out
	Detail  []pair `json:"detail"`
}

func discoveryOf(s sdk.Stats) discoveryView {
	d := s.Discovery
	v := discoveryView{Tone: good, Dropped: []pair{}, Detail: configOf(d.Detail)}
	parts := []string{orNone(clip(d.Source, maxName)), plural(d.Instances, "instance", "instances")}
	if d.AgeSeconds != nil {
		parts = append(parts, "confirmed "+seconds(*d.AgeSeconds)+" ago")
	} else {
		parts = append(parts, "never confirmed")
	}
	if len(d.Dropped) > 0 {
		parts = append(parts, count(int64(len(d.Dropped)))+" left out")
	}
	v.Text = strings.Join(parts, " · ")
	if d.Error != nil {
		v.Tone, v.Error = warn, strings.TrimSpace("can't be confirmed "+since(d.ErrorSince, s.At))+": "+clip(*d.Error, maxText)
	}
	for _, dropped := range d.Dropped[:min(len(d.Dropped), maxRows)] {
		v.Dropped = append(v.Dropped, pair{clip(dropped.ID, maxName), clip(dropped.Why, maxText)})
	}
	return v
}

func configOf(config map[string]string) []pair {
	pairs := []pair{}
	for _, name := range slices.Sorted(maps.Keys(config)) {
		pairs = append(pairs, pair{clip(name, maxName), clip(config[name], maxText)})
	}
	return pairs
}
