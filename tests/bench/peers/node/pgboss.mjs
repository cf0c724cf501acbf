// pg-boss on the PostgreSQL that the PG... variables name. One mode: with its defaults a worker takes one job every two
// seconds, which is no measure of it.
import pg from "pg";
import { PgBoss } from "pg-boss";
import { chunks, main, payload, versionOf } from "./measure.mjs";
import { databaseBytes } from "./postgres.mjs";

const kQueue = "remind";

class Boss {
  settings = "2 workers, batches of 1,000, burstWhenBatchFull, polls every 0.5 s (its least)";
  version = versionOf("pg-boss");

  async open() {
    const { PGHOST: host, PGPORT: port, PGUSER: user, PGPASSWORD: password, PGDATABASE: database } = process.env;
    this.pool = new pg.Pool({ max: 2 });
    this.boss = new PgBoss({ host, port: Number(port), user, password, database });
    this.boss.on("error", (error) => console.error(error));
    await this.boss.start();
    await this.boss.createQueue(kQueue);
  }
  async schedule(dues) {
    for (const chunk of chunks(dues, 5000)) {
      await this.boss.insert(kQueue, chunk.map((due) => ({ data: payload(due), startAfter: new Date(due) })));
    }
  }
  async work(claimed) {
    const options = { batchSize: 1000, localConcurrency: 2, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
    await this.boss.work(kQueue, options, async (jobs) => {
      for (const job of jobs) claimed(job.data.due);
    });
  }
  async unfinished(due) {
    const { rows } = await this.pool.query(
      "SELECT count(*)::int AS n FROM pgboss.job WHERE name = $1 AND state < 'completed' AND start_after <= $2",
      [kQueue, new Date(due)]);
    return rows[0].n;
  }
  bytes() {
    return databaseBytes(this.pool);
  }
  async close() {
    await this.boss.stop({ graceful: false });
    await this.pool.end();
  }
}

await main("pg-boss, batched", new Boss());
