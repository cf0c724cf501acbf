#ifndef AFTERCARE_TESTS_ENGINE_ENROLLMENTS_VISITING_H_
#define AFTERCARE_TESTS_ENGINE_ENROLLMENTS_VISITING_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

// What the tests of visits share: a sandbox with a pathway of two visits, and patients on it.
namespace aftercare::engine {

// Returns a pathway with two visits. For a procedure on 2029-03-01 in UTC, the target of month-6 is 1 September 2029, a
// Saturday, and its window is 25 August to 22 September. The target of month-9 is 1 December, and its window is that
// day only. These reminders are for month-6, depending on the state of the visit. The day is the date of the visit.
//   unbooked    book.2029-08-04 and book.2029-08-18 at 10:00, each to the end of the second day after; the task
//               check.2029-08-18 at 09:00
//   booked      remind at 08:00 seven days before the day, one day before and on the day, each to the end of the second
//               day after
//   missed      missed and the task call at 08:00 of the day, to the end of the sixth day after
//   cancelled   again at 08:00, 180 days before the day, to the end of the day
inline v1::Pathway VisitPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Visits"
    default_locale: "en"
    phases { id: "later" display_name: "Later" span { months { first: 6 last: 12 } } }
    visits { id: "month-9" display_name: "9-month visit" target { months: 9 } }
    visits {
      id: "month-6" display_name: "6-month visit" target { months: 6 } days_before: 7 days_after: 21
      duration { seconds: 2700 }
    }
    rules {
      id: "book" phase: "later" category: "visit" visit { visit: "month-6" state: VISIT_STATE_UNBOOKED }
      schedule { on { days: -28 } on { days: -14 } times: "10:00" window { days: 2 } }
      texts { key: "en" value: "Book your {visit}, {visit_date}." }
    }
    rules {
      id: "check" phase: "later" category: "visit" audience: AUDIENCE_CARE_TEAM
      visit { visit: "month-6" state: VISIT_STATE_UNBOOKED }
      schedule { on { days: -14 } times: "09:00" window { days: 13 } }
      texts { key: "en" value: "Book a visit for {first_name}." }
    }
    rules {
      id: "remind" phase: "later" category: "visit" visit { visit: "month-6" state: VISIT_STATE_BOOKED }
      schedule { on { days: -7 } on { days: -1 } on {} times: "08:00" window { days: 2 } }
      texts { key: "en" value: "Your {visit} is on {visit_date} at {visit_time}." }
    }
    rules {
      id: "missed" phase: "later" category: "visit" visit { visit: "month-6" state: VISIT_STATE_MISSED }
      schedule { on {} times: "08:00" window { days: 6 } }
      texts { key: "en" value: "You missed your {visit}." }
    }
    rules {
      id: "call" phase: "later" category: "visit" audience: AUDIENCE_CARE_TEAM
      visit { visit: "month-6" state: VISIT_STATE_MISSED }
      schedule { on {} times: "08:00" window { days: 6 } }
      texts { key: "en" value: "{first_name} missed a visit." }
    }
    rules {
      id: "again" phase: "later" category: "visit" visit { visit: "month-6" state: VISIT_STATE_CANCELLED }
      schedule { on { days: -180 } times: "08:00" window { days: 180 } }
      texts { key: "en" value: "Book another visit." }
    }
  )pb");
}

inline constexpr char kVisit[] = "clinics/box/enrollments/ana/visits/month-6";

// A sandbox with VisitPathway, at 12:00 UTC on the day of the procedure, and the enrollment `ana`.
class VisitsTest : public SandboxFixture {
 protected:
  VisitsTest() : SandboxFixture({.pathway = VisitPathway(), .now = At("2029-03-01T12:00")}) {
    ana_ = world_.Enrol("box", "ana", KneePatient("box"));
  }

  void AdvanceTo(const std::string& time) { Until(time); }

  static v1::ScheduleVisitRequest Booking(const std::string& start, const std::string& name = kVisit) {
    v1::ScheduleVisitRequest request;
    request.set_name(name);
    request.set_start_local_time(start);
    return request;
  }
  absl::StatusOr<v1::ScheduleVisitResponse> Schedule(const v1::ScheduleVisitRequest& request) {
    return world_.Call(&Engine::visits, &Visits::Schedule, request);
  }
  // Books the visit at a local time, which is UTC.
  v1::ScheduleVisitResponse Book(const std::string& start, const std::string& name = kVisit) {
    return Good(Schedule(Booking(start, name)));
  }
  absl::StatusOr<v1::RecordVisitOutcomeResponse> TryRecord(v1::VisitState outcome, const std::string& name = kVisit) {
    v1::RecordVisitOutcomeRequest request;
    request.set_name(name);
    request.set_outcome(outcome);
    return world_.Call(&Engine::visits, &Visits::RecordOutcome, request);
  }
  v1::RecordVisitOutcomeResponse Record(v1::VisitState outcome) { return Good(TryRecord(outcome)); }

  absl::StatusOr<v1::ListVisitsResponse> TryList(const std::string& parent, int page_size = 100,
                                                 const std::string& page_token = "",
                                                 const std::vector<v1::VisitState>& states = {}) {
    v1::ListVisitsRequest request;
    request.set_parent(parent);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    for (const v1::VisitState state : states) request.add_states(state);
    return world_.Call(&Engine::visits, &Visits::List, request);
  }
  // Returns the visit kVisit as a list shows it.
  v1::Visit Visit() {
    const v1::ListVisitsResponse listed = Good(TryList(ana_));
    for (const v1::Visit& visit : listed.visits()) {
      if (visit.name() == kVisit) return visit;
    }
    ADD_FAILURE() << "no visit";
    return {};
  }

  // Returns a reminder's state and due time in UTC, as `DUE 2029-09-02T08:00`.
  std::string Of(const std::string& reminder) { return SandboxFixture::Of(reminder, "ana"); }
  // Returns every reminder of the timeline as `book.2029-08-04 DUE`. Fails the test unless a list has the same
  // ones.
  std::vector<std::string> All() {
    std::vector<std::string> all;
    const v1::GetTimelineResponse timeline = world_.Timeline(ana_);
    for (const v1::Reminder& reminder : timeline.reminders()) {
      all.push_back(absl::StrCat(IdOf(reminder.name()), " ", StateAndReason(reminder)));
    }
    std::vector<std::string> listed;
    v1::ReminderFilter filter;
    filter.set_enrollment(ana_);
    for (const v1::Reminder& reminder : world_.ListAll("box", filter, 2)) {
      listed.push_back(absl::StrCat(IdOf(reminder.name()), " ", StateAndReason(reminder)));
    }
    std::vector<std::string> a = all, b = listed;
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    EXPECT_EQ(a, b);
    return all;
  }

  // Leases all that may be leased and reports it sent. Returns the reminders' ids.
  std::vector<std::string> SendAll() { return world_.SendAll("box"); }

  // Returns the counts of moved, added, dropped and already sent reminders, in this order.
  static std::vector<int64_t> Counts(const v1::PlanDiff& diff) {
    return {diff.moved_count(), diff.added_count(), diff.dropped_count(), diff.already_sent_count()};
  }

  std::string ana_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_ENROLLMENTS_VISITING_H_
