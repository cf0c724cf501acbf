#include "scheduler/engine/lifecycle/covers.h"

#include "scheduler/plan/reminder_name.h"

namespace aftercare::engine {

std::optional<OccurrenceKey> CoverOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  if (row.cover && row.cover->code == 0) return std::nullopt;
  const bool is_own_rule = !row.cover || row.cover->rule.empty();
  const int rule = context.pathway->FindRule(is_own_rule ? row.key.rule : row.cover->rule);
  if (rule < 0) return std::nullopt;
  if (row.cover) return OccurrenceKey{rule, row.cover->code};
  if (plan::DecodeName(row.key.code)) return OccurrenceKey{rule, plan::WithoutCount(row.key.code)};
  // A row of a database that numbered reminders covers the occurrence of its number.
  plan::Occurrence occurrence;
  const plan::Plan plan(*context.pathway, context.facts);
  if (!plan.Find(rule, static_cast<int>(row.key.code), &occurrence)) return std::nullopt;
  return KeyOf(context, occurrence);
}

bool SetCover(const EnrollmentContext& context, const std::optional<OccurrenceKey>& cover, store::ReminderRow* row) {
  std::optional<store::Cover> stored;
  if (!cover) {
    stored = store::Cover{"", 0};
  } else {
    const std::string& rule = context.pathway->rule_source(cover->rule).id();
    const bool is_own_rule = rule == row->key.rule;
    const bool is_own = is_own_rule && plan::DecodeName(row->key.code) &&
                        plan::WithoutCount(row->key.code) == cover->code;
    if (!is_own) stored = store::Cover{is_own_rule ? "" : rule, cover->code};
  }
  if (row->cover == stored) return false;
  row->cover = std::move(stored);
  return true;
}

bool FindByName(const EnrollmentContext& context, const plan::Plan& plan, const store::ReminderKey& key,
                plan::Occurrence* occurrence) {
  const int rule = context.pathway->FindRule(key.rule);
  std::optional<plan::NamedTime> named = plan::DecodeName(key.code);
  if (rule < 0 || !named) return false;
  named->count = 1;
  if (plan.FindNamed(rule, plan::EncodeName(*named), occurrence)) return true;
  const auto& times = context.pathway->rule(rule).times;
  if (!named->minute && times.size() > 1) {
    named->minute = times[0];
  } else if (named->minute && times.size() == 1 && times[0] == *named->minute) {
    named->minute.reset();
  } else {
    return false;
  }
  return plan.FindNamed(rule, plan::EncodeName(*named), occurrence);
}

TakenNames::TakenNames(const std::vector<store::ReminderRow>& rows) {
  codes_.reserve(rows.size());
  for (const store::ReminderRow& row : rows) codes_.insert({row.key.rule, row.key.code});
}

int64_t TakenNames::FreeCode(absl::string_view rule, int64_t code) const {
  for (int count = 1; count < plan::kMaxNameCount && codes_.contains({rule, code}); ++count) {
    code = plan::WithCount(code, count + 1);
  }
  return code;
}

}  // namespace aftercare::engine
