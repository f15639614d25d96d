package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDB is a file of SQLite. There is one connection: SQLite has one writer at a
// time anyway, and with one nobody is told that the database is locked by us.
type sqliteDB struct{ *sql.DB }

// How a file is opened: with a log beside it, so that a process that is killed leaves
// nothing half written, and whole on disk before a webhook is answered.
const pragmas = "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_txlock=immediate"

func openSQLite(ctx context.Context, path string) (database, error) {
	if path == "" {
		return nil, errors.New("want the path of a file: sqlite:///var/lib/breakwater/bot.db")
	}
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+pragmas)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	// What it holds of contracts and consumers is nobody else's.
	return &sqliteDB{db}, os.Chmod(path, 0o600)
}

func (d *sqliteDB) begin(ctx context.Context, do func(*Tx) error) error {
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return busy(err)
	}
	defer tx.Rollback()
	if err := do(&Tx{conn: sqliteTx{tx}}); err != nil {
		return busy(err)
	}
	return busy(tx.Commit())
}

// busy tells apart what may pass by itself.
func busy(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
			return fmt.Errorf("%w: %w", ErrBusy, err)
		}
	}
	return err
}

// alone is at once: one process has the file.
func (d *sqliteDB) alone(context.Context) (func(), error) { return func() {}, nil }

func (d *sqliteDB) ping(ctx context.Context) error {
	var one int
	return d.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

func (d *sqliteDB) close()       { d.DB.Close() }
func (d *sqliteDB) blob() string { return "BLOB" }
func (d *sqliteDB) key() string  { return "INTEGER PRIMARY KEY AUTOINCREMENT" }

func (d *sqliteDB) newQueue(ctx context.Context, log *slog.Logger) (queue, error) {
	return newQueue(ctx, riversqlite.New(d.DB), log, func(tx *Tx) *sql.Tx { return tx.conn.(sqliteTx).Tx })
}

type sqliteTx struct{ *sql.Tx }

func (t sqliteTx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (t sqliteTx) Each(ctx context.Context, query string, args []any, row func(scan func(into ...any) error) error) error {
	rows, err := t.QueryContext(ctx, query, args...)
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
