package discovery

import (
	"fmt"
	"strings"
)

// MaxDropped is how many entries [Drops] lists one by one.
const MaxDropped = 100

// maxShownID is how much of an entry's ID is kept when it is dropped, in bytes.
const maxShownID = 128

// Drops collects what is left out of a snapshot in bounded memory, however large or hostile the registry's answer was.
// The zero value is empty and ready. It is not safe for concurrent use.
type Drops struct {
	listed []Dropped
	more   int
}

// Add notes that the entry id was left out, and why. An ID longer than 128 bytes is cut.
func (d *Drops) Add(id, why string) {
	if len(d.listed) == MaxDropped {
		d.more++
		return
	}
	d.listed = append(d.listed, Dropped{ID: cut(id, maxShownID), Why: why})
}

// cut shortens text to most bytes and marks that it did.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// List returns the first [MaxDropped] entries, and one last entry without an ID that counts the others if there are any.
// It is nil when nothing was dropped.
func (d *Drops) List() []Dropped {
	list := append([]Dropped(nil), d.listed...)
	if d.more > 0 {
		list = append(list, Dropped{Why: fmt.Sprintf("and %d more were left out", d.more)})
	}
	return list
}
