package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// postgresDB is a database that many replicas share.
type postgresDB struct{ *pgxpool.Pool }

// connectTime is how long the first connection may take.
const connectTime = 15 * time.Second

func openPostgres(ctx context.Context, address string) (database, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.New("want postgres://user@host:5432/name") // the error would quote a password
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, connectTime)
	defer stop()
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return &postgresDB{pool}, nil
}

func (d *postgresDB) begin(ctx context.Context, do func(*Tx) error) error {
	tx, err := d.Begin(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if err := do(&Tx{conn: postgresTx{tx}}); err != nil {
		return passing(err)
	}
	return passing(tx.Commit(ctx))
}

// passing tells apart what may pass by itself: resources that are out, a server that
// goes down, a deadlock.
func passing(err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		for _, class := range []string{"40", "53", "57", "55P03"} {
			if strings.HasPrefix(e.Code, class) {
				return fmt.Errorf("%w: %w", ErrBusy, err)
			}
		}
	}
	return err
}

// migrationLock is the name of the lock that replicas take that start together.
const migrationLock = 0x62726b77

func (d *postgresDB) alone(ctx context.Context) (func(), error) {
	conn, err := d.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, migrationLock); err != nil {
		conn.Release()
		return nil, err
	}
	return func() {
		conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, migrationLock) // it ends with the connection, too
		conn.Release()
	}, nil
}

func (d *postgresDB) ping(ctx context.Context) error { return d.Ping(ctx) }
func (d *postgresDB) close()                         { d.Close() }
func (d *postgresDB) blob() string                   { return "BYTEA" }
func (d *postgresDB) key() string                    { return "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY" }

func (d *postgresDB) newQueue(ctx context.Context, log *slog.Logger) (queue, error) {
	return newQueue(ctx, riverpgxv5.New(d.Pool), log, func(tx *Tx) pgx.Tx { return tx.conn.(postgresTx).Tx })
}

type postgresTx struct{ pgx.Tx }

func (t postgresTx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := t.Tx.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

func (t postgresTx) Each(ctx context.Context, query string, args []any, row func(scan func(into ...any) error) error) error {
	rows, err := t.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
