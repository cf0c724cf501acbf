#include "scheduler/engine/reminders/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The place of a reminder in lists. `enrollments` are names, in the order of enrolment.
auto PlaceOf(const v1::Reminder& reminder, const std::vector<std::string>& enrollments) {
  const auto key = *ParseReminderName(reminder.name());
  const auto enrolled =
      std::find(enrollments.begin(), enrollments.end(), EnrollmentNameOf(key.clinic, key.enrollment));
  return std::make_tuple(plan::ToTime(reminder.due_time()), enrolled - enrollments.begin(), key.rule, key.code);
}

std::vector<std::string> Texts(const std::vector<v1::Reminder>& reminders) {
  std::vector<std::string> texts;
  for (const v1::Reminder& reminder : reminders) texts.push_back(reminder.ShortDebugString());
  return texts;
}

std::vector<std::string> NamesOf(const std::vector<v1::Reminder>& reminders) {
  std::vector<std::string> names;
  for (const v1::Reminder& reminder : reminders) names.push_back(reminder.name());
  return names;
}

// Patients of every sort in September: past, present and to come.
class ListingTest : public SandboxFixture {
 protected:
  ListingTest() {
    Add("sent", KneePatient("box", "p-1"));
    v1::Enrollment mail = KneePatient("box", "p-2");
    mail.mutable_contact_points()->DeleteSubrange(0, 1);
    Add("mail", mail);
    v1::Enrollment refused = KneePatient("box", "p-3");
    refused.set_consent(v1::CONSENT_REFUSED);
    Add("refused", refused);
    Add("ended", KneePatient("box", "p-1"));
    v1::Enrollment york = KneePatient("box", "p-4");
    york.set_time_zone("America/New_York");
    Add("york", york);
    Add("early", KneePatient("box", "p-5"));
    EXPECT_TRUE(world_.Complete("clinics/box/enrollments/early/reminders/ice.2029-03-02-1500").ok());
    EXPECT_TRUE(world_.Complete("clinics/box/enrollments/early/reminders/visit.2030-02-01").ok());
    EXPECT_TRUE(world_.Complete("clinics/box/enrollments/ended/reminders/visit.2029-09-01").ok());
    EXPECT_TRUE(world_.Complete("clinics/box/enrollments/ended/reminders/visit.2029-11-01").ok());

    world_.Advance("box", At("2029-03-02T09:30"));
    for (const v1::Lease& lease : world_.Lease("box")) {
      if (lease.patient() == "p-1") world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
      if (lease.patient() == "p-2") world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
    }
    world_.Advance("box", At("2029-03-03T12:00"));
    Add("late", KneePatient("box", "p-6"));
    EXPECT_TRUE(world_.End("clinics/box/enrollments/ended").ok());
    world_.Advance("box", At("2029-10-01T11:00"));
    v1::LeaseRemindersRequest one;
    one.set_parent("clinics/box");
    one.set_max_reminders(1);
    world_.Lease(one);
  }

  void Add(const std::string& id, const v1::Enrollment& enrollment) {
    enrollments_.push_back(world_.Enrol("box", id, enrollment));
  }

  // By hand: all timelines, put together.
  std::vector<v1::Reminder> Everything() {
    std::vector<v1::Reminder> all;
    for (const std::string& enrollment : enrollments_) {
      const v1::GetTimelineResponse timeline = world_.Timeline(enrollment);
      all.insert(all.end(), timeline.reminders().begin(), timeline.reminders().end());
    }
    for (v1::Reminder& reminder : all) {  // what lists leave out
      reminder.clear_steps();
      reminder.clear_leased_messages();
    }
    std::sort(all.begin(), all.end(), [this](const auto& a, const auto& b) {
      return PlaceOf(a, enrollments_) < PlaceOf(b, enrollments_);
    });
    return all;
  }

  std::map<std::string, int64_t> Counts(const v1::ReminderFilter& filter) {
    v1::CountRemindersRequest request;
    request.set_parent("clinics/box");
    *request.mutable_filter() = filter;
    const auto response = Good(world_.Call(&Engine::reminders, &Reminders::Count, request));
    std::map<std::string, int64_t> counts;
    int64_t total = 0;
    for (const auto& count : response.counts()) {
      counts[absl::StrCat(count.phase(), " ", v1::ReminderState_Name(count.state()))] = count.count();
      total += count.count();
    }
    EXPECT_EQ(response.total_count(), total);
    return counts;
  }

  static std::map<std::string, int64_t> CountByHand(const std::vector<v1::Reminder>& reminders) {
    std::map<std::string, int64_t> counts;
    for (const v1::Reminder& reminder : reminders) {
      ++counts[absl::StrCat(reminder.phase(), " ", v1::ReminderState_Name(reminder.state()))];
    }
    return counts;
  }

  absl::Status Refusal(const std::string& text) {
    return world_.Call(&Engine::reminders, &Reminders::List, FromText<v1::ListRemindersRequest>(text)).status();
  }

  std::vector<std::string> enrollments_;
};

TEST_F(ListingTest, TheSceneHasRemindersInEveryState) {
  std::set<std::string> standings;
  for (const v1::Reminder& reminder : Everything()) standings.insert(StateAndReason(reminder));
  EXPECT_THAT(standings, ElementsAre("CANCELLED/ENROLLMENT_ENDED", "COMPLETED", "DUE", "EXPIRED/LATE_ENROLLMENT",
                                     "EXPIRED/WINDOW_CLOSED", "FAILED/REJECTED_BY_CHANNEL", "LEASED", "SCHEDULED",
                                     "SENT", "SUPPRESSED/NO_CONSENT"));
}

TEST_F(ListingTest, PastPresentAndFutureComeInOneOrderEachOnce) {
  EXPECT_EQ(Texts(world_.ListAll("box", {}, 1000)), Texts(Everything()));
}

TEST_F(ListingTest, PagesOfEverySizeGiveTheSame) {
  const std::vector<std::string> all = Texts(Everything());
  for (int size : {1, 2, 3, 5, 8, 13, static_cast<int>(all.size()) - 1, static_cast<int>(all.size())}) {
    EXPECT_EQ(Texts(world_.ListAll("box", {}, size)), all) << "pages of " << size;
  }
}

TEST_F(ListingTest, EachFilterGivesWhatFilteringTheWholeListGives) {
  using Predicate = std::function<bool(const v1::Reminder&)>;
  const absl::Time noon = At("2029-03-03T12:00");
  std::vector<std::pair<std::string, Predicate>> filters = {
      {"patient: 'p-1'", [](const auto& r) { return r.patient() == "p-1"; }},
      {"patient: 'p-9'", [](const auto&) { return false; }},
      {"enrollment: 'clinics/box/enrollments/early'",
       [](const auto& r) { return r.name().find("/early/") != std::string::npos; }},
      {"enrollment: 'clinics/box/enrollments/ended' patient: 'p-1'",
       [](const auto& r) { return r.name().find("/ended/") != std::string::npos; }},
      {"enrollment: 'clinics/box/enrollments/ended' patient: 'p-2'", [](const auto&) { return false; }},
      {"enrollment: 'clinics/box/enrollments/nobody'", [](const auto&) { return false; }},
      {"phases: 'later'", [](const auto& r) { return r.phase() == "later"; }},
      {"categories: ['call', 'visit']", [](const auto& r) { return r.category() != "cooling"; }},
      {"audience: AUDIENCE_CARE_TEAM", [](const auto& r) { return r.audience() == v1::AUDIENCE_CARE_TEAM; }},
      {"channel: CHANNEL_EMAIL", [](const auto& r) { return r.channel() == v1::CHANNEL_EMAIL; }},
      {"due_from { seconds: 1867233600 }", [=](const auto& r) { return plan::ToTime(r.due_time()) >= noon; }},
      {"due_before { seconds: 1867233600 }", [=](const auto& r) { return plan::ToTime(r.due_time()) < noon; }},
      {"phases: 'acute' patient: 'p-4' states: REMINDER_STATE_DUE states: REMINDER_STATE_EXPIRED",
       [](const auto& r) {
         return r.phase() == "acute" && r.patient() == "p-4" &&
                (r.state() == v1::REMINDER_STATE_DUE || r.state() == v1::REMINDER_STATE_EXPIRED);
       }},
  };
  for (int state = 1; state <= v1::ReminderState_MAX; ++state) {
    if (!v1::ReminderState_IsValid(state)) continue;
    filters.push_back({absl::StrCat("states: ", v1::ReminderState_Name(state)),
                       [state](const auto& r) { return r.state() == state; }});
    filters.push_back({absl::StrCat("due_from { seconds: 1867233600 } states: ", v1::ReminderState_Name(state)),
                       [=](const auto& r) { return r.state() == state && plan::ToTime(r.due_time()) >= noon; }});
  }
  const std::vector<v1::Reminder> all = Everything();
  for (const auto& [text, matches] : filters) {
    std::vector<v1::Reminder> wanted;
    std::copy_if(all.begin(), all.end(), std::back_inserter(wanted), matches);
    const auto filter = FromText<v1::ReminderFilter>(text);
    EXPECT_EQ(Texts(world_.ListAll("box", filter, 1000)), Texts(wanted)) << text;
    EXPECT_EQ(Texts(world_.ListAll("box", filter, 2)), Texts(wanted)) << text;
    EXPECT_EQ(Counts(filter), CountByHand(wanted)) << text;
  }
}

TEST_F(ListingTest, CountsAreThoseOfTheListByPhaseAndState) { EXPECT_EQ(Counts({}), CountByHand(Everything())); }

TEST_F(ListingTest, PagesStayInStepWhileEverythingChanges) {
  const std::vector<std::string> before = NamesOf(Everything());
  std::vector<v1::Reminder> seen;
  std::string token;
  absl::Time now = At("2029-10-01T11:00");
  do {
    const v1::ListRemindersResponse page = world_.List("box", {}, 3, token);
    seen.insert(seen.end(), page.reminders().begin(), page.reminders().end());
    token = page.next_page_token();
    world_.Advance("box", now += absl::Hours(24 * 9));
    for (const v1::Lease& lease : world_.Lease("box")) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
    EXPECT_TRUE(seen.size() != 12 || world_.End("clinics/box/enrollments/york").ok());
    EXPECT_TRUE(seen.size() != 15 || world_.Complete("clinics/box/enrollments/mail/reminders/visit.2030-01-01").ok());
  } while (!token.empty());
  EXPECT_EQ(NamesOf(seen), before);
}

TEST_F(ListingTest, APageTokenIsGoodOnlyForItsQuery) {
  const std::string token = world_.List("box", {}, 3).next_page_token();
  ASSERT_FALSE(token.empty());
  world_.CreateSandbox("other", At("2029-03-01T08:00"));
  for (const std::string& query :
       {absl::StrCat("parent: 'clinics/other' page_token: '", token, "'"),
        absl::StrCat("parent: 'clinics/box' filter { patient: 'p-1' } page_token: '", token, "'"),
        std::string("parent: 'clinics/box' page_token: 'nonsense'"),
        absl::StrCat("parent: 'clinics/box' page_token: '", world_.List("box").resume_token(), "'")}) {
    EXPECT_THAT(BadFields(Refusal(query)), ElementsAre("page_token")) << query;
  }
  EXPECT_FALSE(world_.List("box", {}, 5, token).reminders().empty()) << "the size of the page may change";
}

TEST_F(ListingTest, PageSizesHaveADefaultAndALimit) {
  EXPECT_EQ(world_.List("box", {}, 0).reminders_size(), std::min<int>(100, Everything().size()));
  EXPECT_THAT(BadFields(Refusal("parent: 'clinics/box' page_size: -1")), ElementsAre("page_size"));
  EXPECT_EQ(world_.List("box", {}, 1'000'000).reminders_size(), static_cast<int>(Everything().size()));
}

TEST_F(ListingTest, EveryBadFieldIsNamed) {
  EXPECT_THAT(BadFields(Refusal("parent: 'box' filter { phases: '!' } page_size: -1 page_token: 'x'")),
              ElementsAre("parent", "filter.phases[0]", "page_size", "page_token"));
  EXPECT_EQ(ErrorOf(Refusal("parent: 'clinics/west'")), "NOT_FOUND/CLINIC_NOT_FOUND");
}

TEST_F(ListingTest, AClinicWithoutPatientsHasNoReminders) {
  world_.CreateSandbox("empty", At("2029-03-01T08:00"));
  EXPECT_THAT(world_.ListAll("empty", {}, 10), IsEmpty());
}

TEST(ListingOrderTest, WhatIsDueAtOneInstantIsInTheOrderOfEnrolmentRuleAndNumber) {
  World world(At("2029-03-01T08:00"));
  world.CreateSandbox("box", At("2029-03-01T08:00"));
  v1::Pathway pathway = KneePathway();
  pathway.mutable_rules()->DeleteSubrange(1, 2);
  pathway.mutable_rules(0)->set_id("z");
  for (const char* id : {"m", "a"}) {
    const v1::Rule rule = pathway.rules(0);
    *pathway.add_rules() = rule;
    pathway.mutable_rules()->rbegin()->set_id(id);
  }
  world.CreatePathway("box", "knee", pathway);
  world.Advance("box", At("2029-03-02T10:00"));  // the first of each day is due at enrollment, together
  const std::vector<std::string> enrollments = {world.Enrol("box", "2", KneePatient("box")),
                                                world.Enrol("box", "1", KneePatient("box"))};
  const std::vector<v1::Reminder> all = world.ListAll("box", {}, 100);
  ASSERT_EQ(all.size(), 36u);
  for (size_t i = 1; i < all.size(); ++i) {
    EXPECT_LT(PlaceOf(all[i - 1], enrollments), PlaceOf(all[i], enrollments));
  }
  EXPECT_EQ(NamesOf(world.ListAll("box", {}, 1)), NamesOf(all));
  world.Advance("box", At("2029-03-03T09:00"));
  EXPECT_EQ(NamesOf(world.ListAll("box", {}, 1)), NamesOf(all));
}

}  // namespace
}  // namespace aftercare::engine
