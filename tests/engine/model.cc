#include "tests/engine/model.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/deliveries.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

void Model::Enrol(const std::string& enrollment, bool consented, int contact_points,
                  const std::vector<Intended>& plan) {
  patients_[enrollment] = {consented, contact_points, false};
  for (const Intended& intended : plan) {
    Reminder reminder;
    reminder.enrollment = enrollment;
    reminder.rule = intended.rule;
    reminder.number = intended.number;
    reminder.for_care_team = intended.for_care_team;
    reminder.due = intended.due;
    reminder.expire = intended.expire;
    if (intended.expire <= now_) {
      reminder.Become(v1::REMINDER_STATE_EXPIRED, v1::REMINDER_REASON_LATE_ENROLLMENT);
    } else {
      reminder.due = std::max(intended.due, now_);
    }
    reminders_[absl::StrCat(enrollment, "/reminders/", intended.rule, ".", intended.number)] = reminder;
  }
  FireAll();
}

int Model::FireAll() {
  int fired = 0;
  for (auto& [name, reminder] : reminders_) {
    if (reminder.state != v1::REMINDER_STATE_SCHEDULED || reminder.due > now_) continue;
    ++fired;
    const Patient& patient = patients_[reminder.enrollment];
    if (!reminder.for_care_team && !patient.consented) {
      reminder.Become(v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_NO_CONSENT);
    } else if (!reminder.for_care_team && patient.contact_points == 0) {
      reminder.Become(v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_NO_CONTACT_POINT);
    } else {
      reminder.Become(v1::REMINDER_STATE_DUE);
      reminder.available = reminder.due;
    }
  }
  return fired;
}

Model::Advanced Model::AdvanceTo(absl::Time now) {
  now_ = now;
  Advanced advanced;
  advanced.fired = FireAll();
  for (auto& [name, reminder] : reminders_) {
    if (reminder.for_care_team || !reminder.waits() || reminder.expire > now_) continue;
    reminder.Become(v1::REMINDER_STATE_EXPIRED, v1::REMINDER_REASON_WINDOW_CLOSED);
    ++advanced.expired;
  }
  return advanced;
}

std::vector<Model::Leased> Model::Lease(size_t max, absl::Duration duration) {
  std::vector<Reminder*> leasable;
  for (auto& [name, reminder] : reminders_) {
    if (!reminder.for_care_team && reminder.waits() && reminder.available <= now_ && now_ < reminder.expire) {
      leasable.push_back(&reminder);
    }
  }
  std::sort(leasable.begin(), leasable.end(), [](const Reminder* a, const Reminder* b) {
    return std::tie(a->available, a->enrollment, a->rule, a->number) <
           std::tie(b->available, b->enrollment, b->rule, b->number);
  });
  if (leasable.size() > max) leasable.resize(max);
  std::vector<Leased> leases;
  for (Reminder* reminder : leasable) {
    reminder->Become(v1::REMINDER_STATE_LEASED);
    reminder->available = std::min(now_ + duration, reminder->expire);
    leases.push_back({absl::StrCat(reminder->enrollment, "/reminders/", reminder->rule, ".", reminder->number),
                      ++reminder->leases, reminder->available, reminder->contact_point});
  }
  return leases;
}

std::string Model::Report(const std::string& name, int attempt, v1::DeliveryOutcome outcome) {
  Reminder& reminder = reminders_.at(name);
  if (outcome == v1::DELIVERY_OUTCOME_SENT) {
    // A sent message cannot be unsent; what the patient has answered stays answered.
    if (reminder.state != v1::REMINDER_STATE_COMPLETED) reminder.Become(v1::REMINDER_STATE_SENT);
    return "OK";
  }
  const bool holds =
      reminder.state == v1::REMINDER_STATE_LEASED && reminder.leases == attempt && now_ < reminder.available;
  if (!holds) return "FAILED_PRECONDITION/LEASE_LOST";
  reminder.Become(v1::REMINDER_STATE_DUE);
  reminder.available = now_;
  if (outcome == v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE) {
    if (++reminder.failures == 8) {
      reminder.Become(v1::REMINDER_STATE_FAILED, v1::REMINDER_REASON_ATTEMPTS_EXHAUSTED);
    }
    const absl::Duration pause = RetryPause(reminder.failures, StableHash(name));
    reminder.available = now_ + absl::Floor(pause, absl::Microseconds(1));
  } else if (outcome == v1::DELIVERY_OUTCOME_PERMANENT_FAILURE) {
    reminder.failures = 0;
    if (++reminder.contact_point == patients_.at(reminder.enrollment).contact_points) {
      reminder.Become(v1::REMINDER_STATE_FAILED, v1::REMINDER_REASON_REJECTED_BY_CHANNEL);
    }
  }
  return "OK";
}

std::string Model::Complete(const std::string& name) {
  Reminder& reminder = reminders_.at(name);
  switch (reminder.state) {
    case v1::REMINDER_STATE_SCHEDULED:
    case v1::REMINDER_STATE_DUE:
    case v1::REMINDER_STATE_LEASED:
    case v1::REMINDER_STATE_SENT:
    case v1::REMINDER_STATE_COMPLETED:
      reminder.Become(v1::REMINDER_STATE_COMPLETED);
      return "OK";
    default:
      return "FAILED_PRECONDITION/INVALID_TRANSITION";
  }
}

std::string Model::End(const std::string& enrollment) {
  Patient& patient = patients_.at(enrollment);
  if (patient.ended) return "FAILED_PRECONDITION/ENROLLMENT_ENDED";
  patient.ended = true;
  for (auto& [name, reminder] : reminders_) {
    if (reminder.enrollment != enrollment) continue;
    if (reminder.state == v1::REMINDER_STATE_SCHEDULED || reminder.waits()) {
      reminder.Become(v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_ENROLLMENT_ENDED);
    }
  }
  return "OK";
}

std::map<std::string, std::string> Model::Standings() const {
  std::map<std::string, std::string> standings;
  for (const auto& [name, reminder] : reminders_) {
    standings[name] = absl::StrCat(Standing(reminder.state, reminder.reason), " after ", reminder.leases, " leases");
  }
  return standings;
}

std::vector<std::string> Model::Unfinished() const {
  std::vector<std::string> names;
  for (const auto& [name, reminder] : reminders_) {
    const bool waits = reminder.state == v1::REMINDER_STATE_SCHEDULED || reminder.waits();
    if (waits && !(reminder.for_care_team && reminder.state == v1::REMINDER_STATE_DUE)) names.push_back(name);
  }
  return names;
}

std::vector<absl::Time> Model::Edges() const {
  std::vector<absl::Time> edges;
  for (const auto& [name, reminder] : reminders_) {
    if (reminder.state == v1::REMINDER_STATE_SCHEDULED) edges.push_back(reminder.due);
    if (reminder.waits()) edges.insert(edges.end(), {reminder.available, reminder.expire});
  }
  const auto is_past = [this](absl::Time edge) { return edge <= now_; };
  edges.erase(std::remove_if(edges.begin(), edges.end(), is_past), edges.end());
  std::sort(edges.begin(), edges.end());
  return edges;
}

}  // namespace aftercare::engine
