#ifndef AFTERCARE_TESTS_ENGINE_MODEL_H_
#define AFTERCARE_TESTS_ENGINE_MODEL_H_

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/reminder.pb.h"

namespace aftercare::engine {

// What the engine promises, in the plainest words there are: every reminder of every patient is kept, and every
// question is answered by looking at all of them. Knows nothing of the engine's tables, indexes and transitions.
class Model {
 public:
  // One reminder as the pathway means it, before anybody is enrolled.
  struct Intended {
    std::string rule;
    int number = 0;
    bool for_care_team = false;
    absl::Time due;
    absl::Time expire;
  };

  struct Leased {
    std::string reminder;
    int attempt = 0;
    absl::Time expire;
    int contact_point = 0;
    friend bool operator==(const Leased&, const Leased&) = default;
  };

  struct Advanced {
    int fired = 0;
    int expired = 0;
    friend bool operator==(const Advanced&, const Advanced&) = default;
  };

  explicit Model(absl::Time now) : now_(now) {}

  void Enrol(const std::string& enrollment, bool consented, int contact_points, const std::vector<Intended>& plan);
  Advanced AdvanceTo(absl::Time now);
  std::vector<Leased> Lease(size_t max, absl::Duration duration);

  // These answer `OK` or an error as ErrorOf writes it.
  std::string Report(const std::string& reminder, int attempt, v1::DeliveryOutcome outcome);
  std::string Complete(const std::string& reminder);
  std::string End(const std::string& enrollment);

  absl::Time now() const { return now_; }

  // `DUE after 2 leases`, by name.
  std::map<std::string, std::string> Standings() const;

  // Names of what is not at its end; tasks that are due do not count.
  std::vector<std::string> Unfinished() const;

  // The instants after now at which something happens of itself.
  std::vector<absl::Time> Edges() const;

 private:
  struct Patient {
    bool consented = false;
    int contact_points = 0;
    bool ended = false;
  };

  struct Reminder {
    std::string enrollment;
    std::string rule;
    int number = 0;
    bool for_care_team = false;
    absl::Time due;
    absl::Time expire;
    v1::ReminderState state = v1::REMINDER_STATE_SCHEDULED;
    v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
    absl::Time available;  // from when it may be leased
    int leases = 0;
    int failures = 0;
    int contact_point = 0;

    bool waits() const { return state == v1::REMINDER_STATE_DUE || state == v1::REMINDER_STATE_LEASED; }
    void Become(v1::ReminderState new_state, v1::ReminderReason new_reason = v1::REMINDER_REASON_UNSPECIFIED) {
      state = new_state;
      reason = new_reason;
    }
  };

  int FireAll();

  absl::Time now_;
  std::map<std::string, Patient> patients_;
  std::map<std::string, Reminder> reminders_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_MODEL_H_
