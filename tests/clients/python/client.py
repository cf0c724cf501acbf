"""Drives a server through a sandbox clinic's first morning. See ../README.md."""

import datetime
import sys

import grpc
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from aftercare.v1 import clinic_pb2, clinic_service_pb2, clinic_service_pb2_grpc
from aftercare.v1 import delivery_service_pb2, delivery_service_pb2_grpc
from aftercare.v1 import enrollment_pb2, enrollment_service_pb2, enrollment_service_pb2_grpc
from aftercare.v1 import pathway_pb2, pathway_service_pb2, pathway_service_pb2_grpc
from aftercare.v1 import reminder_pb2, reminder_service_pb2, reminder_service_pb2_grpc

CLINIC = "clinics/python"
TIMEOUT = 30  # seconds for each call


def expect(holds, message):
    if not holds:
        sys.exit(f"python client: {message}")


def utc(*args):
    return datetime.datetime(*args, tzinfo=datetime.timezone.utc)


def pathway():
    days = pathway_pb2.Span(days=pathway_pb2.Range(first=1, last=3))
    rule = pathway_pb2.Rule(
        id="ice",
        phase="first-days",
        category="ice",
        schedule=pathway_pb2.Schedule(daily=pathway_pb2.Daily(), times=["08:00"]),
        texts={"en": "Ice your knee, {first_name}."},
    )
    return pathway_pb2.Pathway(
        display_name="Knee",
        default_locale="en",
        phases=[pathway_pb2.Phase(id="first-days", display_name="First days", span=days)],
        rules=[rule],
    )


def enrollment(date, address):
    return enrollment_pb2.Enrollment(
        patient="P-1",
        first_name="Ana",
        pathway=f"{CLINIC}/pathways/knee",
        procedure_date=date,
        consent=enrollment_pb2.CONSENT_GRANTED,
        contact_points=[enrollment_pb2.ContactPoint(channel=enrollment_pb2.CHANNEL_SMS, address=address)],
    )


def set_up(channel):
    clinic = clinic_pb2.Clinic(display_name="Riverside", time_zone="UTC")
    clinic.test_clock_time.FromDatetime(utc(2026, 3, 2, 9))
    clinic_service_pb2_grpc.ClinicServiceStub(channel).CreateClinic(
        clinic_service_pb2.CreateClinicRequest(clinic_id="python", clinic=clinic), timeout=TIMEOUT
    )
    pathway_service_pb2_grpc.PathwayServiceStub(channel).CreatePathway(
        pathway_service_pb2.CreatePathwayRequest(parent=CLINIC, pathway_id="knee", pathway=pathway()), timeout=TIMEOUT
    )
    created = enrollment_service_pb2_grpc.EnrollmentServiceStub(channel).CreateEnrollment(
        enrollment_service_pb2.CreateEnrollmentRequest(
            parent=CLINIC, enrollment=enrollment("2026-03-02", "+15550111")
        ),
        timeout=TIMEOUT,
    )
    return created.enrollment


def timeline(channel, name):
    """Reads every page of the patient's plan."""
    stub = enrollment_service_pb2_grpc.EnrollmentServiceStub(channel)
    request = enrollment_service_pb2.GetTimelineRequest(name=name, page_size=2)
    reminders = []
    while True:
        page = stub.GetTimeline(request, timeout=TIMEOUT)
        reminders.extend(page.reminders)
        request.page_token = page.next_page_token
        if not request.page_token:
            return reminders


def deliver(channel):
    """Leases the message that is due and reports it sent."""
    stub = delivery_service_pb2_grpc.DeliveryServiceStub(channel)
    sms = reminder_pb2.ReminderFilter(channel=enrollment_pb2.CHANNEL_SMS)
    leases = stub.LeaseReminders(
        delivery_service_pb2.LeaseRemindersRequest(parent=CLINIC, filter=sms), timeout=TIMEOUT
    ).leases
    expect(len(leases) == 1, f"leased {len(leases)} messages, not 1")
    expect(leases[0].text == "Ice your knee, Ana.", f"leased the text {leases[0].text!r}")
    report = delivery_service_pb2.DeliveryReport(
        lease_id=leases[0].lease_id, outcome=delivery_service_pb2.DELIVERY_OUTCOME_SENT
    )
    result = stub.ReportDeliveries(
        delivery_service_pb2.ReportDeliveriesRequest(reports=[report]), timeout=TIMEOUT
    ).results[0]
    expect(result.status.code == 0, f"the report was refused: {result}")
    expect(result.state == reminder_pb2.REMINDER_STATE_SENT, f"the report left {result}")
    return leases[0].reminder


def await_sent(stream, reminder):
    """Reads events until the reminder is sent, and checks how it got there."""
    states = []
    for message in stream:
        states += [event.reminder.state for event in message.events if event.reminder.name == reminder]
        if reminder_pb2.REMINDER_STATE_SENT in states:
            break
    stream.cancel()
    want = [
        reminder_pb2.REMINDER_STATE_DUE,
        reminder_pb2.REMINDER_STATE_LEASED,
        reminder_pb2.REMINDER_STATE_SENT,
    ]
    expect(states == want, f"watched the states {states}, not {want}")


def read_bad_request(channel):
    """Sends a request with two faults and reads both from the error."""
    request = enrollment_service_pb2.CreateEnrollmentRequest(parent=CLINIC, enrollment=enrollment("2026-02-30", "555"))
    try:
        enrollment_service_pb2_grpc.EnrollmentServiceStub(channel).CreateEnrollment(request, timeout=TIMEOUT)
    except grpc.RpcError as error:
        failure = error
    else:
        sys.exit("python client: a bad enrollment was accepted")
    expect(failure.code() == grpc.StatusCode.INVALID_ARGUMENT, f"a bad enrollment was answered by {failure}")
    info = error_details_pb2.ErrorInfo()
    bad = error_details_pb2.BadRequest()
    for detail in rpc_status.from_call(failure).details:
        detail.Unpack(info)
        detail.Unpack(bad)
    expect((info.reason, info.domain) == ("INVALID_FIELDS", "aftercare"), f"the error's reason is {info}")
    fields = {violation.field for violation in bad.field_violations}
    expect(
        {"enrollment.procedure_date", "enrollment.contact_points[0].address"} <= fields,
        f"the error names the fields {fields}",
    )


def main(address):
    with grpc.insecure_channel(address) as channel:
        health = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT)
        expect(health.status == health_pb2.HealthCheckResponse.SERVING, f"the server is {health}")

        enrolled = set_up(channel)
        planned = timeline(channel, enrolled.name)
        expect(len(planned) == 3, f"the timeline has {len(planned)} reminders, not 3")
        reminders = reminder_service_pb2_grpc.ReminderServiceStub(channel)
        listed = reminders.ListReminders(reminder_service_pb2.ListRemindersRequest(parent=CLINIC), timeout=TIMEOUT)
        expect(len(listed.reminders) == 3, f"listed {len(listed.reminders)} reminders, not 3")
        stream = reminders.WatchEvents(
            reminder_service_pb2.WatchEventsRequest(parent=CLINIC, resume_token=listed.resume_token), timeout=TIMEOUT
        )

        advance = clinic_service_pb2.AdvanceTestClockRequest(name=CLINIC)
        advance.time.FromDatetime(utc(2026, 3, 3, 8, 30))
        clinics = clinic_service_pb2_grpc.ClinicServiceStub(channel)
        fired = clinics.AdvanceTestClock(advance, timeout=TIMEOUT).fired_count
        expect(fired == 1, f"{fired} reminders came due, not 1")
        sent = deliver(channel)
        expect(sent == planned[0].name, f"sent {sent}, not {planned[0].name}")
        await_sent(stream, sent)
        read_bad_request(channel)
    print("python client: all is well")


if __name__ == "__main__":
    main(sys.argv[1])
