// What is measured of River, on PostgreSQL (as the PG... variables say) or on SQLite (the file SQLITE_FILE).
// MODE=default|fast
//
//	river run|weigh COUNT
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

const (
	payload = 200
	// Jobs due tomorrow which stand in the queue while others are worked, as in a service that runs.
	background = 2000
	late       = 1000
	chunk      = 5000
)

// Remind is a job of 200 bytes, its due time, in microseconds since 1970, among them.
type Remind struct {
	Due  int64  `json:"due"`
	Text string `json:"text"`
}

func (Remind) Kind() string { return "remind" }

func remind(due time.Time) Remind {
	job := Remind{Due: due.UnixMicro()}
	bytes, _ := json.Marshal(job)
	job.Text = strings.Repeat("x", payload-len(bytes))
	return job
}

// claims has how late each job was claimed, and says when as many have been as are wanted.
type claims struct {
	river.WorkerDefaults[Remind]
	mutex  sync.Mutex
	late   []time.Duration
	wanted int
	all    chan struct{}
}

func (c *claims) Work(_ context.Context, job *river.Job[Remind]) error {
	by := time.Since(time.UnixMicro(job.Args.Due))
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.late = append(c.late, by)
	if len(c.late) == c.wanted {
		close(c.all)
	}
	return nil
}

func (c *claims) next(count int) <-chan struct{} {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.late, c.wanted, c.all = nil, count, make(chan struct{})
	return c.all
}

// queue is a River client and its database, whichever of the two.
type queue struct {
	schedule   func(ctx context.Context, jobs []river.InsertManyParams) error
	start      func(ctx context.Context) error
	unfinished func(ctx context.Context, due time.Time) (int, error)
	bytes      func(ctx context.Context) (int64, error)
	close      func(ctx context.Context)
	name       string
}

func (q *queue) scheduleAll(ctx context.Context, count int, due func(i int) time.Time) error {
	jobs := make([]river.InsertManyParams, 0, chunk)
	for i := range count {
		jobs = append(jobs, river.InsertManyParams{
			Args: remind(due(i)), InsertOpts: &river.InsertOpts{ScheduledAt: due(i)}})
		if len(jobs) == chunk || i == count-1 {
			if err := q.schedule(ctx, jobs); err != nil {
				return err
			}
			jobs = jobs[:0]
		}
	}
	return nil
}

func lead(count int, perSecond float64) time.Duration {
	return 2*time.Second + time.Duration(1.5*float64(count)/perSecond*float64(time.Second))
}

var errLate = errors.New("scheduling took longer than foreseen: jobs were due before it ended")

// throughput is of jobs a second, from the instant at which all are due until the last is complete.
func (q *queue) throughput(ctx context.Context, c *claims, count int, perSecond float64) (float64, error) {
	due := time.Now().Add(lead(count, perSecond))
	all := c.next(count)
	if err := q.scheduleAll(ctx, count, func(int) time.Time { return due }); err != nil {
		return 0, err
	}
	if time.Now().After(due) {
		return 0, errLate
	}
	<-all
	for {
		left, err := q.unfinished(ctx, due)
		if err != nil {
			return 0, err
		}
		if left == 0 {
			return float64(count) / time.Since(due).Seconds(), nil
		}
		// The last few are under way: a short pause between two looks costs them less than looking without one.
		time.Sleep(5 * time.Millisecond)
	}
}

func (q *queue) lateness(ctx context.Context, c *claims, perSecond float64) ([]time.Duration, error) {
	first := time.Now().Add(lead(late, perSecond))
	all := c.next(late)
	each := func(i int) time.Time { return first.Add(time.Duration(i) * time.Millisecond) }
	if err := q.scheduleAll(ctx, late, each); err != nil {
		return nil, err
	}
	if time.Now().After(first) {
		return nil, errLate
	}
	<-all
	slices.Sort(c.late)
	return c.late, nil
}

func (q *queue) run(ctx context.Context, c *claims, count int, result map[string]any) error {
	begin := time.Now()
	tomorrow := func(int) time.Time { return begin.Add(24 * time.Hour) }
	if err := q.scheduleAll(ctx, background, tomorrow); err != nil {
		return err
	}
	perSecond := background / time.Since(begin).Seconds()
	if err := q.start(ctx); err != nil {
		return err
	}
	rate, err := q.throughput(ctx, c, count, perSecond)
	if err != nil {
		return err
	}
	by, err := q.lateness(ctx, c, perSecond)
	if err != nil {
		return err
	}
	result["per_second"], result["n"] = rate, count
	result["late_p50_ms"] = by[late/2].Seconds() * 1000
	result["late_p99_ms"] = by[late*99/100].Seconds() * 1000
	return nil
}

func (q *queue) weigh(ctx context.Context, count int, result map[string]any) error {
	empty, err := q.bytes(ctx)
	if err != nil {
		return err
	}
	begin := time.Now().Add(24 * time.Hour)
	each := func(i int) time.Time { return begin.Add(time.Duration(i) * time.Millisecond) }
	if err := q.scheduleAll(ctx, count, each); err != nil {
		return err
	}
	full, err := q.bytes(ctx)
	result["bytes_per_million"], result["weighed"] = (full-empty)*1_000_000/int64(count), count
	return err
}

func settings() (river.QueueConfig, string) {
	if os.Getenv("MODE") == "fast" {
		config := river.QueueConfig{MaxWorkers: 2000}
		config.FetchCooldown, config.FetchPollInterval = 2*time.Millisecond, 20*time.Millisecond
		return config, "2,000 workers, fetches every 2 ms at most, 20 ms at least"
	}
	return river.QueueConfig{MaxWorkers: 100}, "100 workers, fetches every 100 ms (default)"
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/riverqueue/river" {
				return module.Version
			}
		}
	}
	return ""
}

func measure(ctx context.Context) error {
	c := &claims{}
	workers := river.NewWorkers()
	river.AddWorker(workers, c)
	one, text := settings()
	config := &river.Config{Queues: map[string]river.QueueConfig{river.QueueDefault: one}, Workers: workers}
	openQueue := onPostgres
	if os.Getenv("SQLITE_FILE") != "" {
		openQueue = onSQLite
	}
	q, err := openQueue(ctx, config)
	if err != nil {
		return err
	}
	defer q.close(ctx)
	result := map[string]any{"peer": q.name, "settings": text, "version": version()}
	if os.Getenv("MODE") == "fast" {
		result["peer"] = q.name + ", tuned"
	}
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		return err
	}
	if os.Args[1] == "weigh" {
		err = q.weigh(ctx, count, result)
	} else {
		err = q.run(ctx, c, count, result)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: river run|weigh COUNT")
	}
	if err := measure(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// open makes the schema and the client. The two drivers differ by the type of their transactions.
func open[Tx any](ctx context.Context, driver riverdriver.Driver[Tx], config *river.Config, q *queue) (*queue, error) {
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, err
	}
	client, err := river.NewClient(driver, config)
	if err != nil {
		return nil, err
	}
	q.start = client.Start
	closeDatabase := q.close
	q.close = func(ctx context.Context) {
		_ = client.Stop(ctx)
		closeDatabase(ctx)
	}
	q.schedule = func(ctx context.Context, jobs []river.InsertManyParams) error {
		inserted, err := client.InsertManyFast(ctx, jobs)
		return cmp.Or(err, short(inserted, len(jobs)))
	}
	return q, nil
}

func short(inserted, wanted int) error {
	if inserted == wanted {
		return nil
	}
	return fmt.Errorf("only %d of %d were inserted", inserted, wanted)
}
