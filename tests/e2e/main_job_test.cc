// What the service is for, from the outside: enrol, see what is due, watch it, hand it to a gateway.
#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class MainJobTest : public Service {
 protected:
  // A sandbox whose clock stands on the morning before the procedures.
  void MakeSandbox() {
    CreateClinic(*client, "riverside", "2026-03-01T09:00:00-05:00");
    CreatePathway(*client, "riverside", "knee", KneePathway());
  }

  v1::GetTimelineResponse Timeline(const std::string& id) {
    v1::GetTimelineRequest request;
    request.set_name("clinics/riverside/enrollments/" + id);
    const auto answer = Call(*client->enrollments, &v1::EnrollmentService::Stub::GetTimeline, request);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    return answer.response;
  }
};

bool IsEnd(v1::ReminderState state) {
  return state != v1::REMINDER_STATE_SCHEDULED && state != v1::REMINDER_STATE_DUE &&
         state != v1::REMINDER_STATE_LEASED;
}

TEST_F(MainJobTest, AYearOfAPatientReachesTheGatewayOnTimeOnceAndEndsWhole) {
  MakeSandbox();
  Enroll(*client, Patient("riverside", "ana", "2026-03-02", "locale: 'es-MX' factors { key: 'severity' value: 'severe' }"));
  const size_t planned = Timeline("ana").reminders_size();
  ASSERT_GT(planned, 70u);
  ASSERT_LT(planned, 150u);

  std::map<std::string, int> sent;
  for (absl::Time now = At("2026-03-02T00:00:00Z"); now < At("2027-04-01T00:00:00Z"); now += absl::Hours(6)) {
    const std::string text = absl::FormatTime(absl::RFC3339_full, now, absl::UTCTimeZone());
    Advance(*client, "riverside", text);
    const std::vector<v1::Lease> leases = LeaseAll(*client, "riverside");
    for (const v1::Lease& lease : leases) {
      EXPECT_LE(ToTime(lease.due_time()), now) << lease.reminder() << " is offered early";
      EXPECT_GT(ToTime(lease.expire_time()), now) << lease.reminder() << " is offered late";
      EXPECT_THAT(lease.text(), AllOf(Not(IsEmpty()), Not(HasSubstr("{"))));
      EXPECT_EQ(lease.locale(), "es");
      EXPECT_EQ(lease.contact_point().address(), "+15550111");
      ++sent[lease.reminder()];
    }
    ReportSent(*client, leases);
  }
  EXPECT_GT(sent.size(), 60u);
  for (const auto& [name, times] : sent) EXPECT_EQ(times, 1) << name;

  const v1::GetTimelineResponse timeline = Timeline("ana");
  // Questions that the patient never answers set off tasks.
  const auto set_off = std::count_if(timeline.reminders().begin(), timeline.reminders().end(),
                                     [](const v1::Reminder& reminder) { return !reminder.cause().empty(); });
  EXPECT_GT(set_off, 0);
  EXPECT_EQ(timeline.reminders_size(), static_cast<int>(planned) + set_off);
  for (const v1::Reminder& reminder : timeline.reminders()) {
    if (reminder.audience() == v1::AUDIENCE_CARE_TEAM) {
      EXPECT_EQ(reminder.state(), v1::REMINDER_STATE_DUE) << reminder.name();
    } else {
      EXPECT_TRUE(IsEnd(reminder.state())) << reminder.DebugString();
      EXPECT_EQ(reminder.state() == v1::REMINDER_STATE_SENT, sent.count(reminder.name()) == 1) << reminder.name();
      EXPECT_EQ(reminder.state() != v1::REMINDER_STATE_SENT, reminder.reason() != 0) << reminder.DebugString();
    }
  }
}

TEST_F(MainJobTest, IcePacksBelongToTheFirstDaysAndTherapyToItsWeeks) {
  MakeSandbox();
  Enroll(*client, Patient("riverside", "ana", "2026-03-02"));
  const v1::GetTimelineResponse timeline = Timeline("ana");
  std::map<std::string, std::set<std::string>> days_of;
  for (const v1::Reminder& reminder : timeline.reminders()) {
    days_of[reminder.category()].insert(reminder.nominal_local_time().substr(0, 10));
  }
  EXPECT_THAT(days_of["ice"], ElementsAre("2026-03-03", "2026-03-04", "2026-03-05"));  // days 1 to 3
  ASSERT_THAT(days_of["therapy"], Not(IsEmpty()));
  EXPECT_GE(*days_of["therapy"].begin(), "2026-03-17");  // week 3 begins on day 15
  EXPECT_THAT(timeline.phases(), SizeIs(7));
}

TEST_F(MainJobTest, PastPresentAndFutureAreOneListInOneOrderOnPagesOfAnySize) {
  MakeSandbox();
  Enroll(*client, Patient("riverside", "ana", "2026-03-02"));
  Enroll(*client, Patient("riverside", "ben", "2026-02-20", "time_zone: 'Europe/Madrid'"));
  Advance(*client, "riverside", "2026-03-10T12:00:00Z");
  ReportSent(*client, LeaseAll(*client, "riverside"));
  Advance(*client, "riverside", "2026-03-20T15:00:00Z");

  v1::ListRemindersRequest request;
  request.set_parent("clinics/riverside");
  const std::vector<v1::Reminder> all = ListAll(*client, request);
  EXPECT_THAT(all, SizeIs(Timeline("ana").reminders_size() + Timeline("ben").reminders_size()));
  std::set<v1::ReminderState> states;
  for (size_t i = 0; i < all.size(); ++i) {
    states.insert(all[i].state());
    EXPECT_LE(ToTime(all[i == 0 ? 0 : i - 1].due_time()), ToTime(all[i].due_time()));
  }
  EXPECT_THAT(states, ::testing::IsSupersetOf({v1::REMINDER_STATE_SENT, v1::REMINDER_STATE_DUE,
                                               v1::REMINDER_STATE_SCHEDULED, v1::REMINDER_STATE_EXPIRED}));
  for (int page_size : {1, 7, 50}) {
    const std::vector<v1::Reminder> paged = ListAll(*client, request, page_size);
    ASSERT_EQ(paged.size(), all.size()) << page_size;
    for (size_t i = 0; i < all.size(); ++i) ASSERT_EQ(paged[i].SerializeAsString(), all[i].SerializeAsString());
  }
}

TEST_F(MainJobTest, CountsAgreeWithTheList) {
  MakeSandbox();
  Enroll(*client, Patient("riverside", "ana", "2026-02-01"));
  Advance(*client, "riverside", "2026-03-20T15:00:00Z");
  v1::ListRemindersRequest list;
  list.set_parent("clinics/riverside");
  std::map<std::pair<std::string, int>, int64_t> expected;
  const std::vector<v1::Reminder> all = ListAll(*client, list);
  for (const v1::Reminder& reminder : all) ++expected[{reminder.phase(), reminder.state()}];

  v1::CountRemindersRequest request;
  request.set_parent("clinics/riverside");
  const auto answer = Call(*client->reminders, &v1::ReminderService::Stub::CountReminders, request);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  std::map<std::pair<std::string, int>, int64_t> counted;
  for (const v1::ReminderCount& count : answer->counts()) counted[{count.phase(), count.state()}] = count.count();
  EXPECT_EQ(counted, expected);
  EXPECT_EQ(answer->total_count(), static_cast<int64_t>(all.size()));
}

TEST_F(MainJobTest, WhatComesDueReachesAWaitingGatewayAndAWatcherWithoutAnyonePolling) {
  CreateClinic(*client, "riverside");
  CreatePathway(*client, "riverside", "knee", KneePathway());
  Enroll(*client, Patient("riverside", "ana", "2026-03-01"));

  grpc::ClientContext watch_context;
  v1::WatchEventsRequest watch_request;
  watch_request.set_parent("clinics/riverside");
  auto watch = client->reminders->WatchEvents(&watch_context, watch_request);
  v1::WatchEventsResponse watched;
  ASSERT_TRUE(watch->Read(&watched));  // from now on nothing is missed

  // The first message of the day after.
  v1::ListRemindersRequest list;
  list.set_parent("clinics/riverside");
  list.mutable_filter()->add_states(v1::REMINDER_STATE_SCHEDULED);
  const v1::Reminder next = ListAll(*client, list).at(0);

  v1::LeaseRemindersRequest lease;
  lease.set_parent("clinics/riverside");
  ReportSent(*client, LeaseAll(*client, "riverside"));  // what was due at enrollment
  ASSERT_THAT(LeaseAll(*client, "riverside"), IsEmpty());
  clock.Set(ToTime(next.due_time()) - absl::Microseconds(1));
  ASSERT_THAT(LeaseAll(*client, "riverside"), IsEmpty()) << "offered early";

  clock.Set(ToTime(next.due_time()));
  lease.mutable_wait()->set_seconds(50);
  const auto leased = Call(*client->deliveries, &v1::DeliveryService::Stub::LeaseReminders, lease);
  ASSERT_TRUE(leased.ok()) << leased.status.error_message();
  ASSERT_THAT(leased->leases(), Not(IsEmpty()));
  EXPECT_EQ(leased->leases(0).reminder(), next.name());
  ReportSent(*client, {leased->leases().begin(), leased->leases().end()});

  std::vector<v1::ReminderState> states;
  while (states.empty() || states.back() != v1::REMINDER_STATE_SENT) {
    ASSERT_TRUE(watch->Read(&watched));
    for (const v1::Event& event : watched.events()) {
      if (event.reminder().name() == next.name()) states.push_back(event.reminder().state());
    }
  }
  EXPECT_THAT(states, ElementsAre(v1::REMINDER_STATE_DUE, v1::REMINDER_STATE_LEASED, v1::REMINDER_STATE_SENT));
  watch_context.TryCancel();
}

TEST_F(MainJobTest, AWatchResumesFromItsTokenAfterARestartWithoutGapOrRepetition) {
  MakeSandbox();
  Enroll(*client, Patient("riverside", "ana", "2026-03-02"));
  Advance(*client, "riverside", "2026-03-20T15:00:00Z");

  v1::WatchEventsRequest request;
  request.set_parent("clinics/riverside");
  const auto read = [&](size_t count) {
    grpc::ClientContext context;
    auto watch = client->reminders->WatchEvents(&context, request);
    std::vector<std::string> tokens;
    v1::WatchEventsResponse response;
    while (tokens.size() < count && watch->Read(&response)) {
      for (const v1::Event& event : response.events()) tokens.push_back(event.resume_token());
    }
    context.TryCancel();
    return tokens;
  };
  // From the listing of an empty clinic nothing is missed: its token stands before the first event.
  CreateClinic(*client, "other", "2026-03-01T09:00:00-05:00");
  v1::ListRemindersRequest list;
  list.set_parent("clinics/other");
  const auto listed = Call(*client->reminders, &v1::ReminderService::Stub::ListReminders, list);
  CreatePathway(*client, "other", "knee", KneePathway());
  Enroll(*client, Patient("other", "eve", "2026-03-02"));
  Advance(*client, "other", "2026-03-20T15:00:00Z");
  request.set_parent("clinics/other");
  request.set_resume_token(listed->resume_token());
  const std::vector<std::string> all = read(40);
  ASSERT_GE(all.size(), 40u);
  ASSERT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());

  Start();  // shuts down and starts again
  request.set_resume_token(all[19]);
  const std::vector<std::string> rest = read(20);
  ASSERT_GE(rest.size(), 20u);
  EXPECT_EQ(std::vector<std::string>(rest.begin(), rest.begin() + 20),
            std::vector<std::string>(all.begin() + 20, all.begin() + 40));
}

TEST_F(MainJobTest, WhatWasAcknowledgedIsSeenByTheNextRead) {
  MakeSandbox();
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([this, caller] {
      for (int i = 0; i < 200; ++i) {
        const std::string id = absl::StrCat("p", caller, "-", i);
        Enroll(*client, Patient("riverside", id, "2026-03-02"));
        auto list = FromText<v1::ListEnrollmentsRequest>(R"(parent: "clinics/riverside")");
        list.set_patient("mrn-" + id);
        const auto listed = Call(*client->enrollments, &v1::EnrollmentService::Stub::ListEnrollments, list);
        ASSERT_THAT(listed->enrollments(), SizeIs(1)) << id;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST_F(MainJobTest, TasksSpeakTheLanguageOfTheClinic) {
  MakeSandbox();
  Enroll(*client, Patient("riverside", "ana", "2026-03-02", "locale: 'es'"));
  const v1::GetTimelineResponse timeline = Timeline("ana");
  for (const v1::Reminder& reminder : timeline.reminders()) {
    const bool is_english = absl::StrContains(reminder.text(), " the ") || absl::StrContains(reminder.text(), " for ");
    EXPECT_EQ(is_english, reminder.audience() == v1::AUDIENCE_CARE_TEAM) << reminder.text();
  }
}

TEST_F(MainJobTest, PreviewShowsTheYearWithoutStoringAnything) {
  MakeSandbox();
  auto request = FromText<v1::PreviewPlanRequest>(R"(
      parent: "clinics/riverside" pathway_name: "clinics/riverside/pathways/knee"
      enrollment { procedure_date: "2026-03-02" locale: "es" factors { key: "smoker" value: "true" } })");
  const auto answer = Call(*client->pathways, &v1::PathwayService::Stub::PreviewPlan, request);
  ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  Enroll(*client, Patient("riverside", "ana", "2026-03-02", "locale: 'es' factors { key: 'smoker' value: 'true' }"));
  const v1::GetTimelineResponse timeline = Timeline("ana");
  ASSERT_EQ(answer->reminders_size(), timeline.reminders_size());
  for (int i = 0; i < timeline.reminders_size(); ++i) {
    EXPECT_EQ("clinics/riverside/enrollments/ana/reminders/" + answer->reminders(i).name(),
              timeline.reminders(i).name());
    EXPECT_EQ(ToTime(answer->reminders(i).due_time()), ToTime(timeline.reminders(i).due_time()));
  }
}

TEST_F(MainJobTest, AnEndedEnrollmentIsSilentFromThatMoment) {
  MakeSandbox();
  Enroll(*client, Patient("riverside", "ana", "2026-03-02"));
  Advance(*client, "riverside", "2026-03-04T18:00:00Z");
  const std::vector<v1::Lease> held = LeaseAll(*client, "riverside");
  ASSERT_THAT(held, Not(IsEmpty()));
  v1::EndEnrollmentRequest end;
  end.set_name("clinics/riverside/enrollments/ana");
  end.set_reason(v1::END_REASON_DECEASED);
  const auto ended = Call(*client->enrollments, &v1::EnrollmentService::Stub::EndEnrollment, end);
  ASSERT_TRUE(ended.ok()) << ended.status.error_message();
  EXPECT_EQ(ended->enrollment().state(), v1::ENROLLMENT_STATE_ENDED);

  Advance(*client, "riverside", "2027-03-04T18:00:00Z");
  EXPECT_THAT(LeaseAll(*client, "riverside"), IsEmpty());
  const v1::GetTimelineResponse timeline = Timeline("ana");
  for (const v1::Reminder& reminder : timeline.reminders()) {
    if (ToTime(reminder.due_time()) <= At("2026-03-04T18:00:00Z") && reminder.state() != v1::REMINDER_STATE_CANCELLED) {
      EXPECT_TRUE(IsEnd(reminder.state())) << reminder.DebugString();
      continue;
    }
    EXPECT_EQ(reminder.state(), v1::REMINDER_STATE_CANCELLED) << reminder.DebugString();
    EXPECT_EQ(reminder.reason(), v1::REMINDER_REASON_ENROLLMENT_ENDED);
  }
}

}  // namespace
}  // namespace aftercare::e2e
