package protocol

import (
	"math"
	"net/http"
	"strconv"
)

// announce sets what every answer says of the replica itself.
func (h *Handler) announce(header http.Header) {
	if h.draining.Load() {
		header.Set(HeaderDraining, "1")
	}
	if load := h.load(); load >= 0 && !math.IsInf(load, 1) {
		header.Set(HeaderLoad, `JSON {"application_utilization":`+strconv.FormatFloat(load, 'g', 4, 64)+`}`)
	}
}

// load asks the hook; NaN when there is nothing to report. A hook that panics costs its header and no answer.
func (h *Handler) load() (load float64) {
	if h.opts.Load == nil {
		return math.NaN()
	}
	defer func() {
		if cause := recover(); cause != nil {
			h.log.Error("ms2: panic while measuring the load", "panic", cause)
			load = math.NaN()
		}
	}()
	return h.opts.Load()
}
