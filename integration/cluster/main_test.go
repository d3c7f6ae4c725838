package cluster_test

import (
	"testing"

	"ms2.internal/lb/integration/registry/registrytest"
)

func TestMain(m *testing.M) { registrytest.Run(m) }
