#ifndef AFTERCARE_TESTS_ENGINE_ENROLLMENTS_TOLD_WORLD_H_
#define AFTERCARE_TESTS_ENGINE_ENROLLMENTS_TOLD_WORLD_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/engine/world.h"

// What the tests of changes of facts share: a patient whose messages are sent as they come due, whose facts change, and
// a record of what was sent.
namespace aftercare::engine {

// ---- Rules. Days and months count from the procedure. The category of a rule is its id.

// On every `interval`-th day.
v1::Rule Daily(const std::string& id, int first_day, int last_day, const std::vector<std::string>& times,
               int interval = 1);
// Every week from day 0 to `last_day`.
v1::Rule Weekly(const std::string& id, const std::vector<v1::Weekday>& weekdays, const std::string& time,
                int last_day = 30);
// On the monthly dates from the first to the last month, both included.
v1::Rule Monthly(const std::string& id, int first_month, int last_month, const std::string& time);
// On single days, in ascending order.
v1::Rule On(const std::string& id, const std::vector<int>& days, const std::vector<std::string>& times);
// Adds fields in text format, for example `series: 'ice'` or `schedule { window { hours: 2 } }`.
v1::Rule With(v1::Rule rule, const std::string& fields);
// Makes an `on` rule count from a visit.
v1::Rule OfVisit(const std::string& visit, const std::string& state, v1::Rule rule);

// Returns a pathway with these rules, the factor `severity` (mild, the default, or severe) and two visits. The target
// of `operation` is the procedure date: while it is not booked, its rules send messages before the procedure. The
// target of `review` is day 90. A rule may name the group `group`.
v1::Pathway PathwayOf(const std::vector<v1::Rule>& rules);

// Plays the histories of seeds in a world, until one fails. Every run plays the same `count`, so that its result says
// something about the change under test. AFTERCARE_SEED repeats one; AFTERCARE_HISTORIES plays that many new ones.
void PlayHistories(uint64_t count, const std::function<void(World& world, uint64_t seed)>& play);

// A message as it was sent.
struct SentMessage {
  absl::Time time;
  std::string id;    // of the reminder, as `ice.2026-03-04`
  std::string rule;
  std::string text;
};

// One patient in a sandbox of her own, and the gateway that sends her messages. All dates are of the year 2026, and all
// times are local times in the patient's present zone, as `03-04 08:00`. Changes of facts are previewed first; the test
// fails if the preview differs from what the change then says. For one thread.
class ToldWorld {
 public:
  struct Start {
    std::string procedure_date;  // `2026-03-02`
    std::string enrolled;        // `03-02 10:00`
    std::vector<v1::Rule> rules;
    std::string zone = "America/New_York";
  };
  // Enrols the patient in the new sandbox `clinic`. `world` must outlive this object.
  ToldWorld(World& world, const std::string& clinic, const Start& start);

  absl::Time now() const { return now_; }
  absl::TimeZone zone() const { return zone_; }
  const std::string& enrollment() const { return enrollment_; }
  // Returns all that was sent, in order.
  const std::vector<SentMessage>& sent() const { return sent_; }

  // Reads a local time.
  absl::Time Local(const std::string& text) const;
  // Writes a local time.
  std::string Shown(absl::Time time) const;

  // ---- Time and the gateway

  // Moves time on and sends everything as it comes due, but not the rule `except`. Returns what was sent, as
  // `ice 03-04 08:00`, ordered by time, then by rule.
  std::vector<std::string> Play(const std::string& until, const std::string& except = "");
  // Moves time on and sends nothing.
  void Skip(const std::string& until) { MoveTo(Local(until)); }
  // Moves time on, and calls `gateway` now and at every instant at which something may come due or expire. With an
  // infinite `end`, ends when nothing is left to come.
  void PlayUntil(absl::Time end, const std::function<void()>& gateway);
  // Leases what is due, for one hour. `rule` limits it to one rule.
  std::vector<v1::Lease> LeaseDue(const std::string& rule = "");
  // Reports a leased message sent.
  void ReportSent(const v1::Lease& lease);
  // Lets what is due of one rule fail for good.
  void FailDue(const std::string& rule);

  // ---- Changes

  v1::PlanDiff ChangeDate(const std::string& date, bool keep_sent = false);
  v1::PlanDiff ChangeZone(const std::string& zone);
  v1::PlanDiff ChangeSeverity(const std::string& severity);
  // Changes other facts, given as fields of an enrollment in text format.
  v1::PlanDiff ChangeFields(const std::string& fields);
  // Makes a revision with these rules and migrates the patient.
  v1::PlanDiff Revise(const std::vector<v1::Rule>& rules);
  // Books the visit `review`, or moves it.
  v1::PlanDiff Book(const std::string& start);

  // The parts of the changes above. Update and Schedule preview, then apply. NewRevision returns the revision's number.
  v1::PlanDiff Update(v1::UpdateEnrollmentRequest request);
  v1::PlanDiff Schedule(absl::Time start);
  int NewRevision(const std::vector<v1::Rule>& rules);

  // ---- Reminders

  // Returns the whole timeline.
  std::vector<v1::Reminder> Reminders();
  std::string NameOf(const std::string& id) const;
  std::string StateOf(const std::string& id) { return world_.StateOf(NameOf(id)); }
  // Calls a reminder off.
  void CallOff(const std::string& id);
  void Complete(const std::string& id);

  // Returns the changes of one kind, as `ice.2026-03-17 03-17 08:00` with the new due time if there is one.
  std::vector<std::string> Changes(const v1::PlanDiff& diff, v1::PlanChangeKind kind) const;

 private:
  void MoveTo(absl::Time time);
  void SendDue(const std::string& except);
  std::optional<absl::Time> NextWake();
  // Fails the test unless lists, counts and the timeline agree.
  v1::PlanDiff Checked(v1::PlanDiff diff);

  World& world_;
  const std::string clinic_;
  std::string enrollment_;
  absl::TimeZone zone_;
  absl::Time now_;
  std::vector<std::string> rules_;  // ids of all revisions
  std::vector<SentMessage> sent_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_ENROLLMENTS_TOLD_WORLD_H_
