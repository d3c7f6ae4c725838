package ways

// way is one way of checking the SIDs of an order. Each has an MS1 of its own, and all MS1s have the same MS2.
type way struct {
	// key is what tables and plots call it, name what people do.
	key, name string

	// subcommand starts its MS1; "" means that orders go through the gateway, to the fleet's MS1.
	subcommand string

	// replicas is how many of MS2's replicas its MS1 is told of.
	replicas int

	// environment is more of what its MS1 is told.
	environment []string

	// brings says which attestations come with orders.
	brings evidence

	// again means that all attestations were seen before.
	again bool
}

// evidence is which attestations come with orders.
type evidence int

// The kinds of evidence.
const (
	none     evidence = iota
	stolen            // only those that are to make a bad SID a good one
	complete          // those, and MS2's of each good SID
)

// The subcommands of this package's MS1s.
const (
	// UncheckedCommand runs an MS1 that checks nothing.
	UncheckedCommand = "ms1-unchecked"

	// TodayCommand runs an MS1 that checks as package today does.
	TodayCommand = "ms1-today"

	sdkCommand = "ms1"
)

// The keys that targets speak of.
const (
	keyUnchecked = "0"
	keyToday     = "a"
	keySDK       = "c"
	keyFirst     = "d1"
	keyAgain     = "d2"
	keyGateway   = "e1"
	keyKept      = "e2"
)

// replicas is how many of MS2 there are.
const replicas = 3

var allWays = []way{
	{key: keyUnchecked, name: "no check at all", subcommand: UncheckedCommand},
	{key: keyToday, name: "today: a request a check, one MS2", subcommand: TodayCommand, replicas: 1},
	{key: "b", name: "the same over three replicas", subcommand: sdkCommand, replicas: replicas, environment: []string{"MS2_PROTOCOL=single"}},
	{key: keySDK, name: "the SDK: batches and cache", subcommand: sdkCommand, replicas: replicas},
	{key: keyFirst, name: "attested, seen for the first time", subcommand: sdkCommand, replicas: replicas, brings: complete},
	{key: keyAgain, name: "attested, seen before", subcommand: sdkCommand, replicas: replicas, brings: complete, again: true},
	{key: keyGateway, name: "by the gateway, for the first time", brings: stolen},
	{key: keyKept, name: "by the gateway, from its cache", brings: stolen, again: true},
}

// verifies reports whether its MS1 counts attestations.
func (w way) verifies() bool { return w.brings != none }
