// Drives a server through a sandbox clinic's first morning. See ../README.md.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	aftercarev1 "github.com/aftercare/aftercare/gen/go/aftercare/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const clinicName = "clinics/go"

func check(err error, what string) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func expect(holds bool, format string, args ...any) {
	if !holds {
		log.Fatalf(format, args...)
	}
}

func pathway() *aftercarev1.Pathway {
	days := &aftercarev1.Span{Unit: &aftercarev1.Span_Days{Days: &aftercarev1.Range{First: 1, Last: 3}}}
	return &aftercarev1.Pathway{
		DisplayName:   "Knee",
		DefaultLocale: "en",
		Phases:        []*aftercarev1.Phase{{Id: "first-days", DisplayName: "First days", Span: days}},
		Rules: []*aftercarev1.Rule{{
			Id:       "ice",
			Phase:    "first-days",
			Category: "ice",
			Schedule: &aftercarev1.Schedule{
				Recurrence: &aftercarev1.Schedule_Daily{Daily: &aftercarev1.Daily{}},
				Times:      []string{"08:00"},
			},
			Texts: map[string]string{"en": "Ice your knee, {first_name}."},
		}},
	}
}

func enrollment(date, address string) *aftercarev1.Enrollment {
	return &aftercarev1.Enrollment{
		Patient:       "P-1",
		FirstName:     "Ana",
		Pathway:       clinicName + "/pathways/knee",
		ProcedureDate: date,
		Consent:       aftercarev1.Consent_CONSENT_GRANTED,
		ContactPoints: []*aftercarev1.ContactPoint{{Channel: aftercarev1.Channel_CHANNEL_SMS, Address: address}},
	}
}

func setUp(ctx context.Context, connection *grpc.ClientConn) *aftercarev1.Enrollment {
	_, err := aftercarev1.NewClinicServiceClient(connection).CreateClinic(ctx, &aftercarev1.CreateClinicRequest{
		ClinicId: "go",
		Clinic: &aftercarev1.Clinic{
			DisplayName:   "Riverside",
			TimeZone:      "UTC",
			TestClockTime: timestamppb.New(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)),
		},
	})
	check(err, "CreateClinic")
	_, err = aftercarev1.NewPathwayServiceClient(connection).CreatePathway(ctx, &aftercarev1.CreatePathwayRequest{
		Parent: clinicName, PathwayId: "knee", Pathway: pathway(),
	})
	check(err, "CreatePathway")
	created, err := aftercarev1.NewEnrollmentServiceClient(connection).CreateEnrollment(
		ctx, &aftercarev1.CreateEnrollmentRequest{Parent: clinicName, Enrollment: enrollment("2026-03-02", "+15550111")})
	check(err, "CreateEnrollment")
	return created.GetEnrollment()
}

// Reads every page of the patient's plan.
func timeline(ctx context.Context, connection *grpc.ClientConn, name string) (reminders []*aftercarev1.Reminder) {
	request := &aftercarev1.GetTimelineRequest{Name: name, PageSize: 2}
	for {
		page, err := aftercarev1.NewEnrollmentServiceClient(connection).GetTimeline(ctx, request)
		check(err, "GetTimeline")
		reminders = append(reminders, page.GetReminders()...)
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			return reminders
		}
	}
}

// Leases the message that is due and reports it sent.
func deliver(ctx context.Context, connection *grpc.ClientConn) string {
	deliveries := aftercarev1.NewDeliveryServiceClient(connection)
	leased, err := deliveries.LeaseReminders(ctx, &aftercarev1.LeaseRemindersRequest{
		Parent: clinicName,
		Filter: &aftercarev1.ReminderFilter{Channel: aftercarev1.Channel_CHANNEL_SMS},
	})
	check(err, "LeaseReminders")
	expect(len(leased.GetLeases()) == 1, "leased %v, not one message", leased)
	lease := leased.GetLeases()[0]
	expect(lease.GetText() == "Ice your knee, Ana.", "leased the text %q", lease.GetText())
	reported, err := deliveries.ReportDeliveries(ctx, &aftercarev1.ReportDeliveriesRequest{
		Reports: []*aftercarev1.DeliveryReport{
			{LeaseId: lease.GetLeaseId(), Outcome: aftercarev1.DeliveryOutcome_DELIVERY_OUTCOME_SENT},
		},
	})
	check(err, "ReportDeliveries")
	result := reported.GetResults()[0]
	expect(codes.Code(result.GetStatus().GetCode()) == codes.OK, "the report was refused: %v", result)
	expect(result.GetState() == aftercarev1.ReminderState_REMINDER_STATE_SENT, "the report left %v", result)
	return lease.GetReminder()
}

// Reads events until the reminder is sent, and checks how it got there.
func await(stream aftercarev1.ReminderService_WatchEventsClient, reminder string) {
	var states []aftercarev1.ReminderState
	for len(states) == 0 || states[len(states)-1] != aftercarev1.ReminderState_REMINDER_STATE_SENT {
		message, err := stream.Recv()
		check(err, "WatchEvents")
		for _, event := range message.GetEvents() {
			if event.GetReminder().GetName() == reminder {
				states = append(states, event.GetReminder().GetState())
			}
		}
	}
	want := "[REMINDER_STATE_DUE REMINDER_STATE_LEASED REMINDER_STATE_SENT]"
	expect(fmt.Sprint(states) == want, "watched %v, not %v", states, want)
}

// Sends a request with two faults and reads both from the error.
func readBadRequest(ctx context.Context, connection *grpc.ClientConn) {
	_, err := aftercarev1.NewEnrollmentServiceClient(connection).CreateEnrollment(
		ctx, &aftercarev1.CreateEnrollmentRequest{Parent: clinicName, Enrollment: enrollment("2026-02-30", "555")})
	failure := status.Convert(err)
	expect(failure.Code() == codes.InvalidArgument, "a bad enrollment was answered by %v", err)
	var reason, domain string
	fields := map[string]bool{}
	for _, detail := range failure.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			reason, domain = detail.GetReason(), detail.GetDomain()
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				fields[violation.GetField()] = true
			}
		}
	}
	expect(reason == "INVALID_FIELDS" && domain == "aftercare", "the error's reason is %s of %s", reason, domain)
	expect(fields["enrollment.procedure_date"] && fields["enrollment.contact_points[0].address"],
		"the error names the fields %v", fields)
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("go client: ")
	expect(len(os.Args) == 2, "usage: client ADDRESS")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(err, "NewClient")
	health, err := grpc_health_v1.NewHealthClient(connection).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	check(err, "Health.Check")
	expect(health.GetStatus() == grpc_health_v1.HealthCheckResponse_SERVING, "the server is %v", health.GetStatus())

	enrolled := setUp(ctx, connection)
	planned := timeline(ctx, connection, enrolled.GetName())
	expect(len(planned) == 3, "the timeline has %d reminders, not 3", len(planned))
	reminders := aftercarev1.NewReminderServiceClient(connection)
	listed, err := reminders.ListReminders(ctx, &aftercarev1.ListRemindersRequest{Parent: clinicName})
	check(err, "ListReminders")
	expect(len(listed.GetReminders()) == 3, "listed %d reminders, not 3", len(listed.GetReminders()))
	stream, err := reminders.WatchEvents(
		ctx, &aftercarev1.WatchEventsRequest{Parent: clinicName, ResumeToken: listed.GetResumeToken()})
	check(err, "WatchEvents")

	advanced, err := aftercarev1.NewClinicServiceClient(connection).AdvanceTestClock(
		ctx, &aftercarev1.AdvanceTestClockRequest{
			Name: clinicName,
			Target: &aftercarev1.AdvanceTestClockRequest_Time{
				Time: timestamppb.New(time.Date(2026, 3, 3, 8, 30, 0, 0, time.UTC)),
			},
		})
	check(err, "AdvanceTestClock")
	expect(advanced.GetFiredCount() == 1, "%d reminders came due, not 1", advanced.GetFiredCount())
	sent := deliver(ctx, connection)
	expect(sent == planned[0].GetName(), "sent %s, not %s", sent, planned[0].GetName())
	await(stream, sent)
	readBadRequest(ctx, connection)
	fmt.Println("go client: all is well")
}
