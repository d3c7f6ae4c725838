package sdk

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// field is one field of a Config with what its tag says.
type field struct {
	name, env, standard string
	choices             []string // nil: any
	low, high           string   // "": unbounded
	off                 bool     // the word off is a value
	value               reflect.Value
}

func newField(f reflect.StructField, v reflect.Value) field {
	low, high, _ := strings.Cut(f.Tag.Get("range"), " ")
	return field{
		name: f.Name, env: f.Tag.Get("env"), standard: f.Tag.Get("default"), choices: strings.Fields(f.Tag.Get("oneof")),
		low: low, high: high, off: f.Tag.Get("off") != "", value: v,
	}
}

var errRange = errors.New("out of range")

// read takes a value from the environment: one that is there must be in range, and only the word off is off.
func (f field) read(raw string) error {
	if err := f.set(raw); err != nil {
		return err
	}
	if f.off && raw != "off" && f.isOff() {
		return errRange
	}
	return f.check()
}

// isOff reports whether a number is the one for off.
func (f field) isOff() bool { return f.number() == Off }

// number is the value of a field that is one.
func (f field) number() float64 { return f.value.Convert(reflect.TypeFor[float64]()).Float() }

// set parses a value as the field's type wants it.
func (f field) set(raw string) error {
	if f.off && raw == "off" {
		f.value.Set(reflect.ValueOf(Off).Convert(f.value.Type()))
		return nil
	}
	switch f.value.Interface().(type) {
	case string, Secret:
		f.value.SetString(raw)
	case []string:
		list := splitList(raw)
		if list == nil {
			return errors.New("nothing but commas")
		}
		f.value.Set(reflect.ValueOf(list))
	case bool:
		if raw != "on" && raw != "off" {
			return errors.New("neither on nor off")
		}
		f.value.SetBool(raw == "on")
	default:
		n, err := f.parse(raw)
		if err != nil {
			return err
		}
		f.value.Set(reflect.ValueOf(n).Convert(f.value.Type()))
	}
	return nil
}

func splitList(raw string) []string {
	var list []string
	for item := range strings.SplitSeq(raw, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

// parse reads a number, a share or a duration as float64.
func (f field) parse(raw string) (float64, error) {
	switch f.value.Interface().(type) {
	case time.Duration:
		return parseDuration(raw)
	case float64:
		return parsePercentage(raw)
	}
	return parseWhole(raw)
}

func parseDuration(raw string) (float64, error) {
	d, err := time.ParseDuration(raw)
	if err != nil || raw == "0" {
		return 0, errors.New(`not a duration with a unit, such as "500ms" or "2s"`)
	}
	return float64(d), nil
}

func parsePercentage(raw string) (float64, error) {
	digits, hasSign := strings.CutSuffix(raw, "%")
	percent, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if err != nil || !hasSign {
		return 0, errors.New(`not a percentage, such as "20%"`)
	}
	return percent / 100, nil
}

func parseWhole(raw string) (float64, error) {
	n, err := strconv.Atoi(raw)
	if err != nil {
		return 0, errors.New("not a whole number")
	}
	return float64(n), nil
}

// check reports a value outside of what the tag allows.
func (f field) check() error {
	if len(f.choices) > 0 && !slices.Contains(f.choices, f.value.String()) {
		return errors.New("unknown")
	}
	if f.low == "" || f.off && f.isOff() {
		return nil
	}
	low, _ := f.parse(f.low)
	high, _ := f.parse(f.high)
	n := f.number()
	if !(low <= n && n <= high) { // so that NaN is out as well
		return errRange
	}
	return nil
}

// shown is the field's value as the environment would have it.
func (f field) shown() string {
	switch v := f.value.Interface().(type) {
	case []string:
		return strings.Join(v, ",")
	case float64:
		return strconv.FormatFloat(100*v, 'g', -1, 64) + "%"
	case bool:
		if v {
			return "on"
		}
		return "off"
	default:
		return fmt.Sprint(v)
	}
}

// problem words an error: the variable, its value and what would be right.
func (f field) problem(raw string, err error) string {
	shown := strconv.Quote(raw)
	if _, secret := f.value.Interface().(Secret); secret {
		shown = redacted
	}
	text := fmt.Sprintf("%s=%s: %v", f.env, shown, err)
	if right := f.right(); right != "" {
		text += "; set " + right
	}
	return text
}

// right lists the values that would be.
func (f field) right() string {
	var right string
	switch {
	case len(f.choices) > 0:
		last := len(f.choices) - 1
		right = strings.Join(f.choices[:last], ", ") + " or " + f.choices[last]
	case f.low != "":
		right = f.low + " to " + f.high
	}
	if f.off {
		right += ", or off"
	}
	if right != "" && f.standard != "" {
		right += " (default " + f.standard + ")"
	}
	return right
}
