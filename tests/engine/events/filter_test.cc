#include "scheduler/engine/events/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Filter Make(const std::string& text, absl::string_view clinic = "north") {
  plan::FieldErrors errors;
  Filter filter = Filter::Make(FromText<v1::ReminderFilter>(text), clinic, &errors);
  for (const plan::FieldError& error : errors) ADD_FAILURE() << error.field << " " << error.description;
  return filter;
}

std::vector<std::string> FaultsOf(const v1::ReminderFilter& message, absl::string_view clinic = "north") {
  plan::FieldErrors errors;
  Filter::Make(message, clinic, &errors);
  std::vector<std::string> fields;
  for (const plan::FieldError& error : errors) fields.push_back(error.field);
  return fields;
}

v1::Event IceEvent() {
  return FromText<v1::Event>(R"pb(
    type: EVENT_TYPE_REMINDER_CHANGED
    enrollment: "clinics/north/enrollments/e"
    patient: "p-1"
    reminder {
      phase: "acute" category: "cooling" audience: AUDIENCE_PATIENT channel: CHANNEL_SMS
      state: REMINDER_STATE_DUE due_time { seconds: 1000 }
    }
  )pb");
}

TEST(FilterTest, EveryBadFieldIsNamed) {
  v1::ReminderFilter message = FromText<v1::ReminderFilter>(R"pb(
    patient: "a b" enrollment: "clinics/south/enrollments/e" phases: ["acute", "No"] categories: ["", "ok"]
    states: [REMINDER_STATE_DUE, REMINDER_STATE_UNSPECIFIED]
    due_from { seconds: -1 } due_before { nanos: 1000000000 }
  )pb");
  message.set_audience(static_cast<v1::Audience>(77));
  message.set_channel(static_cast<v1::Channel>(77));
  message.add_states(static_cast<v1::ReminderState>(77));
  EXPECT_THAT(FaultsOf(message),
              ElementsAre("filter.patient", "filter.enrollment", "filter.phases[1]", "filter.categories[0]",
                          "filter.audience", "filter.channel", "filter.states[1]", "filter.states[2]",
                          "filter.due_from", "filter.due_before"));
}

TEST(FilterTest, MoreThanFiftyWordsAreRefused) {
  v1::ReminderFilter message;
  for (int i = 0; i < 50; ++i) message.add_phases("p");
  EXPECT_THAT(FaultsOf(message), IsEmpty());
  message.add_phases("p");
  EXPECT_THAT(FaultsOf(message), ElementsAre("filter.phases"));
}

TEST(FilterTest, AnEnrollmentOfAnyClinicMayBeNamedWhereAllAreAsked) {
  EXPECT_THAT(FaultsOf(FromText<v1::ReminderFilter>(R"(enrollment: "clinics/south/enrollments/e")"), ""), IsEmpty());
}

TEST(FilterTest, AnEnrollmentIsNotThatOfTheSameIdInAnotherClinic) {
  const Filter filter = Make(R"(enrollment: "clinics/south/enrollments/e")", "");
  EnrollmentContext context;
  context.row.clinic = "south";
  context.row.enrollment = "e";
  EXPECT_TRUE(filter.MatchesEnrollment(context));
  context.row.clinic = "north";
  EXPECT_FALSE(filter.MatchesEnrollment(context));
}

TEST(FilterTest, AnEmptyFilterMatchesEverything) {
  Filter filter = Make("");
  EXPECT_TRUE(filter.MatchesEvent(IceEvent()));
  EXPECT_TRUE(filter.MatchesEvent(FromText<v1::Event>(R"(type: EVENT_TYPE_ENROLLMENT_CREATED patient: "p")")));
  EXPECT_TRUE(filter.MatchesState(v1::REMINDER_STATE_SUPPRESSED));
  EXPECT_THAT(filter.states(), IsEmpty());
}

TEST(FilterTest, EachConditionMatchesWhatHasItAndNothingElse) {
  const std::pair<const char*, const char*> conditions[] = {
      {R"(patient: "p-1")", R"(patient: "p-2")"},
      {R"(enrollment: "clinics/north/enrollments/e")", R"(enrollment: "clinics/north/enrollments/f")"},
      {R"(phases: ["later", "acute"])", R"(phases: ["later"])"},
      {R"(categories: ["cooling"])", R"(categories: ["rest"])"},
      {"audience: AUDIENCE_PATIENT", "audience: AUDIENCE_CARE_TEAM"},
      {"channel: CHANNEL_SMS", "channel: CHANNEL_EMAIL"},
      {"states: [REMINDER_STATE_SENT, REMINDER_STATE_DUE]", "states: [REMINDER_STATE_SENT]"},
      {"due_from { seconds: 1000 }", "due_from { seconds: 1000 nanos: 1 }"},
      {"due_before { seconds: 1000 nanos: 1 }", "due_before { seconds: 1000 }"},
  };
  for (const auto& [matching, other] : conditions) {
    EXPECT_TRUE(Make(matching).MatchesEvent(IceEvent())) << matching;
    EXPECT_FALSE(Make(other).MatchesEvent(IceEvent())) << other;
  }
}

TEST(FilterTest, AllConditionsMustHold) {
  EXPECT_TRUE(Make(R"(patient: "p-1" phases: ["acute"])").MatchesEvent(IceEvent()));
  EXPECT_FALSE(Make(R"(patient: "p-1" phases: ["later"])").MatchesEvent(IceEvent()));
}

TEST(FilterTest, EventsOfEnrollmentsPassUnlessTheFilterIsAboutReminders) {
  const v1::Event event = FromText<v1::Event>(
      R"(type: EVENT_TYPE_ENROLLMENT_ENDED enrollment: "clinics/north/enrollments/e" patient: "p-1")");
  EXPECT_TRUE(Make(R"(patient: "p-1")").MatchesEvent(event));
  EXPECT_TRUE(Make(R"(enrollment: "clinics/north/enrollments/e")").MatchesEvent(event));
  EXPECT_FALSE(Make(R"(patient: "p-2")").MatchesEvent(event));
  for (const char* about : {R"(phases: ["acute"])", R"(categories: ["cooling"])", "audience: AUDIENCE_PATIENT",
                            "channel: CHANNEL_SMS", "states: [REMINDER_STATE_DUE]", "due_from { seconds: 1 }",
                            "due_before { seconds: 9 }"}) {
    EXPECT_FALSE(Make(about).MatchesEvent(event)) << about;
  }
}

TEST(FilterTest, AChangeOfTheClinicPassesUnlessTheFilterIsAboutReminders) {
  const v1::Event event = FromText<v1::Event>(R"(type: EVENT_TYPE_CLINIC_UPDATED clinic { name: "clinics/north" })");
  EXPECT_TRUE(Make("").MatchesEvent(event));
  EXPECT_TRUE(Make(R"(patient: "p-1")").MatchesEvent(event));
  EXPECT_TRUE(Make(R"(enrollment: "clinics/north/enrollments/e")").MatchesEvent(event));
  EXPECT_FALSE(Make(R"(patient: "p-1" states: [REMINDER_STATE_DUE])").MatchesEvent(event));
  EXPECT_FALSE(Make(R"(phases: ["acute"])").MatchesEvent(event));
}

TEST(FilterTest, ATestClockAndAPathwayConcernNoPatient) {
  for (const char* text : {R"(type: EVENT_TYPE_CLINIC_CLOCK_MOVED clinic { name: "clinics/north" })",
                           R"(type: EVENT_TYPE_PATHWAY_REVISED pathway { name: "clinics/north/pathways/knee" })"}) {
    const v1::Event event = FromText<v1::Event>(text);
    EXPECT_TRUE(Make("").MatchesEvent(event)) << text;
    for (const char* filter : {R"(patient: "p-1")", R"(enrollment: "clinics/north/enrollments/e")",
                               "states: [REMINDER_STATE_DUE]"}) {
      EXPECT_FALSE(Make(filter).MatchesEvent(event)) << text << " " << filter;
    }
  }
}

TEST(FilterTest, TheDueWindowIncludesItsBeginningAndNotItsEnd) {
  const Filter filter = Make("due_from { seconds: 10 } due_before { seconds: 20 }");
  EXPECT_FALSE(filter.MatchesDue(absl::FromUnixSeconds(10) - absl::Microseconds(1)));
  EXPECT_TRUE(filter.MatchesDue(absl::FromUnixSeconds(10)));
  EXPECT_TRUE(filter.MatchesDue(absl::FromUnixSeconds(20) - absl::Microseconds(1)));
  EXPECT_FALSE(filter.MatchesDue(absl::FromUnixSeconds(20)));
}

TEST(FilterTest, RulesMatchByPhaseCategoryAndAudienceOfEachPathway) {
  plan::FieldErrors errors;
  v1::Pathway other = KneePathway();
  other.mutable_rules(0)->set_category("other");
  const auto knee = plan::CompiledPathway::Compile(KneePathway(), &errors);
  const auto renamed = plan::CompiledPathway::Compile(other, &errors);
  Filter cooling = Make(R"(categories: ["cooling"])");
  EXPECT_TRUE(cooling.MatchesRule(knee, 0));
  EXPECT_FALSE(cooling.MatchesRule(renamed, 0));
  EXPECT_FALSE(cooling.MatchesRule(knee, 2));
  Filter tasks = Make("audience: AUDIENCE_CARE_TEAM");
  EXPECT_FALSE(tasks.MatchesRule(knee, 0));
  EXPECT_TRUE(tasks.MatchesRule(knee, 1));
  Filter later = Make(R"(phases: ["later"])");
  EXPECT_FALSE(later.MatchesRule(knee, 1));
  EXPECT_TRUE(later.MatchesRule(knee, 2));
}

}  // namespace
}  // namespace aftercare::engine
