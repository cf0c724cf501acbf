#include "scheduler/engine/lifecycle/reaction_records.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/reminder_name.h"

namespace aftercare::engine {
namespace {

using record::v1::ReactionRecord;

// Returns whether a record made an occurrence with this nominal time, in the zone that the patient had then.
bool Made(const ReactionRecord& record, const plan::CompiledRule& rule, absl::CivilMinute nominal, absl::TimeZone zone) {
  const absl::CivilMinute answered = absl::ToCivilMinute(absl::FromUnixMicros(record.time_micros()), zone);
  if (absl::CivilDay(answered) + rule.on.front().days != absl::CivilDay(nominal)) return false;
  return !rule.at_answer || (answered.hour() == nominal.hour() && answered.minute() == nominal.minute());
}

// Returns the records of what set off a reminder of a rule, given its nominal time in one of the zones that the patient
// has or had: in their order, those that are withdrawn last. By their index in the enrollment's history.
std::vector<int> FindRecords(const EnrollmentContext& context, const plan::CompiledRule& rule, const std::string& id,
                             absl::CivilMinute nominal) {
  if (!rule.IsReaction()) return {};
  std::vector<absl::TimeZone> zones = {context.facts.zone};
  for (const record::v1::EarlierFacts& facts : context.row.history.earlier_facts()) {
    if (const auto zone = plan::FindZone(facts.time_zone())) zones.push_back(*zone);
  }
  std::vector<int> found;
  const auto& records = context.row.history.reactions();
  for (int i = 0; i < records.size(); ++i) {
    const bool made = records[i].rule() == id && std::any_of(zones.begin(), zones.end(), [&](absl::TimeZone zone) {
                        return Made(records[i], rule, nominal, zone);
                      });
    if (made) found.push_back(i);
  }
  std::stable_partition(found.begin(), found.end(), [&](int index) { return !records[index].withdrawn(); });
  return found;
}

// The same by the records themselves, which point into the context.
std::vector<const ReactionRecord*> FindReactions(const EnrollmentContext& context, const plan::CompiledRule& rule,
                                                 const std::string& id, absl::CivilMinute nominal) {
  std::vector<const ReactionRecord*> found;
  for (const int index : FindRecords(context, rule, id, nominal)) {
    found.push_back(&context.row.history.reactions(index));
  }
  return found;
}

std::vector<const ReactionRecord*> FindReactions(const EnrollmentContext& context, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  if (rule.rule < 0 || !rule.compiled().IsReaction()) return {};
  return FindReactions(context, rule.compiled(), row.key.rule, OccurrenceOf(context, row).nominal);
}

// Names what the first of these records is about.
std::string CauseIn(const EnrollmentContext& context, const std::vector<const ReactionRecord*>& records) {
  if (records.empty()) return "";
  const ReactionRecord& record = *records.front();
  if (!record.reply().empty()) return ReplyNameOf(context.row.clinic, record.reply());
  if (record.reminder().empty()) return "";
  return absl::StrCat(EnrollmentNameOf(context.row.clinic, context.row.enrollment), "/reminders/", record.reminder());
}

}  // namespace

std::string ReminderIdOf(const store::ReminderKey& key) {
  return absl::StrCat(key.rule, ".", plan::FormatNameCode(key.code));
}

std::string CauseOf(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  return CauseIn(context, FindReactions(context, context.pathway->rule(occurrence.rule),
                                        context.pathway->rule_source(occurrence.rule).id(), occurrence.nominal));
}

std::string CauseOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  return CauseIn(context, FindReactions(context, row));
}

std::vector<std::string> CausingReminders(const EnrollmentContext& context, const store::ReminderRow& row) {
  std::vector<std::string> reminders;
  for (const ReactionRecord* const record : FindReactions(context, row)) {
    if (!record->reminder().empty()) reminders.push_back(record->reminder());
  }
  return reminders;
}

std::vector<int> RecordsOf(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  return FindRecords(context, context.pathway->rule(occurrence.rule),
                     context.pathway->rule_source(occurrence.rule).id(), occurrence.nominal);
}

bool OutlivesPlan(const EnrollmentContext& context, const store::ReminderRow& row) {
  if (!IsOpen(row.state)) return false;
  const int present = context.pathway->FindRule(row.key.rule);
  if (present < 0) return false;
  const plan::CompiledRule& rule = context.pathway->rule(present);
  return rule.IsReaction() && rule.audience == v1::AUDIENCE_CARE_TEAM && !IsCauseWithdrawn(context, row);
}

bool IsCauseWithdrawn(const EnrollmentContext& context, const store::ReminderRow& row) {
  const std::vector<const ReactionRecord*> records = FindReactions(context, row);
  return !records.empty() && records.front()->withdrawn();
}

}  // namespace aftercare::engine
