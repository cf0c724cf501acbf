#ifndef AFTERCARE_TESTS_HISTORY_INDEX_H_
#define AFTERCARE_TESTS_HISTORY_INDEX_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/timestamp.pb.h"
#include "tests/history/history.pb.h"

namespace aftercare::history {

// One line of a clinic's log.
struct Line {
  int position = 0;
  const v1::Event* event = nullptr;
};

// A change that somebody asked for, in one call or, where no answer came, in several.
struct Wish {
  Change change;
  int64_t asked = std::numeric_limits<int64_t>::max();     // the first time
  int64_t answered = std::numeric_limits<int64_t>::max();  // when it was first known to have happened
  bool done = false;
  bool refused = false;
  bool unknown = false;

  bool possible() const { return done || (unknown && !refused); }
};

// A lease as its gateway saw it.
struct Held {
  const Observation* observation = nullptr;
  const v1::Lease* lease = nullptr;
  int64_t expire = 0;  // with all extensions; in microseconds
  std::vector<const Observation*> reports;
};

// How late, or early, a clinic's clock may have been at a moment.
class ClockBounds {
 public:
  void Start(bool sandbox, int64_t first_micros);
  void Asked(int64_t order, int64_t micros) { asked_.emplace_back(order, micros); }
  void Done(int64_t order, int64_t micros) { done_.emplace_back(order, micros); }
  // To be called after the last of them.
  void Sort();

  // When the call was made it was at least that late; when it had ended at most that.
  int64_t AtLeast(const Observation& call) const;
  int64_t AtMost(const Observation& call) const;

 private:
  using Steps = std::vector<std::pair<int64_t, int64_t>>;
  int64_t Before(const Steps& steps, int64_t order) const;

  bool sandbox_ = false;
  int64_t first_ = 0;
  Steps asked_;
  Steps done_;
};

// A history, by names. It refers to the history, which must outlive it.
struct Index {
  explicit Index(const History& history);

  const History& history;
  std::map<std::string, const Clinic*> clinics;
  std::map<std::string, ClockBounds> clocks;            // by clinic
  std::map<std::string, std::vector<Line>> reminders;   // by reminder: its events
  std::map<std::string, std::vector<Line>> enrollments;  // by enrollment: its own events, not its reminders'
  std::map<std::string, Wish> wishes;                   // by request id
  std::map<std::string, std::vector<const Wish*>> wishes_for;  // by what they are about
  std::map<std::string, Held> held;                     // by lease id
  std::map<std::string, std::vector<const Held*>> holders;  // by reminder
  std::map<std::string, const v1::Enrollment*> last_enrollments;
  std::map<std::string, const v1::Reminder*> last_reminders;  // of the timelines

  const ClockBounds& ClockOf(const std::string& name) const;
  // Null if there is none.
  const Held* FindHeld(const std::string& lease_id) const;
  // The lease that such an event tells of.
  const Held* HolderOf(const v1::ReminderChange& change) const;
  // Whether a report of that outcome, for any lease of the reminder, may have been taken.
  bool MayHaveBeenReported(const std::string& reminder, v1::DeliveryOutcome outcome) const;
  // Whether such a change of `name` may have happened.
  bool MayHaveHappened(const std::string& name, Change::Kind kind) const;

 private:
  void AddLogs();
  void AddObservations();
  void AddLeases();
};

int64_t Micros(const google::protobuf::Timestamp& time);

// `clinics/{clinic}` of any name.
std::string ClinicOf(const std::string& name);
// The enrollment of a reminder.
std::string EnrollmentOf(const std::string& reminder);

bool IsTerminal(v1::ReminderState state);
// Whether it left: sent, and whatever became of it then.
bool IsSent(v1::ReminderState state, v1::ReminderReason reason);
// DUE, WINDOW_CLOSED.
std::string Word(v1::ReminderState state);
std::string Word(v1::ReminderReason reason);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_INDEX_H_
