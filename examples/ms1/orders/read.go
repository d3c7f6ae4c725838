package orders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Get returns an order. The error wraps [ErrNotFound] when there is none of this ID.
func (s *Store) Get(ctx context.Context, id string) (Stored, error) {
	o := Stored{ID: id}
	var created int64
	row := s.db.QueryRowContext(ctx, `SELECT created, user, customer, note, source FROM orders WHERE id = ?`, id)
	err := row.Scan(&created, &o.User, &o.Customer, &o.Note, &o.Source)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err == nil {
		o.Created = time.UnixMilli(created).UTC()
		o.Lines, err = s.lines(ctx, id)
	}
	if err != nil {
		return Stored{}, fmt.Errorf("order %q: %w", id, err)
	}
	return o, nil
}

func (s *Store) lines(ctx context.Context, id string) ([]Line, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT product_sid, product_name, product_version, vendor_sid, vendor_name, vendor_version, quantity
		FROM lines WHERE order_id = ? ORDER BY number`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lines []Line
	for rows.Next() {
		var l Line
		err := rows.Scan(&l.Product.SID, &l.Product.Name, &l.Product.Version, &l.Vendor.SID, &l.Vendor.Name, &l.Vendor.Version, &l.Quantity)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// Count returns how many orders there are.
func (s *Store) Count(ctx context.Context) (int, error) {
	var n int
	if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM orders`).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting orders: %w", err)
	}
	return n, nil
}
