#ifndef AFTERCARE_TESTS_PLAN_MATCHING_WORLD_H_
#define AFTERCARE_TESTS_PLAN_MATCHING_WORLD_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "scheduler/plan/match.h"

// A small world in which Match decides what a patient is sent: simple rules, one patient, the time. It sends what comes
// due, and its facts can change. Tests write dates as `03-04` and local times as `03-04 12:00`, all of the year 2026.
namespace aftercare::plan {

// A rule of the world. Tests make one with the functions below and then change its fields.
struct WorldRule {
  enum class Repeat { kOn, kDaily, kWeekly, kMonthly };

  std::string id;
  std::string series;
  Repeat repeat = Repeat::kDaily;
  std::vector<int> days;      // For kOn the offsets, otherwise the first and the last (for kMonthly, of the months).
  std::vector<int> weekdays;  // For kWeekly. 0 is Monday.
  std::vector<int> times;     // Minutes since midnight.

  // The window ends after `window_hours`; if that is 0, at the time of day `until`; if that is 0, with the local day
  // that is `window_days` after the nominal one.
  int window_hours = 0;
  int until = 0;
  int window_days = 0;

  bool supersede = false;

  // Counts from the appointment of this visit. Empty: from the procedure.
  std::string visit;

  // Makes the rule a nudge, which has no days: it comes so many hours after each occurrence of the series `follows`.
  std::string follows;
  int delay_hours = 0;
};

// Times are apart by spaces: "08:00 20:00".
WorldRule On(const std::string& id, std::vector<int> days, const std::string& times);
WorldRule Daily(const std::string& id, int first, int last, const std::string& times);
WorldRule Weekly(const std::string& id, std::vector<int> weekdays, const std::string& times);
WorldRule Monthly(const std::string& id, int first, int last, const std::string& times);

struct WorldFacts {
  absl::CivilDay date;
  std::string zone;
  std::vector<WorldRule> rules;
  std::map<std::string, absl::CivilMinute> appointments;  // When each visit that is booked begins, in the zone.
};

// The facts with one of them changed. `start` is when the appointment of the visit `visit` begins.
WorldFacts WithDate(WorldFacts facts, const std::string& date);
WorldFacts WithZone(WorldFacts facts, const std::string& zone);
WorldFacts WithRules(WorldFacts facts, std::vector<WorldRule> rules);
WorldFacts Booked(WorldFacts facts, const std::string& start);

absl::CivilDay Date(const std::string& text);
absl::CivilMinute Local(const std::string& text);

// What becomes of a message that comes due.
enum class Outcome {
  kSent,
  kAnswered,
  kFailed,
  kExpired,
  kLeased,
  kWaits,  // It stays due.
};

class MatchingWorld {
 public:
  using Decide = std::function<Outcome(const WorldRule& rule, absl::CivilMinute nominal)>;

  // `now` is a local time.
  MatchingWorld(const WorldFacts& facts, absl::CivilMinute now);
  MatchingWorld(const WorldFacts& facts, const std::string& now) : MatchingWorld(facts, Local(now)) {}

  MatchingWorld(const MatchingWorld&) = delete;
  MatchingWorld& operator=(const MatchingWorld&) = delete;

  // Lets time pass and sends what comes due. Returns that in order, each as `ice 03-05 08:00`: the rule, and when it
  // was sent by the patient's clock.
  std::vector<std::string> PlayUntil(const std::string& local, const Decide& decide = AllSent);
  std::vector<std::string> PlayUntil(absl::Time end, const Decide& decide);

  // Changes the facts. `keep_sent` says that the change of date is a slip of the pen.
  void Change(const WorldFacts& facts, bool keep_sent = false);

  // Calls off the occurrence of a rule on a local day.
  void CallOff(const std::string& rule, absl::CivilDay date);

  // Reports that what was leased was sent. It counts from its lease.
  void ReportAllSent();

  // Returns true if something is leased, or was when a change took it out of the plan.
  bool HasLeases() const;

  // What is covered: `name covers 03-05 08:00`, ordered. Open reminders are left out unless `open`.
  std::vector<std::string> Covers(bool open = false) const;

  // When each occurrence that nothing covers will be sent, as PlayUntil writes it.
  std::vector<std::string> Due() const;

  const WorldFacts& facts() const { return facts_; }
  absl::Time now() const { return now_; }
  MatchFacts match_facts() const;
  const std::vector<Telling>& plan() const { return plan_; }
  std::vector<StoredReminder> reminders() const;

  static Outcome AllSent(const WorldRule&, absl::CivilMinute) { return Outcome::kSent; }

 private:
  struct Row {
    StoredReminder reminder;
    bool leased = false;
    bool answered = false;
  };

  // A message that will be sent: when, and the occurrence.
  struct Next {
    absl::Time time;
    int occurrence = 0;
  };

  absl::string_view Keep(const std::string& text);
  absl::Time InstantOf(absl::CivilMinute local) const;
  std::string Shown(int occurrence, absl::Time time) const;
  absl::Time WindowEnd(const WorldRule& rule, absl::CivilMinute nominal, absl::Time instant) const;
  std::vector<absl::CivilDay> DaysOf(const WorldRule& rule, absl::CivilDay anchor) const;
  void AddOccurrence(int rule, absl::CivilMinute nominal, absl::Time instant, std::optional<Line> line);
  void AddNudges(int rule);
  void MakePlan();

  // Matches, and derives from that what will be sent.
  void Derive();
  std::optional<absl::Time> TimeToSend(int occurrence) const;
  bool NotWanted(int occurrence) const;
  bool LatestOfItsSeries(int occurrence) const;
  const Row* FindRow(int occurrence, Standing standing) const;
  void ExpireRows();
  std::string NameFor(int occurrence) const;
  Row* RowToSend(int occurrence);
  void Send(int occurrence, Outcome outcome, std::set<int>* waiting);

  WorldFacts facts_;
  absl::TimeZone zone_;
  absl::Time now_;
  std::set<std::string> texts_;  // What the views in rows and plans refer to.
  std::vector<Telling> plan_;
  std::vector<int> rule_of_;      // The rule of each occurrence.
  std::vector<int> question_of_;  // For a nudge, the occurrence that it follows. Otherwise -1.
  std::vector<Row> rows_;
  std::vector<std::optional<int>> covers_;  // Of each row.
  std::vector<const Row*> covered_by_;      // Of each occurrence.
  std::vector<Next> next_;                  // Ordered.
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_TESTS_PLAN_MATCHING_WORLD_H_
