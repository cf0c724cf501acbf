#ifndef AFTERCARE_SCHEDULER_ENGINE_EVENTS_FILTER_H_
#define AFTERCARE_SCHEDULER_ENGINE_EVENTS_FILTER_H_

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
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::engine {

// A validated ReminderFilter, prepared for fast matching. List, Count, Watch and Lease share it. Cheap enough to copy
// once per call. Not thread safe: Rules and MatchesRule remember which rules match.
class Filter {
 public:
  // Validates `filter`. Adds every error to `errors`, with a field that begins with `filter.`; the result must then not
  // be used. `clinic` is the clinic of the request, which an enrollment in the filter must belong to, or empty for all.
  static Filter Make(const v1::ReminderFilter& filter, absl::string_view clinic, plan::FieldErrors* errors);

  const std::string& patient() const { return message_.patient(); }
  const std::string& enrollment() const { return enrollment_; }  // an id, without the clinic
  std::optional<absl::Time> due_from() const { return due_from_; }
  std::optional<absl::Time> due_before() const { return due_before_; }
  std::vector<v1::ReminderState> states() const;

  bool MatchesState(v1::ReminderState state) const { return states_.none() || states_[state]; }

  // Returns whether reminders of the rule can match, by its phase, category and audience.
  bool MatchesRule(const std::shared_ptr<const plan::CompiledPathway>& pathway, int rule) {
    return Rules(pathway)[rule];
  }
  // Returns whether a stored reminder can match, by its phase, category and audience. The category of a task is that of
  // its last escalation step.
  bool MatchesRow(const EnrollmentContext& context, const store::ReminderRow& row);
  // Returns the rules for which MatchesRule holds, by index.
  const std::bitset<plan::kMaxRules>& Rules(const std::shared_ptr<const plan::CompiledPathway>& pathway);

  bool MatchesChannel(v1::Channel channel) const {
    return message_.channel() == v1::CHANNEL_UNSPECIFIED || channel == message_.channel();
  }
  bool MatchesDue(absl::Time due) const {
    return (!due_from_ || due >= *due_from_) && (!due_before_ || due < *due_before_);
  }
  bool MatchesEnrollment(const EnrollmentContext& context) const;

  // Returns whether an event of the log passes the whole filter. An event that is not about a reminder passes only if
  // the filter asks for nothing but a patient or an enrollment.
  bool MatchesEvent(const v1::Event& event) const;
  // Returns whether the filter is empty, so that every event passes.
  bool MatchesAll() const;

 private:
  bool MatchesWords(absl::string_view phase, absl::string_view category, v1::Audience audience) const;
  // Returns whether the filter asks for something that only reminders have: anything but a patient or an enrollment.
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

#endif  // AFTERCARE_SCHEDULER_ENGINE_EVENTS_FILTER_H_
