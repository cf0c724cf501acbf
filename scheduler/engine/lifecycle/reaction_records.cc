#include "scheduler/engine/lifecycle/reaction_records.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

// Returns whether a record made an occurrence: the nominal time follows from when the answer came.
bool Made(const record::v1::ReactionRecord& record, const plan::CompiledRule& rule, const plan::Occurrence& occurrence,
          absl::TimeZone zone) {
  const absl::CivilMinute answered = absl::ToCivilMinute(absl::FromUnixMicros(record.time_micros()), zone);
  const absl::CivilMinute nominal = occurrence.nominal;
  if (absl::CivilDay(answered) + rule.on.front().days != absl::CivilDay(nominal)) return false;
  return !rule.at_answer || (answered.hour() == nominal.hour() && answered.minute() == nominal.minute());
}

}  // namespace

const record::v1::ReactionRecord* FindReaction(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  if (occurrence.rule < 0 || occurrence.rule >= context.pathway->rule_count()) return nullptr;
  const plan::CompiledRule& rule = context.pathway->rule(occurrence.rule);
  if (!rule.IsReaction()) return nullptr;
  const std::string& id = context.pathway->rule_source(occurrence.rule).id();
  const record::v1::ReactionRecord* found = nullptr;
  for (const record::v1::ReactionRecord& record : context.row.history.reactions()) {
    if (record.rule() != id || !Made(record, rule, occurrence, context.facts.zone)) continue;
    if (!record.withdrawn()) return &record;
    if (found == nullptr) found = &record;
  }
  return found;
}

std::string CauseOf(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  const record::v1::ReactionRecord* const record = FindReaction(context, occurrence);
  if (record == nullptr) return "";
  if (!record->reply().empty()) return ReplyNameOf(context.row.clinic, record->reply());
  if (record->reminder().empty()) return "";
  return absl::StrCat(EnrollmentNameOf(context.row.clinic, context.row.enrollment), "/reminders/", record->reminder());
}

bool IsCauseWithdrawn(const EnrollmentContext& context, const store::ReminderRow& row) {
  plan::Occurrence occurrence = OccurrenceOf(context, row);
  occurrence.rule = context.pathway->FindRule(row.key.rule);
  const record::v1::ReactionRecord* const record = FindReaction(context, occurrence);
  return record != nullptr && record->withdrawn();
}

}  // namespace aftercare::engine
