package simulate

import "ms2.internal/lb/balancer"

// refusal stands alone so that the simulation can be built against a balancer that knows none.
const refusal = balancer.Refused
