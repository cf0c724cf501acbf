#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_FILTER_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_FILTER_H_

#include <bitset>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "aftercare/v1/event.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/field_errors.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::engine {

// A ReminderFilter, checked and made quick to ask. Copies are cheap enough for one a call; not thread safe.
class Filter {
 public:
  // Every fault is added to `errors`, its field beginning with `filter.`. `clinic` is the one asked about; "" for all.
  static Filter Make(const v1::ReminderFilter& filter, absl::string_view clinic, plan::FieldErrors* errors);

  const std::string& patient() const { return message_.patient(); }
  const std::string& enrollment() const { return enrollment_; }  // id
  std::optional<absl::Time> due_from() const { return due_from_; }
  std::optional<absl::Time> due_before() const { return due_before_; }
  std::vector<v1::ReminderState> states() const;

  // Whether anything in this state can match.
  bool MatchesState(v1::ReminderState state) const { return states_.none() || states_[state]; }
  // Whether anything of this rule can match: phase, category, audience.
  bool MatchesRule(const std::shared_ptr<const plan::CompiledPathway>& pathway, int rule) {
    return Rules(pathway)[rule];
  }
  // The rules of which something can match, by index.
  const std::bitset<plan::kMaxRules>& Rules(const std::shared_ptr<const plan::CompiledPathway>& pathway);
  bool MatchesChannel(v1::Channel channel) const {
    return message_.channel() == v1::CHANNEL_UNSPECIFIED || channel == message_.channel();
  }
  bool MatchesDue(absl::Time due) const {
    return (!due_from_ || due >= *due_from_) && (!due_before_ || due < *due_before_);
  }
  bool MatchesEnrollment(const EnrollmentContext& context) const;
  // Whether every line of the log passes; the whole filter on one line.
  bool MatchesAll() const;
  bool MatchesEvent(const v1::Event& event) const;

 private:
  bool MatchesWords(absl::string_view phase, absl::string_view category, v1::Audience audience) const;
  bool NamesReminders() const;

  v1::ReminderFilter message_;
  std::string enrollment_clinic_;
  std::string enrollment_;
  std::optional<absl::Time> due_from_;
  std::optional<absl::Time> due_before_;
  std::bitset<16> states_;
  absl::flat_hash_map<std::shared_ptr<const plan::CompiledPathway>, std::bitset<plan::kMaxRules>> rules_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_FILTER_H_
