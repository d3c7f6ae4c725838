package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"ms2.internal/lb/sdk/attest"
)

// lead is how long verifiers may take, by the defaults, to have a key that a replica publishes.
const lead = 10*time.Minute + 30*time.Second

// create makes a file with a key that signs from now on.
func create(o options, out io.Writer) error {
	key, err := attest.GenerateKey(o.alg)
	if err != nil {
		return err
	}
	key.From = time.Now().UTC().Truncate(time.Second)
	if err := writeNew(o.file, key); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "key %s signs from now on\n", key.ID)
	return err
}

// rotate adds a key.
func rotate(o options, out io.Writer) error {
	keys, err := read(o.file)
	if err != nil {
		return err
	}
	key, err := attest.GenerateKey(o.alg)
	if err != nil {
		return err
	}
	now := time.Now()
	if key.From, err = o.begin(now, key.From); err != nil {
		return err
	}
	for _, k := range keys {
		if !k.Withdrawn && !key.From.After(k.From) {
			return fmt.Errorf("key %s begins at %s, and of two keys the later one signs: set a later time than that", k.ID, stamp(k.From))
		}
	}
	if err := write(o.file, append(keys, key)...); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "key %s signs from %s on\n", key.ID, stamp(key.From))
	if key.From.Before(now.Add(lead)) {
		_, err = fmt.Fprintf(out, "that is in less than %v: until verifiers have fetched it, by default, they ask MS2 for what it signs\n", lead)
	}
	return err
}

// begin is when the new key begins: as it is said, or else as it was made.
func (o options) begin(now, made time.Time) (time.Time, error) {
	switch {
	case o.from != "" && o.in != 0:
		return made, errors.New("there are both -from and -in: set one of the two")
	case o.from != "":
		from, err := time.Parse(time.RFC3339, o.from)
		if err != nil || from.Before(now) {
			return made, fmt.Errorf("-from %s: set a time to come by RFC 3339, such as %s", o.from, stamp(made))
		}
		return from.UTC().Truncate(time.Second), nil
	case o.in < 0:
		return made, fmt.Errorf("-in %v: set a duration that is not below 0, such as 15m", o.in)
	case o.in > 0:
		return now.Add(o.in).UTC().Truncate(time.Second), nil
	}
	return made, nil
}

// remove takes a key out that does not sign now. Until another's time has come, one that does is needed by replicas that start.
func remove(o options, _ io.Writer) error {
	keys, i, err := find(o)
	if err != nil {
		return err
	}
	if s := signing(keys, time.Now()); s == i {
		return fmt.Errorf("key %s signs: rotate and wait until the new one does, or withdraw it if others may know it", o.kid)
	}
	return write(o.file, slices.Delete(keys, i, i+1)...)
}

// withdraw leaves of a key only that it counts no more.
func withdraw(o options, _ io.Writer) error {
	keys, i, err := find(o)
	if err != nil {
		return err
	}
	keys[i] = attest.SigningKey{ID: o.kid, Withdrawn: true}
	if signing(keys, time.Now()) < 0 {
		return fmt.Errorf("there is no other key than %s to sign by: rotate first", o.kid)
	}
	return write(o.file, keys...)
}

// public prints the set for verifiers.
func public(o options, out io.Writer) error {
	keys, err := read(o.file)
	if err != nil {
		return err
	}
	text, err := attest.MarshalPublicKeys(o.issuer, keys...)
	if err == nil {
		_, err = fmt.Fprintf(out, "%s\n", text)
	}
	return err
}

// list prints a line a key.
func list(o options, out io.Writer) error {
	keys, err := read(o.file)
	if err != nil {
		return err
	}
	now := time.Now()
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tALGORITHM\tFROM\tSTATE")
	for i, k := range keys {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", k.ID, algorithm(k), stamp(k.From), state(keys, i, now))
	}
	return table.Flush()
}
