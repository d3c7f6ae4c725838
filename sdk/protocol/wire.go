package protocol

// Paths of the doors that MS2 opens.
const (
	// PathBatch is the batch door: POST a [Request], get a [Response].
	PathBatch = "/v1/sids:validate"

	// PathSingle is the single door: GET it with {sid} replaced by the SID, percent-encoded once as a path segment.
	PathSingle = "/v1/sids/{sid}"

	// PathKeys serves the keys that attestations are checked against, a JSON Web Key Set (RFC 7517) with the member [KeysIssuer].
	// It needs no token.
	PathKeys = "/.well-known/jwks.json"

	// PathHealth answers a registry's health check. It needs no token.
	PathHealth = "/healthz"
)

// Header fields beside those of HTTP itself.
const (
	// HeaderTimeout is sent by the client: for how many milliseconds more the answer is waited for, 1 to 2147483647 in
	// digits alone. Round a rest below 1 up.
	HeaderTimeout = "MS2-Timeout-Ms"

	// HeaderDraining is sent by a replica that is about to leave, with the value 1: send it nothing new.
	HeaderDraining = "MS2-Draining"

	// HeaderLoad is sent by a replica that reports its utilisation, 0 to 1 and above. This is the header of ORCA (Open
	// Request Cost Aggregation, as in Envoy and gRPC), whose JSON form is: JSON {"application_utilization":0.7}
	HeaderLoad = "endpoint-load-metrics"

	// HeaderAttest is sent to the single door, with the value 1 and no other, by who wants an attestation with a valid answer.
	HeaderAttest = "MS2-Attest"

	// HeaderSubject is sent beside [HeaderAttest]: whom the attestation is to be bound to, 1 to [MaxSubjectBytes] of UTF-8.
	// What a header field can't carry, such as a blank at an end, goes by [Request].Subject.
	HeaderSubject = "MS2-Attest-Subject"

	// HeaderAttestation carries attestations, separated by commas: from MS2 to who asked, and on with the data to MS1.
	HeaderAttestation = "MS2-Attestation"
)

// KeysIssuer is the member of a key set that names whose it is: every identity provider serves a set at the same path.
const KeysIssuer = "ms2_issuer"

// ProblemUnknownSID is the [Problem] type of a 404 at the single door that speaks of the SID and not of the path.
// Without it a mis-routed path would call every SID invalid. Clients believe it only of the SIDs that the problem names.
const ProblemUnknownSID = "urn:ms2:unknown-sid"
