// This service, measured by the same program as the peers. It starts the server BENCH_SERVER itself, with its database
// in the directory BENCH_DIR. BENCH_PROTO is the directory of its API.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";
import { chunks, main, now } from "./measure.mjs";

const kDay = 86_400_000;
const kClinic = "clinics/bench";
const kPathway = `${kClinic}/pathways/one`;
const kInFlight = 256;

const names = ["clinic", "pathway", "enrollment", "reminder", "delivery"];
const definition = loader.loadSync(names.map((name) => `aftercare/v1/${name}_service.proto`), {
  includeDirs: [process.env.BENCH_PROTO], keepCase: true, longs: Number, arrays: true });
const api = grpc.loadPackageDefinition(definition).aftercare.v1;

// A plan of one message of 200 characters, on the day after the procedure.
const pathway = {
  display_name: "One message",
  default_locale: "en",
  phases: [{ id: "after", display_name: "After", span: { days: { first: 1, last: 2 } } }],
  rules: [{
    id: "remind", phase: "after", category: "ice", texts: { en: "x".repeat(200) },
    schedule: { on: [{ days: 1 }], times: ["12:00"], window: { hours: 4 } },
  }],
};

function dayOf(time) {
  return new Date(time).toISOString().slice(0, 10);
}

function stamp(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: Math.round((milliseconds - 1000 * seconds) * 1000) * 1000 };
}

function call(client, method, request) {
  return new Promise((resolve, reject) =>
    client[method](request, (error, response) => (error ? reject(error) : resolve(response))));
}

class Aftercare {
  settings = "one stream, 4,000 outstanding, reports as leases come; Node client";
  version = "";
  patients = 0;
  unreported = 0;
  directory = process.env.BENCH_DIR;
  // The day after tomorrow: what is not moved to an instant comes due then, whatever the time zone.
  procedure = dayOf(now() + 2 * kDay);
  reminderDay = dayOf(now() + 3 * kDay);

  async open() {
    rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(this.directory);
    await this.start();
    await call(this.clinics, "CreateClinic", {
      clinic_id: "bench", clinic: { display_name: "Bench", phone: "+1 555 0100", time_zone: "UTC" } });
    await call(this.pathways, "CreatePathway", { parent: kClinic, pathway_id: "one", pathway });
  }
  async start() {
    const flags = ["--listen=127.0.0.1:0", "--ops-listen=off", `--database=${this.directory}/aftercare.db`];
    this.server = spawn(process.env.BENCH_SERVER, [...flags, "--request-log-share=0"], {
      stdio: ["ignore", "pipe", "inherit"] });
    const port = await this.portOf(this.server);
    const make = (service) => new api[service](`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    this.clinics = make("ClinicService");
    this.pathways = make("PathwayService");
    this.enrollments = make("EnrollmentService");
    this.reminders = make("ReminderService");
    this.deliveries = make("DeliveryService");
  }
  // It says its port in a line of its log. The rest is read, too, lest it wait for a reader.
  portOf(server) {
    return new Promise((resolve, reject) => {
      server.on("exit", () => reject(new Error("the server does not start")));
      createInterface(server.stdout).on("line", (line) => {
        const port = line.match(/serving on port (\d+)/)?.[1];
        if (port) resolve(port);
      });
    });
  }
  async schedule(dues) {
    for (const chunk of chunks(dues, kInFlight)) await Promise.all(chunk.map((due) => this.scheduleOne(due)));
  }
  async scheduleOne(due) {
    const id = `p${this.patients++}`;
    await call(this.enrollments, "CreateEnrollment", {
      parent: kClinic,
      enrollment_id: id,
      enrollment: {
        patient: `mrn-${id}`, first_name: "Ana", pathway: kPathway, procedure_date: this.procedure, time_zone: "UTC",
        consent: "CONSENT_GRANTED", contact_points: [{ channel: "CHANNEL_SMS", address: "+15550111" }],
      },
    });
    // The plan is by the minute, in the patient's days. What is due about tomorrow need not be so at an instant.
    if (due > now() + kDay / 2) return;
    const name = `${kClinic}/enrollments/${id}/reminders/remind.${this.reminderDay}`;
    await call(this.reminders, "MoveReminder", { name, due_time: stamp(due) });
  }
  async work(claimed) {
    this.stream = this.deliveries.StreamReminders();
    this.stream.on("error", (error) => {
      if (error.code !== grpc.status.CANCELLED) throw error;
    });
    this.stream.on("data", ({ leases, results }) => {
      for (const { due_time } of leases) claimed(due_time.seconds * 1000 + due_time.nanos / 1e6);
      this.unreported += leases.length - results.length;
      for (const { status } of results) if (status?.code) throw new Error(status.message);
      if (leases.length === 0) return;
      const reports = leases.map(({ lease_id }) => ({ lease_id, outcome: "DELIVERY_OUTCOME_SENT" }));
      this.stream.write({ reports: { reports } });
    });
    this.stream.write({ configuration: { parent: kClinic, max_outstanding: 4000 } });
  }
  // All of them have been claimed; each report is answered once it is durable.
  async unfinished() {
    return this.unreported;
  }
  // The database of a server that has stopped, and so has no log beside it.
  async bytes() {
    await this.stop();
    const { size } = statSync(`${this.directory}/aftercare.db`);
    await this.start();
    return size;
  }
  async stop() {
    this.stream?.cancel();
    this.server.kill();
    await once(this.server, "exit");
  }
  async close() {
    await this.stop();
  }
}

const aftercare = new Aftercare();
// The server must not outlive this program, however it ends.
process.on("exit", () => aftercare.server?.kill());
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
await main("Aftercare", aftercare);
