#include "tests/history/test_run.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::history {
namespace {

using e2e::Call;

constexpr char kSandboxStart[] = "2026-03-02T05:00:00Z";

std::string TimesFrom(absl::Time first, int count, absl::TimeZone zone) {
  std::vector<std::string> times;
  for (int i = 0; i < count; ++i) {
    times.push_back(absl::StrCat("times: \"", absl::FormatTime("%H:%M", first + absl::Minutes(i), zone), "\""));
  }
  return absl::StrJoin(times, " ");
}

// A task at once for a sign of danger. If nobody sees to it within an hour, it escalates twice. The nurses are told of
// it, also at the first step, which names no team. Of the second step the chief is told.
constexpr char kAlarm[] = R"pb(
  word_lists {
    id: "danger"
    words { locale: "en" words: "fever" words: "chest pain" }
  }
  rules {
    id: "alarm"
    phase: "p"
    category: "alarm"
    audience: AUDIENCE_CARE_TEAM
    urgency: URGENCY_URGENT
    reaction { word_list: "danger" }
    schedule { window { hours: 1 } }
    notify_team: "nurses"
    escalation {
      deadline { seconds: 1800 }
      category: "lead"
      urgency: URGENCY_EMERGENCY
    }
    escalation {
      deadline { seconds: 7200 }
      category: "chief"
      urgency: URGENCY_EMERGENCY
      notify_team: "chief"
    }
    texts { key: "en" value: "Call {first_name}" }
  }
)pb";

std::string Rule(const std::string& id, const std::string& schedule, const std::string& more = "") {
  return absl::StrCat("rules { id: '", id, "' phase: 'p' category: '", id, "' schedule { ", schedule,
                      " } texts { key: 'en' value: 'Hello {first_name}' } ", more, " }\n");
}

// A message each minute at the patient's own second, one of which only the newest counts, one whose window closes a
// minute from now and one whose does in two, one that is due at once and all day, and a task.
v1::Pathway Minutes(absl::TimeZone zone) {
  const absl::Time now = absl::Now();
  const auto until = [&](int minutes) {
    return absl::StrCat(" window { until: '", absl::FormatTime("%H:%M", now + absl::Minutes(minutes), zone), "' }");
  };
  return FromText<v1::Pathway>(absl::StrCat(
      "display_name: 'Minutes' default_locale: 'en' phases { id: 'p' display_name: 'P' span { days { last: 1 } } }\n",
      Rule("hello", "times: '00:00' window { days: 1 }"),
      Rule("tick", TimesFrom(now - absl::Minutes(2), 24, zone) + " window { hours: 1 }", "spread { seconds: 60 }"),
      Rule("latest", TimesFrom(now - absl::Minutes(2), 12, zone) + until(15), "spread { seconds: 60 } supersede: true"),
      Rule("closing", TimesFrom(now - absl::Minutes(1), 1, zone) + until(1)),
      Rule("closing-next", TimesFrom(now - absl::Minutes(1), 1, zone) + until(2)),
      Rule("task", "times: '00:00'", "audience: AUDIENCE_CARE_TEAM"), kAlarm));
}

// The like over a week.
v1::Pathway Days() {
  return FromText<v1::Pathway>(absl::StrCat(
      "display_name: 'Days' default_locale: 'en' phases { id: 'p' display_name: 'P' span { days { last: 6 } } }\n",
      Rule("hello", "times: '00:00' window { days: 1 }"),
      Rule("tick",
           "daily {} times: '06:00' times: '08:00' times: '10:00' times: '12:00' times: '14:00' times: '16:00'"
           " window { hours: 1 }",
           "spread { seconds: 3600 }"),
      Rule("latest", "daily {} times: '09:00' times: '11:00' times: '15:00' window { until: '21:00' }",
           "supersede: true"),
      Rule("closing", "daily {} times: '12:00' window { until: '12:20' }"),
      Rule("task", "daily {} times: '10:00'", "audience: AUDIENCE_CARE_TEAM"), kAlarm));
}

// Gives a clinic care teams, with addresses that no patient and no other clinic has.
void AddTeams(e2e::Client& client, const std::string& id, Clinic* clinic) {
  const std::string number = absl::StrCat("+1556", id == "sandbox" ? "1" : "2", "00000");
  v1::UpdateClinicRequest request;
  *request.mutable_clinic() = FromText<v1::Clinic>(absl::StrCat(
      "name: '", clinic->name(), "' care_teams { id: 'nurses' contact_points { channel: CHANNEL_SMS address: '", number,
      "1' } contact_points { channel: CHANNEL_EMAIL address: 'nurses@", id, ".example.org' } }",
      "care_teams { id: 'chief' contact_points { channel: CHANNEL_SMS address: '", number, "2' } }"));
  request.mutable_update_mask()->add_paths("care_teams");
  const auto answer = Call(*client.clinics, &v1::ClinicService::Stub::UpdateClinic, request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  *clinic->mutable_care_teams() = answer->clinic().care_teams();
}

// A zone in which it is not near midnight, so that the minutes around now are of one day.
std::string ZoneOfDay() {
  const int hour = absl::ToCivilHour(absl::Now(), absl::UTCTimeZone()).hour();
  return hour >= 2 && hour < 22 ? "UTC" : "Asia/Tokyo";
}

}  // namespace

Place MakeClinic(e2e::Client& client, bool sandbox) {
  const std::string id = sandbox ? "sandbox" : "riverside";
  Place place;
  place.zone = sandbox ? "UTC" : ZoneOfDay();
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(place.zone, &zone));
  const absl::Time now = sandbox ? e2e::At(kSandboxStart) : absl::Now();
  place.date = absl::FormatTime("%Y-%m-%d", now, zone);
  place.clinic.set_name("clinics/" + id);
  place.clinic.set_sandbox(sandbox);
  place.clinic.set_first_micros(absl::ToUnixMicros(now));
  place.clinic.set_procedure_date(place.date);
  e2e::CreateClinic(client, id, sandbox ? kSandboxStart : "");
  AddTeams(client, id, &place.clinic);
  const v1::Pathway pathway = sandbox ? Days() : Minutes(zone);
  e2e::CreatePathway(client, id, "knee", pathway);
  for (const v1::Rule& rule : pathway.rules()) {
    if (rule.notify_team().empty()) continue;
    *place.clinic.mutable_steps() = rule.escalation();
    place.clinic.set_notify_team(rule.notify_team());
  }

  v1::PreviewPlanRequest preview;
  preview.set_parent(place.clinic.name());
  *preview.mutable_pathway() = pathway;
  preview.mutable_enrollment()->set_procedure_date(place.date);
  const auto plan = Call(*client.pathways, &v1::PathwayService::Stub::PreviewPlan, preview);
  EXPECT_TRUE(plan.ok()) << plan.status.error_message();
  for (const v1::Reminder& reminder : plan->reminders()) place.clinic.add_occurrences(reminder.name());

  v1::ListRemindersRequest list;
  list.set_parent(place.clinic.name());
  place.token = Call(*client.reminders, &v1::ReminderService::Stub::ListReminders, list)->resume_token();
  return place;
}

void DriveClock(TestRun& run, const Place& place, uint64_t seed) {
  Chance chance(seed);
  absl::Time time = absl::FromUnixMicros(place.clinic.first_micros());
  ClientPtr client;
  for (int step = 0; run.working; ++step) {
    time += absl::Minutes(chance.Number(1, 40)) + absl::Seconds(chance.Number(0, 59));
    v1::AdvanceTestClockRequest request;
    request.set_name(place.clinic.name());
    plan::SetTimestamp(time, request.mutable_time());
    Observation call;
    do {
      if (client == nullptr || call.has_change()) client = run.server.AwaitClient(client);
      if (client == nullptr) return;
      call.set_actor("clock");
      call.mutable_change()->set_kind(Change::KIND_ADVANCE);
      call.mutable_change()->set_name(place.clinic.name());
      call.mutable_change()->set_request_id(absl::StrCat("clock-", step));
      call.mutable_change()->set_micros(absl::ToUnixMicros(time));
      Ask(run.recorder, *client->clinics, &v1::ClinicService::Stub::AdvanceTestClock, request, &call);
      run.recorder.Add(call);
    } while (call.outcome() == OUTCOME_UNKNOWN);
    run.recorder.AwaitMore(chance.Number(5, 60));
  }
}

grpc::Status ToGrpc(const google::rpc::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()};
}

void NoteStatus(const grpc::Status& status, Observation* call) {
  call->clear_reason();
  if (status.ok()) return call->set_outcome(OUTCOME_DONE);
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return call->set_outcome(OUTCOME_UNKNOWN);
    default:
      break;
  }
  const std::string reason = e2e::ReasonOf(status);
  // A connection that breaks has no reason; the server gives one with each refusal.
  call->set_outcome(reason.empty() && status.error_code() != grpc::StatusCode::UNIMPLEMENTED ? OUTCOME_UNKNOWN
                                                                                              : OUTCOME_REFUSED);
  call->set_reason(reason.empty() ? "UNIMPLEMENTED" : reason);
}

}  // namespace aftercare::history
