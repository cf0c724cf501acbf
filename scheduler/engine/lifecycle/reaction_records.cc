#include "scheduler/engine/lifecycle/reaction_records.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "aftercare/record/v1/plan_history.pb.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"

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
// has or had, by index.
std::vector<int> FindRecords(const EnrollmentContext& context, const plan::CompiledRule& rule, const std::string& id,
                             absl::CivilMinute nominal) {
  std::vector<int> found;
  if (!rule.IsReaction()) return found;
  std::vector<absl::TimeZone> zones = {context.facts.zone};
  for (const record::v1::EarlierFacts& facts : context.row.history.earlier_facts()) {
    if (const auto zone = plan::FindZone(facts.time_zone())) zones.push_back(*zone);
  }
  const auto& records = context.row.history.reactions();
  for (int i = 0; i < records.size(); ++i) {
    const bool made = records[i].rule() == id && std::any_of(zones.begin(), zones.end(), [&](absl::TimeZone zone) {
                        return Made(records[i], rule, nominal, zone);
                      });
    if (made) found.push_back(i);
  }
  return found;
}

// Returns the first of these records that is not withdrawn, else the first that is. Null if there is none. Points into
// the context.
const ReactionRecord* FindReaction(const EnrollmentContext& context, const plan::CompiledRule& rule,
                                   const std::string& id, absl::CivilMinute nominal) {
  const auto& records = context.row.history.reactions();
  const std::vector<int> found = FindRecords(context, rule, id, nominal);
  for (const int index : found) {
    if (!records[index].withdrawn()) return &records[index];
  }
  return found.empty() ? nullptr : &records[found.front()];
}

const ReactionRecord* FindReaction(const EnrollmentContext& context, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  if (rule.rule < 0 || !rule.compiled().IsReaction()) return nullptr;
  return FindReaction(context, rule.compiled(), row.key.rule, OccurrenceOf(context, row).nominal);
}

std::string NameOf(const EnrollmentContext& context, const ReactionRecord* record) {
  if (record == nullptr) return "";
  if (!record->reply().empty()) return ReplyNameOf(context.row.clinic, record->reply());
  if (record->reminder().empty()) return "";
  return absl::StrCat(EnrollmentNameOf(context.row.clinic, context.row.enrollment), "/reminders/", record->reminder());
}

}  // namespace

std::string CauseOf(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  return NameOf(context, FindReaction(context, context.pathway->rule(occurrence.rule),
                                      context.pathway->rule_source(occurrence.rule).id(), occurrence.nominal));
}

std::string CauseOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  return NameOf(context, FindReaction(context, row));
}

std::vector<int> RecordsOf(const EnrollmentContext& context, const plan::Occurrence& occurrence) {
  return FindRecords(context, context.pathway->rule(occurrence.rule),
                     context.pathway->rule_source(occurrence.rule).id(), occurrence.nominal);
}

bool IsCauseWithdrawn(const EnrollmentContext& context, const store::ReminderRow& row) {
  const ReactionRecord* const record = FindReaction(context, row);
  return record != nullptr && record->withdrawn();
}

}  // namespace aftercare::engine
