#include "scheduler/engine/events/filter.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxWords = 50;

bool Contains(const google::protobuf::RepeatedPtrField<std::string>& words, absl::string_view word) {
  return words.empty() || std::find(words.begin(), words.end(), word) != words.end();
}

void CheckWords(absl::string_view field, const google::protobuf::RepeatedPtrField<std::string>& words,
                plan::FieldErrors* errors) {
  if (words.size() > kMaxWords) errors->push_back({std::string(field), "must have at most 50 entries"});
  for (int i = 0; i < words.size(); ++i) {
    if (!IsPathwayId(words[i])) errors->push_back({absl::StrCat(field, "[", i, "]"), "must be an id of a pathway"});
  }
}

std::optional<absl::Time> ReadInstant(absl::string_view field, bool is_set,
                                      const google::protobuf::Timestamp& timestamp, plan::FieldErrors* errors) {
  if (!is_set) return std::nullopt;
  if (!plan::IsInstant(timestamp)) {
    errors->push_back({std::string(field), "must be an instant from 1970 to 9999"});
  }
  // Reminders are due at whole microseconds; in between, the next one divides them in the same way.
  return absl::FromUnixMicros(absl::ToUnixMicros(plan::ToTime(timestamp) + absl::Nanoseconds(999)));
}

}  // namespace

Filter Filter::Make(const v1::ReminderFilter& message, absl::string_view clinic, plan::FieldErrors* errors) {
  Filter filter;
  filter.message_ = message;
  if (!message.patient().empty() && !IsForeignId(message.patient())) {
    errors->push_back({"filter.patient", "must be 1 to 64 letters, digits, '.', '_' or '-'"});
  }
  if (!message.enrollment().empty()) {
    const auto name = ParseEnrollmentName(message.enrollment());
    if (!name || (!clinic.empty() && name->clinic != clinic)) {
      errors->push_back({"filter.enrollment", "must be {parent}/enrollments/{enrollment}"});
    } else {
      filter.enrollment_clinic_ = name->clinic;
      filter.enrollment_ = name->enrollment;
    }
  }
  CheckWords("filter.phases", message.phases(), errors);
  CheckWords("filter.categories", message.categories(), errors);
  if (!v1::Audience_IsValid(message.audience())) errors->push_back({"filter.audience", "must be a known audience"});
  if (!v1::Channel_IsValid(message.channel())) errors->push_back({"filter.channel", "must be a known channel"});
  for (int i = 0; i < message.states_size(); ++i) {
    if (!v1::ReminderState_IsValid(message.states(i)) || message.states(i) == v1::REMINDER_STATE_UNSPECIFIED) {
      errors->push_back({absl::StrCat("filter.states[", i, "]"), "must be a known state"});
    } else {
      filter.states_.set(message.states(i));
    }
  }
  filter.due_from_ = ReadInstant("filter.due_from", message.has_due_from(), message.due_from(), errors);
  filter.due_before_ = ReadInstant("filter.due_before", message.has_due_before(), message.due_before(), errors);
  return filter;
}

std::vector<v1::ReminderState> Filter::states() const {
  std::vector<v1::ReminderState> states;
  for (size_t i = 0; i < states_.size(); ++i) {
    if (states_[i]) states.push_back(static_cast<v1::ReminderState>(i));
  }
  return states;
}

bool Filter::MatchesWords(absl::string_view phase, absl::string_view category, v1::Audience audience) const {
  return Contains(message_.phases(), phase) && Contains(message_.categories(), category) &&
         (message_.audience() == v1::AUDIENCE_UNSPECIFIED || message_.audience() == audience);
}

const std::bitset<plan::kMaxRules>& Filter::Rules(const std::shared_ptr<const plan::CompiledPathway>& pathway) {
  const auto [entry, added] = rules_.try_emplace(pathway);
  if (added) {
    for (int i = 0; i < pathway->rule_count(); ++i) {
      const v1::Rule& source = pathway->rule_source(i);
      entry->second[i] = MatchesWords(source.phase(), source.category(), pathway->rule(i).audience);
    }
  }
  return entry->second;
}

bool Filter::MatchesRow(const EnrollmentContext& context, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  if (rule.compiled().escalation.empty()) return MatchesRule(*rule.pathway, rule.rule);
  return MatchesWords(rule.source().phase(), CategoryOf(context, row), rule.compiled().audience);
}

bool Filter::MatchesEnrollment(const EnrollmentContext& context) const {
  return (patient().empty() || patient() == context.row.data.patient()) &&
         (enrollment_.empty() || (enrollment_ == context.row.enrollment && enrollment_clinic_ == context.row.clinic));
}

bool Filter::NamesReminders() const {
  return message_.phases_size() > 0 || message_.categories_size() > 0 ||
         message_.audience() != v1::AUDIENCE_UNSPECIFIED || message_.channel() != v1::CHANNEL_UNSPECIFIED ||
         states_.any() || due_from_ || due_before_;
}

bool Filter::MatchesAll() const {
  return patient().empty() && message_.enrollment().empty() && !NamesReminders();
}

bool Filter::MatchesEvent(const v1::Event& event) const {
  // A change of the clinic may change the reminders of every patient.
  if (event.type() == v1::EVENT_TYPE_CLINIC_UPDATED) return !NamesReminders();
  if (!patient().empty() && patient() != event.patient()) return false;
  if (!message_.enrollment().empty() && message_.enrollment() != event.enrollment()) return false;
  if (!event.has_reminder()) return !NamesReminders();
  const v1::ReminderChange& change = event.reminder();
  return MatchesWords(change.phase(), change.category(), change.audience()) && MatchesChannel(change.channel()) &&
         MatchesState(change.state()) && MatchesDue(plan::ToTime(change.due_time()));
}

}  // namespace aftercare::engine
