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

// A change that a client asked for. The client repeats the call, with the same request id, if no answer comes. Times
// here are moments of the history (see Observation in history.proto).
struct Wish {
  Change change;
  int64_t asked = std::numeric_limits<int64_t>::max();     // before the first call
  int64_t answered = std::numeric_limits<int64_t>::max();  // after the first call that acknowledged it
  bool done = false;     // a call acknowledged it
  bool refused = false;  // a call was refused
  bool unknown = false;  // a call had no answer

  // Returns whether the change may have taken effect.
  bool possible() const { return done || (unknown && !refused); }
};

// A lease as its gateway saw it. Refers to the history.
struct Held {
  const Observation* observation = nullptr;
  const v1::Lease* lease = nullptr;
  int64_t expire = 0;  // when the lease ends, with all extensions, in microseconds
  std::vector<const Observation*> reports;
};

// Bounds on the time that a clinic's clock showed during a call. `order` is a moment of the history, `micros` a time in
// microseconds. In real time the bounds come from the host's clock. In a sandbox they come from the calls that advanced
// the test clock.
class ClockBounds {
 public:
  void Start(bool sandbox, int64_t first_micros);
  // Notes that at moment `order` a client asked to advance the test clock to `micros`, or knew that this was done.
  void Asked(int64_t order, int64_t micros) { asked_.emplace_back(order, micros); }
  void Done(int64_t order, int64_t micros) { done_.emplace_back(order, micros); }
  // Must be called after the last Asked and Done, before AtLeast and AtMost.
  void Sort();

  // AtLeast returns a lower bound of the clock when the call began. AtMost returns an upper bound when it had ended.
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

// A history with its entries found by name. Refers to the history, which must outlive it. Immutable, so thread safe.
struct Index {
  explicit Index(const History& history);

  const History& history;
  std::map<std::string, const Clinic*> clinics;
  std::map<std::string, ClockBounds> clocks;            // by clinic
  std::map<std::string, std::vector<Line>> reminders;   // by reminder: its events
  std::map<std::string, std::vector<Line>> enrollments;  // by enrollment: its events without those of its reminders
  std::map<std::string, Wish> wishes;                   // by request id
  std::map<std::string, std::vector<const Wish*>> wishes_for;  // by the name of what the change is about
  std::map<std::string, Held> held;                     // by lease id
  std::map<std::string, std::vector<const Held*>> holders;  // by reminder
  std::map<std::string, std::string> numbers;  // by enrollment: its telephone number
  std::map<std::string, const v1::Enrollment*> last_enrollments;
  std::map<std::string, const v1::Reminder*> last_reminders;  // from the timelines

  const ClockBounds& ClockOf(const std::string& name) const;
  // Returns the lease with that id, or null if there is none.
  const Held* FindHeld(const std::string& lease_id) const;
  // Returns the lease with which the event's attempt was made, or null if no gateway saw it.
  const Held* HolderOf(const v1::ReminderChange& change) const;
  // Returns whether the server may have accepted a report of that outcome for any lease of the reminder.
  bool MayHaveBeenReported(const std::string& reminder, v1::DeliveryOutcome outcome) const;
  // Returns what may have decided whether the enrollment's telephone number may be written to: words from it that count
  // for the clinic, and what the patient told the clinic.
  std::vector<const Wish*> WordsFor(const std::string& enrollment) const;
  // Returns whether a word of either kind may have come from the enrollment's number.
  bool MayHaveWritten(const std::string& enrollment, v1::Consent consent) const;
  // Returns whether a change of that kind to `name` may have taken effect.
  bool MayHaveHappened(const std::string& name, Change::Kind kind) const;

 private:
  void AddLogs();
  void AddObservations();
  void AddLeases();
};

// Returns the time in microseconds since 1970.
int64_t Micros(const google::protobuf::Timestamp& time);

// Returns the name of the clinic that a resource belongs to: `clinics/{clinic}`.
std::string ClinicOf(const std::string& name);
// Returns the name of the enrollment that a reminder belongs to.
std::string EnrollmentOf(const std::string& reminder);

// Returns whether a reminder, given its name, is a task about a sign of danger.
bool IsAlarm(const std::string& reminder);

bool IsTerminal(v1::ReminderState state);
// Returns whether the reminder was sent or completed, including a message that bounced later.
bool IsSent(v1::ReminderState state, v1::ReminderReason reason);
// Return the name of a value without its prefix: `DUE`, `WINDOW_CLOSED`.
std::string Word(v1::ReminderState state);
std::string Word(v1::ReminderReason reason);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_INDEX_H_
