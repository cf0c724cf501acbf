// graphile-worker on the PostgreSQL that the PG... variables name. MODE=default|fast
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { chunks, main, payload, versionOf } from "./measure.mjs";
import { databaseBytes } from "./postgres.mjs";

const kTask = "remind";
const fast = process.env.MODE === "fast";

// What its page on performance recommends for many short jobs; the size of the local queue is that of its benchmark.
// Jobs that are scheduled ahead are found by polling alone, by default every two seconds.
const kFast = {
  concurrentJobs: 24,
  maxPoolSize: 25,
  pollInterval: 100,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

class Graphile {
  settings = fast
    ? "24 jobs at once, localQueue 500, batched completion, polls every 100 ms"
    : "as it comes: one job at once";
  version = versionOf("graphile-worker");

  async open() {
    this.pool = new pg.Pool({ max: 4 });
    // Silent but for what goes wrong: it would log each job.
    this.logger = new Logger(() => (level, message) => level === "error" && console.error(message));
    this.utils = await makeWorkerUtils({ pgPool: this.pool, logger: this.logger });
    await this.utils.migrate();
  }
  async schedule(dues) {
    for (const chunk of chunks(dues, 5000)) {
      await this.utils.addJobs(
        chunk.map((due) => ({ identifier: kTask, payload: payload(due), runAt: new Date(due) })));
    }
  }
  async work(claimed) {
    this.runner = await run({
      preset: { worker: { logger: this.logger, ...(fast ? kFast : {}) } },
      noHandleSignals: true,
      taskList: { [kTask]: (data) => claimed(data.due) },
    });
  }
  async unfinished(due) {
    const { rows } = await this.pool.query(
      "SELECT count(*)::int AS n FROM graphile_worker._private_jobs WHERE run_at <= $1", [new Date(due)]);
    return rows[0].n;
  }
  bytes() {
    return databaseBytes(this.pool);
  }
  async close() {
    await this.runner?.stop();
    await this.utils.release();
    await this.pool.end();
  }
}

await main(fast ? "graphile-worker, batched" : "graphile-worker", new Graphile());
