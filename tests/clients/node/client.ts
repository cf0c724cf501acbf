// Drives a server through a sandbox clinic's first morning. See ../README.md.
import * as grpc from "@grpc/grpc-js";
import * as protoLoader from "@grpc/proto-loader";
import { protoPath as healthProto } from "grpc-health-check";

import { ClinicServiceClient } from "./gen/aftercare/v1/clinic_service";
import { DeliveryOutcome, DeliveryServiceClient } from "./gen/aftercare/v1/delivery_service";
import { Channel, Consent, Enrollment } from "./gen/aftercare/v1/enrollment";
import { EnrollmentServiceClient, GetTimelineRequest } from "./gen/aftercare/v1/enrollment_service";
import { Pathway } from "./gen/aftercare/v1/pathway";
import { PathwayServiceClient } from "./gen/aftercare/v1/pathway_service";
import { Reminder, ReminderFilter, ReminderState } from "./gen/aftercare/v1/reminder";
import { ReminderServiceClient, WatchEventsRequest, WatchEventsResponse } from "./gen/aftercare/v1/reminder_service";
import { BadRequest, ErrorInfo } from "./gen/google/rpc/error_details";
import { Status } from "./gen/google/rpc/status";

const clinicName = "clinics/node";
const deadline = () => ({ deadline: Date.now() + 30_000 });

function expect(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

// Calls a unary method.
function call<Request, Response>(
  client: grpc.Client,
  method: (
    request: Request,
    metadata: grpc.Metadata,
    options: Partial<grpc.CallOptions>,
    callback: (error: grpc.ServiceError | null, response: Response) => void,
  ) => grpc.ClientUnaryCall,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method.call(client, request, new grpc.Metadata(), deadline(), (error, response) =>
      error ? reject(error) : resolve(response),
    );
  });
}

const pathway = Pathway.fromPartial({
  displayName: "Knee",
  defaultLocale: "en",
  phases: [{ id: "first-days", displayName: "First days", span: { days: { first: 1, last: 3 } } }],
  rules: [
    {
      id: "ice",
      phase: "first-days",
      category: "ice",
      schedule: { daily: {}, times: ["08:00"] },
      texts: { en: "Ice your knee, {first_name}." },
    },
  ],
});

function enrollment(procedureDate: string, address: string): Enrollment {
  return Enrollment.fromPartial({
    patient: "P-1",
    firstName: "Ana",
    pathway: `${clinicName}/pathways/knee`,
    procedureDate,
    consent: Consent.CONSENT_GRANTED,
    contactPoints: [{ channel: Channel.CHANNEL_SMS, address }],
  });
}

class Test {
  private readonly clinics: ClinicServiceClient;
  private readonly pathways: PathwayServiceClient;
  private readonly enrollments: EnrollmentServiceClient;
  private readonly reminders: ReminderServiceClient;
  private readonly deliveries: DeliveryServiceClient;

  constructor(private readonly address: string) {
    const insecure = grpc.credentials.createInsecure();
    this.clinics = new ClinicServiceClient(address, insecure);
    this.pathways = new PathwayServiceClient(address, insecure);
    this.enrollments = new EnrollmentServiceClient(address, insecure);
    this.reminders = new ReminderServiceClient(address, insecure);
    this.deliveries = new DeliveryServiceClient(address, insecure);
  }

  async run(): Promise<void> {
    const name = await this.setUp();
    const planned = await this.timeline(name);
    expect(planned.length === 3, `the timeline has ${planned.length} reminders, not 3`);
    const listed = await call(this.reminders, this.reminders.listReminders, {
      parent: clinicName,
      filter: undefined,
      pageSize: 0,
      pageToken: "",
    });
    expect(listed.reminders.length === 3, `listed ${listed.reminders.length} reminders, not 3`);
    const stream = this.reminders.watchEvents(
      WatchEventsRequest.fromPartial({ parent: clinicName, resumeToken: listed.resumeToken }),
      new grpc.Metadata(),
      deadline(),
    );
    const advanced = await call(this.clinics, this.clinics.advanceTestClock, {
      name: clinicName,
      time: new Date("2026-03-03T08:30:00Z"),
      duration: undefined,
    });
    expect(advanced.firedCount === 1, `${advanced.firedCount} reminders came due, not 1`);
    const sent = await this.deliver();
    expect(sent === planned[0].name, `sent ${sent}, not ${planned[0].name}`);
    await this.awaitSent(stream, sent);
    await this.readBadRequest();
  }

  private async setUp(): Promise<string> {
    await call(this.clinics, this.clinics.createClinic, {
      clinicId: "node",
      clinic: {
        name: "", displayName: "Riverside", phone: "", timeZone: "UTC", etag: "", createTime: undefined,
        testClockTime: new Date("2026-03-02T09:00:00Z"), contactHours: undefined, closedWeekdays: [], holidays: [],
        maxMessagesPerMinute: 0, replyWords: [], region: "", decisionTime: undefined, messageCap: undefined,
        careTeams: [], quotePatients: false,
      },
      requestId: "",
    });
    await call(this.pathways, this.pathways.createPathway, {
      parent: clinicName,
      pathwayId: "knee",
      pathway,
      validateOnly: false,
      requestId: "",
    });
    const created = await this.enroll(enrollment("2026-03-02", "+15550111"));
    return created.enrollment!.name;
  }

  private enroll(enrollment: Enrollment) {
    return call(this.enrollments, this.enrollments.createEnrollment, {
      parent: clinicName,
      enrollmentId: "",
      enrollment,
      validateOnly: false,
      requestId: "",
      allowConcurrent: false,
    });
  }

  // Reads every page of the patient's plan.
  private async timeline(name: string): Promise<Reminder[]> {
    const reminders: Reminder[] = [];
    const request = GetTimelineRequest.fromPartial({ name, pageSize: 2 });
    do {
      const page = await call(this.enrollments, this.enrollments.getTimeline, request);
      reminders.push(...page.reminders);
      request.pageToken = page.nextPageToken;
    } while (request.pageToken !== "");
    return reminders;
  }

  // Leases the message that is due and reports it sent.
  private async deliver(): Promise<string> {
    const { leases } = await call(this.deliveries, this.deliveries.leaseReminders, {
      parent: clinicName,
      filter: ReminderFilter.fromPartial({ channel: Channel.CHANNEL_SMS }),
      maxReminders: 0,
      leaseDuration: undefined,
      wait: undefined,
    });
    expect(leases.length === 1, `leased ${leases.length} messages, not 1`);
    expect(leases[0].text === "Ice your knee, Ana.", `leased the text ${leases[0].text}`);
    const { results } = await call(this.deliveries, this.deliveries.reportDeliveries, {
      reports: [
        {
          leaseId: leases[0].leaseId,
          outcome: DeliveryOutcome.DELIVERY_OUTCOME_SENT,
          providerMessageId: "",
          errorCode: "",
          clinic: "",
          sendTime: undefined,
        },
      ],
    });
    const result = results[0];
    expect((result.status?.code ?? 0) === 0, `the report was refused: ${JSON.stringify(result)}`);
    expect(result.state === ReminderState.REMINDER_STATE_SENT, `the report left ${JSON.stringify(result)}`);
    return leases[0].reminder;
  }

  // Reads events until the reminder is sent, and checks how it got there.
  private async awaitSent(stream: grpc.ClientReadableStream<WatchEventsResponse>, reminder: string): Promise<void> {
    const states: ReminderState[] = [];
    for await (const message of stream as AsyncIterable<WatchEventsResponse>) {
      for (const event of message.events) {
        if (event.reminder?.name === reminder) states.push(event.reminder.state);
      }
      if (states.includes(ReminderState.REMINDER_STATE_SENT)) break;
    }
    const want = [
      ReminderState.REMINDER_STATE_DUE,
      ReminderState.REMINDER_STATE_LEASED,
      ReminderState.REMINDER_STATE_SENT,
    ];
    expect(states.join() === want.join(), `watched the states ${states}, not ${want}`);
  }

  // Sends a request with two faults and reads both from the error.
  private async readBadRequest(): Promise<void> {
    const failure = await this.enroll(enrollment("2026-02-30", "555")).then(
      () => undefined,
      (error: grpc.ServiceError) => error,
    );
    expect(failure?.code === grpc.status.INVALID_ARGUMENT, `a bad enrollment was answered by ${failure}`);
    const status = Status.decode(failure!.metadata.get("grpc-status-details-bin")[0] as Buffer);
    const find = (type: string) =>
      status.details.find((detail) => detail.typeUrl === `type.googleapis.com/google.rpc.${type}`)!.value;
    const info = ErrorInfo.decode(find("ErrorInfo"));
    const fields = BadRequest.decode(find("BadRequest")).fieldViolations.map((violation) => violation.field);
    expect(info.reason === "INVALID_FIELDS" && info.domain === "aftercare", `the reason is ${JSON.stringify(info)}`);
    for (const field of ["enrollment.procedure_date", "enrollment.contact_points[0].address"]) {
      expect(fields.includes(field), `the error names the fields ${fields}`);
    }
  }
}

// The other way in Node: without generated code, from the .proto files.
async function load(address: string, protoRoot: string): Promise<void> {
  const options = { includeDirs: [protoRoot], keepCase: true, enums: String, defaults: true };
  const load = (file: string) => grpc.loadPackageDefinition(protoLoader.loadSync(file, options)) as any;
  const insecure = grpc.credentials.createInsecure();
  const health = new (load(healthProto).grpc.health.v1.Health)(address, insecure) as any;
  const checked: any = await call(health, health.Check, {});
  expect(checked.status === "SERVING", `the server is ${checked.status}`);
  const clinics = new (load("aftercare/v1/clinic_service.proto").aftercare.v1.ClinicService)(address, insecure) as any;
  const listed: any = await call(clinics, clinics.ListClinics, {});
  expect(listed.clinics[0].name === clinicName, `listed ${JSON.stringify(listed)}`);
}

async function main(address: string, protoRoot: string): Promise<void> {
  await new Test(address).run();
  await load(address, protoRoot);
  console.log("node client: all is well");
}

main(process.argv[2], process.argv[3]).then(
  () => process.exit(0),
  (error) => {
    console.error("node client:", error);
    process.exit(1);
  },
);
