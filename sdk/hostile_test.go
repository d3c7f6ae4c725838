package sdk_test

import "fmt"

func sidOf(name string, i int) string { return fmt.Sprint(name, ":", i) }
