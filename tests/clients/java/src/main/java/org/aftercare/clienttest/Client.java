package org.aftercare.clienttest;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.aftercare.v1.*;

/** Drives a server through a sandbox clinic's first morning. See ../README.md. */
public final class Client {
  private static final String CLINIC = "clinics/java";

  private final ManagedChannel channel;
  private final ClinicServiceGrpc.ClinicServiceBlockingStub clinics;
  private final PathwayServiceGrpc.PathwayServiceBlockingStub pathways;
  private final EnrollmentServiceGrpc.EnrollmentServiceBlockingStub enrollments;
  private final ReminderServiceGrpc.ReminderServiceBlockingStub reminders;
  private final DeliveryServiceGrpc.DeliveryServiceBlockingStub deliveries;

  private Client(String address) {
    channel = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
    clinics = ClinicServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    pathways = PathwayServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    enrollments = EnrollmentServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    reminders = ReminderServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    deliveries = DeliveryServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private static void expect(boolean holds, String message) {
    if (!holds) throw new IllegalStateException(message);
  }

  private static Timestamp at(String instant) {
    return Timestamp.newBuilder().setSeconds(Instant.parse(instant).getEpochSecond()).build();
  }

  private static Pathway pathway() {
    Span days = Span.newBuilder().setDays(Range.newBuilder().setFirst(1).setLast(3)).build();
    Schedule schedule = Schedule.newBuilder().setDaily(Daily.getDefaultInstance()).addTimes("08:00").build();
    return Pathway.newBuilder()
        .setDisplayName("Knee")
        .setDefaultLocale("en")
        .addPhases(Phase.newBuilder().setId("first-days").setDisplayName("First days").setSpan(days))
        .addRules(
            Rule.newBuilder()
                .setId("ice")
                .setPhase("first-days")
                .setCategory("ice")
                .setSchedule(schedule)
                .putTexts("en", "Ice your knee, {first_name}."))
        .build();
  }

  private static Enrollment enrollment(String date, String address) {
    return Enrollment.newBuilder()
        .setPatient("P-1")
        .setFirstName("Ana")
        .setPathway(CLINIC + "/pathways/knee")
        .setProcedureDate(date)
        .setConsent(Consent.CONSENT_GRANTED)
        .addContactPoints(ContactPoint.newBuilder().setChannel(Channel.CHANNEL_SMS).setAddress(address))
        .build();
  }

  private Enrollment enroll(Enrollment enrollment) {
    return enrollments
        .createEnrollment(CreateEnrollmentRequest.newBuilder().setParent(CLINIC).setEnrollment(enrollment).build())
        .getEnrollment();
  }

  private String setUp() {
    Clinic clinic =
        Clinic.newBuilder()
            .setDisplayName("Riverside")
            .setTimeZone("UTC")
            .setTestClockTime(at("2026-03-02T09:00:00Z"))
            .build();
    clinics.createClinic(CreateClinicRequest.newBuilder().setClinicId("java").setClinic(clinic).build());
    pathways.createPathway(
        CreatePathwayRequest.newBuilder().setParent(CLINIC).setPathwayId("knee").setPathway(pathway()).build());
    return enroll(enrollment("2026-03-02", "+15550111")).getName();
  }

  /** Reads every page of the patient's plan. */
  private List<Reminder> timeline(String name) {
    List<Reminder> all = new ArrayList<>();
    String token = "";
    do {
      GetTimelineResponse page =
          enrollments.getTimeline(
              GetTimelineRequest.newBuilder().setName(name).setPageSize(2).setPageToken(token).build());
      all.addAll(page.getRemindersList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }

  /** Leases the message that is due and reports it sent. */
  private String deliver() {
    ReminderFilter sms = ReminderFilter.newBuilder().setChannel(Channel.CHANNEL_SMS).build();
    LeaseRemindersResponse leased =
        deliveries.leaseReminders(LeaseRemindersRequest.newBuilder().setParent(CLINIC).setFilter(sms).build());
    expect(leased.getLeasesCount() == 1, "leased " + leased.getLeasesCount() + " messages, not 1");
    Lease lease = leased.getLeases(0);
    expect(lease.getText().equals("Ice your knee, Ana."), "leased the text " + lease.getText());
    DeliveryReport report =
        DeliveryReport.newBuilder()
            .setLeaseId(lease.getLeaseId())
            .setOutcome(DeliveryOutcome.DELIVERY_OUTCOME_SENT)
            .build();
    DeliveryResult result =
        deliveries.reportDeliveries(ReportDeliveriesRequest.newBuilder().addReports(report).build()).getResults(0);
    expect(result.getStatus().getCode() == 0, "the report was refused: " + result);
    expect(result.getState() == ReminderState.REMINDER_STATE_SENT, "the report left " + result);
    return lease.getReminder();
  }

  /** Reads events until the reminder is sent, and checks how it got there. */
  private static void awaitSent(Iterator<WatchEventsResponse> stream, String reminder) {
    List<ReminderState> states = new ArrayList<>();
    while (!states.contains(ReminderState.REMINDER_STATE_SENT)) {
      for (Event event : stream.next().getEventsList()) {
        if (event.getReminder().getName().equals(reminder)) states.add(event.getReminder().getState());
      }
    }
    List<ReminderState> want =
        List.of(
            ReminderState.REMINDER_STATE_DUE,
            ReminderState.REMINDER_STATE_LEASED,
            ReminderState.REMINDER_STATE_SENT);
    expect(states.equals(want), "watched the states " + states + ", not " + want);
  }

  /** Sends a request with two faults and reads both from the error. */
  private void readBadRequest() throws InvalidProtocolBufferException {
    StatusRuntimeException failure = null;
    try {
      enroll(enrollment("2026-02-30", "555"));
    } catch (StatusRuntimeException error) {
      failure = error;
    }
    expect(failure != null, "a bad enrollment was accepted");
    expect(
        failure.getStatus().getCode() == Status.Code.INVALID_ARGUMENT, "a bad enrollment was answered by " + failure);
    ErrorInfo info = ErrorInfo.getDefaultInstance();
    List<String> fields = new ArrayList<>();
    for (Any detail : StatusProto.fromThrowable(failure).getDetailsList()) {
      if (detail.is(ErrorInfo.class)) info = detail.unpack(ErrorInfo.class);
      if (!detail.is(BadRequest.class)) continue;
      detail.unpack(BadRequest.class).getFieldViolationsList().forEach(violation -> fields.add(violation.getField()));
    }
    expect(
        info.getReason().equals("INVALID_FIELDS") && info.getDomain().equals("aftercare"),
        "the error's reason is " + info);
    expect(
        fields.containsAll(List.of("enrollment.procedure_date", "enrollment.contact_points[0].address")),
        "the error names the fields " + fields);
  }

  private void run() throws InvalidProtocolBufferException {
    HealthCheckResponse health =
        HealthGrpc.newBlockingStub(channel)
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance());
    expect(health.getStatus() == HealthCheckResponse.ServingStatus.SERVING, "the server is " + health);

    List<Reminder> planned = timeline(setUp());
    expect(planned.size() == 3, "the timeline has " + planned.size() + " reminders, not 3");
    ListRemindersResponse listed =
        reminders.listReminders(ListRemindersRequest.newBuilder().setParent(CLINIC).build());
    expect(listed.getRemindersCount() == 3, "listed " + listed.getRemindersCount() + " reminders, not 3");
    Iterator<WatchEventsResponse> stream =
        reminders.watchEvents(
            WatchEventsRequest.newBuilder().setParent(CLINIC).setResumeToken(listed.getResumeToken()).build());
    AdvanceTestClockResponse advanced =
        clinics.advanceTestClock(
            AdvanceTestClockRequest.newBuilder().setName(CLINIC).setTime(at("2026-03-03T08:30:00Z")).build());
    expect(advanced.getFiredCount() == 1, advanced.getFiredCount() + " reminders came due, not 1");
    String sent = deliver();
    expect(sent.equals(planned.get(0).getName()), "sent " + sent + ", not " + planned.get(0).getName());
    awaitSent(stream, sent);
    readBadRequest();
  }

  public static void main(String[] args) throws Exception {
    Client client = new Client(args[0]);
    try {
      client.run();
    } catch (IllegalStateException failure) {
      System.err.println("java client: " + failure.getMessage());
      System.exit(1);
    } finally {
      client.channel.shutdownNow();
    }
    System.out.println("java client: all is well");
  }
}
