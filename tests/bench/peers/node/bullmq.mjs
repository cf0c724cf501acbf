// BullMQ on the Redis at REDIS_PORT, whose data directory is REDIS_DIR. MODE=default|fast
import { readdirSync, statSync } from "node:fs";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { chunks, main, now, payload, versionOf } from "./measure.mjs";

const kQueue = "remind";
const fast = process.env.MODE === "fast";

class Bull {
  settings = fast ? "200 jobs at once, addBulk, removeOnComplete" : "as it comes: one job at once";
  version = versionOf("bullmq");
  connection = { host: "127.0.0.1", port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };

  async open() {
    this.redis = new Redis(this.connection);
    await this.redis.flushall();
    this.queue = new Queue(kQueue, { connection: this.connection });
    await this.queue.waitUntilReady();
  }
  async schedule(dues) {
    for (const chunk of chunks(dues, 1000)) {
      await this.queue.addBulk(chunk.map((due) => ({
        name: kQueue,
        data: payload(due),
        opts: { delay: Math.max(0, due - Math.round(now())), ...(fast ? { removeOnComplete: true } : {}) },
      })));
    }
  }
  async work(claimed) {
    const handle = async (job) => claimed(job.data.due);
    this.worker = new Worker(kQueue, handle, { connection: this.connection, ...(fast ? { concurrency: 200 } : {}) });
    this.worker.on("error", (error) => console.error(error));
    await this.worker.waitUntilReady();
  }
  // All of them have been claimed: only those that wait for a later time are delayed.
  async unfinished() {
    const { active, wait, prioritized } = await this.queue.getJobCounts("active", "wait", "prioritized");
    return active + wait + prioritized;
  }
  // The file of appended commands, rewritten so that it has nothing twice.
  async bytes() {
    await this.redis.bgrewriteaof();
    let state = "";
    while (!/aof_rewrite_in_progress:0\s+aof_rewrite_scheduled:0/.test(state)) {
      state = await this.redis.info("persistence");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const directory = `${process.env.REDIS_DIR}/appendonlydir`;
    return readdirSync(directory).reduce((sum, name) => sum + statSync(`${directory}/${name}`).size, 0);
  }
  async close() {
    await this.worker?.close(true);
    await this.queue.close();
    this.redis.disconnect();
  }
}

await main(fast ? "BullMQ, concurrent" : "BullMQ", new Bull());
