// What is measured of every queue that runs on Node. A queue offers:
//   settings, version      texts for the table
//   open()                 an empty queue, with its schema
//   schedule(dues)         makes one job due at each of these times, in milliseconds since 1970, durable on return
//   work(claimed)          starts workers, which call claimed(due) as soon as a job is theirs, and complete it
//   unfinished(due)        how many of the jobs due up to then are not yet durably complete
//   bytes()                the bytes on disk
//   close()
import { readFileSync } from "node:fs";

const kDay = 86_400_000;
const kPayload = 200;
// Jobs due tomorrow which stand in the queue while others are worked, as in a service that runs.
const kBackground = 2000;
const kLate = 1000;

export function now() {
  return performance.timeOrigin + performance.now();
}

// A job's data: 200 bytes as JSON, and its due time among them.
export function payload(due) {
  const data = { due, text: "" };
  data.text = "x".repeat(kPayload - JSON.stringify(data).length);
  return data;
}

export function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url))).version;
}

export function* chunks(list, size) {
  for (let i = 0; i < list.length; i += size) yield list.slice(i, i + size);
}

function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)];
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// Takes what the workers claim; a wait ends when as many have come as it asks for.
class Claims {
  late = [];
  #wanted = Infinity;
  #reached = () => {};
  take = (due) => {
    this.late.push(now() - due);
    if (this.late.length >= this.#wanted) this.#reached();
  };
  // Begins anew, and answers once `count` jobs have been claimed.
  next(count) {
    this.late = [];
    this.#wanted = count;
    return new Promise((resolve) => (this.#reached = resolve));
  }
}

// Jobs a second, from the instant at which all are due until the last is complete.
async function throughput(queue, claims, count, perSecond) {
  const due = Math.ceil(now() + 2000 + (1500 * count) / perSecond);
  const all = claims.next(count);
  await queue.schedule(Array(count).fill(due));
  if (now() > due) throw new Error("scheduling took longer than foreseen: the jobs were due before it ended");
  await all;
  // The last few are under way now: a short pause between two looks costs less accuracy than looking without one.
  while ((await queue.unfinished(due)) > 0) await pause(5);
  return (1000 * count) / (now() - due);
}

async function lateness(queue, claims, perSecond) {
  const first = Math.ceil(now() + 2000 + (1500 * kLate) / perSecond);
  const all = claims.next(kLate);
  await queue.schedule(Array.from({ length: kLate }, (_, i) => first + i));
  if (now() > first) throw new Error("scheduling took longer than foreseen: the first job was due before it ended");
  await all;
  return claims.late;
}

async function run(queue, count) {
  const begin = now();
  await queue.schedule(Array(kBackground).fill(begin + kDay));
  const perSecond = (1000 * kBackground) / (now() - begin);
  const claims = new Claims();
  await queue.work(claims.take);
  const per_second = await throughput(queue, claims, count, perSecond);
  const late = await lateness(queue, claims, perSecond);
  return { per_second, late_p50_ms: percentile(late, 0.5), late_p99_ms: percentile(late, 0.99), n: count };
}

async function weigh(queue, count) {
  const empty = await queue.bytes();
  await queue.schedule(Array.from({ length: count }, (_, i) => Math.ceil(now() + kDay) + i));
  return { bytes_per_million: Math.round((((await queue.bytes()) - empty) / count) * 1e6), weighed: count };
}

// Called by each program, whose arguments are: run|weigh COUNT
export async function main(peer, queue) {
  const [what, count] = process.argv.slice(2);
  await queue.open();
  const measured = await (what === "weigh" ? weigh : run)(queue, Number(count));
  console.log(JSON.stringify({ peer, settings: queue.settings, version: queue.version, ...measured }));
  await queue.close();
  // Some libraries keep timers that would keep the process.
  process.exit(0);
}
