package main

import (
	"context"
	"database/sql"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite"
)

func onPostgres(ctx context.Context, config *river.Config) (*queue, error) {
	// Everything from the environment.
	pool, err := pgxpool.New(ctx, "pool_max_conns=20")
	if err != nil {
		return nil, err
	}
	q := &queue{
		name: "River on PostgreSQL",
		unfinished: func(ctx context.Context, due time.Time) (left int, err error) {
			const sql = "SELECT count(*) FROM river_job WHERE state <> 'completed' AND scheduled_at <= $1"
			err = pool.QueryRow(ctx, sql, due).Scan(&left)
			return left, err
		},
		bytes: func(ctx context.Context) (bytes int64, err error) {
			if _, err := pool.Exec(ctx, "CHECKPOINT"); err != nil {
				return 0, err
			}
			err = pool.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&bytes)
			return bytes, err
		},
		close: func(context.Context) { pool.Close() },
	}
	return open(ctx, riverpgxv5.New(pool), config, q)
}

func onSQLite(ctx context.Context, config *river.Config) (*queue, error) {
	file := os.Getenv("SQLITE_FILE")
	// Each commit is synced, as everywhere here. One connection, as its documentation asks.
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	q := &queue{
		name: "River on SQLite",
		// By state alone: all that are due were claimed before, and one that is running is not yet complete.
		unfinished: func(ctx context.Context, _ time.Time) (left int, err error) {
			const sql = "SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable')"
			err = db.QueryRowContext(ctx, sql).Scan(&left)
			return left, err
		},
		bytes: func(ctx context.Context) (int64, error) {
			if _, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
				return 0, err
			}
			found, err := os.Stat(file)
			if err != nil {
				return 0, err
			}
			return found.Size(), nil
		},
		close: func(context.Context) { _ = db.Close() },
	}
	return open(ctx, riversqlite.New(db), config, q)
}
