package usbids

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Parse reads vendors and products from a file of the format that usb.ids describes in its head: a vendor begins its line,
// its products follow with one tab before each, and their interfaces with two. Interfaces, comments and the lists of other
// things (classes, languages, …) are skipped. The error is the reader's, or says which line is too long.
func Parse(r io.Reader) ([]Entity, error) {
	var entities []Entity
	vendor := "" // SID of the one whose products follow; "" in the other lists
	lines := bufio.NewScanner(r)
	number := 0
	for lines.Scan() {
		number++
		line := lines.Text()
		product, indented := strings.CutPrefix(line, "\t")
		switch {
		case line == "" || line[0] == '#':
		case !indented:
			vendor = ""
			if id, name, ok := split(line); ok {
				vendor = "usb:" + id
				entities = append(entities, Entity{SID: vendor, Kind: Vendor, Name: name})
			}
		case vendor != "":
			if id, name, ok := split(product); ok {
				entities = append(entities, Entity{SID: vendor + ":" + id, Kind: Product, Name: name})
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", number+1, err)
	}
	return entities, nil
}

// split takes an entry apart: four hexadecimal digits in lower case, two blanks, a name.
func split(entry string) (id, name string, ok bool) {
	id, name, ok = strings.Cut(entry, "  ")
	name = strings.TrimSpace(strings.ToValidUTF8(name, "\uFFFD"))
	return id, name, ok && len(id) == 4 && strings.Trim(id, "0123456789abcdef") == "" && name != ""
}
