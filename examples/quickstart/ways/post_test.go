package ways

import "testing"

func TestAnswersAreJudged(t *testing.T) {
	t.Parallel()
	good, bad := posting{}, posting{draft: draft{bad: forged, sid: "x"}}
	for name, c := range map[string]struct {
		posting posting
		status  int
		body    string
		want    outcome
	}{
		"good accepted":            {good, 201, "", right},
		"bad refused":              {bad, 422, `{"errors":[{"sid":"x"}]}`, right},
		"bad refused twice":        {bad, 422, `{"errors":[{"sid":"x"},{"sid":"x"}]}`, right},
		"bad accepted":             {bad, 201, "", wrong},
		"good refused":             {good, 422, `{"errors":[{"sid":"y"}]}`, wrong},
		"good refused, none named": {good, 422, `{"errors":[{"pointer":"/lines"}]}`, wrong},
		"another blamed":           {bad, 422, `{"errors":[{"sid":"y"}]}`, wrong},
		"another blamed, too":      {bad, 422, `{"errors":[{"sid":"x"},{"sid":"y"}]}`, wrong},
		"one without a token too":  {bad, 422, `{"errors":[{"sid":"x"},{"sid":"y","detail":"came with a forged attestation"}]}`, right},
		"only one without a token": {bad, 422, `{"errors":[{"sid":"y","detail":"came with a forged attestation"}]}`, wrong},
		"a good one, beside it":    {good, 422, `{"errors":[{"sid":"x","detail":"came with a forged attestation"}]}`, wrong},
		"none blamed":              {bad, 422, `{"errors":[]}`, wrong},
		"refused without a word":   {bad, 422, `no`, wrong},
		"not checked":              {good, 503, `{"errors":[{"sid":"x"}]}`, unchecked},
		"no order in MS1's eyes":   {good, 400, `{}`, broken},
		"a fault":                  {good, 500, `{}`, broken},
		"bad and a fault":          {bad, 500, `{}`, broken},
		"too much of a good user":  {good, 429, `{}`, broken},
	} {
		if got := c.posting.judge(c.status, []byte(c.body)); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}
