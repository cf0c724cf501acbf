#include "scheduler/engine/planning/heard_reminders.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/lifecycle/transitions.h"

namespace aftercare::engine {
namespace {

bool IsSameSeries(const Heard& heard, const plan::Telling& telling) {
  return heard.stored.telling.series == telling.series && heard.stored.telling.visit == telling.visit;
}

absl::CivilMinute TimeOfDay(absl::CivilMinute time) {
  return absl::CivilMinute(1970, 1, 1) + (time - absl::CivilMinute(absl::CivilDay(time)));
}

}  // namespace

HeardReminders::HeardReminders(const EnrollmentContext& context, const plan::PlanTellings& tellings,
                               const std::vector<store::ReminderRow>& rows)
    : context_(context), told_(context, tellings) {
  for (const store::ReminderRow& row : rows) {
    if (StandingOf(row) == plan::Standing::kTold) heard_.push_back({&row, told_.Read(row)});
  }
}

// Returns the number of days from the anchor to the day of a telling.
int64_t HeardReminders::OffsetOf(const plan::PatientFacts& facts, const plan::CompiledPathway& pathway,
                                 const plan::Telling& telling) const {
  const int visit = telling.visit.empty() ? -1 : pathway.FindVisit(telling.visit);
  return absl::CivilDay(telling.nominal) - (visit < 0 ? facts.procedure_date : facts.visits[visit].anchor);
}

const Heard* HeardReminders::ToldBefore(const plan::Telling& telling) {
  const Heard* best = nullptr;
  const int64_t offset = OffsetOf(context_.facts, *context_.pathway, telling);
  const plan::MatchFacts facts{context_.facts.procedure_date, context_.facts.zone};
  const auto rank = [&](const Heard& one) {
    return std::pair(TimeOfDay(one.stored.telling.nominal) == TimeOfDay(telling.nominal), one.stored.time);
  };
  for (const Heard& heard : heard_) {
    if (!IsSameSeries(heard, telling) || CoverOf(context_, *heard.row)) continue;
    const plan::Telling& was = heard.stored.telling;
    const bool is_alone = was.line.has_value() && !was.gap.has_value();
    const bool is_same_line = was.line.has_value() && was.line == telling.line;
    const bool is_same_day = OffsetOf(told_.FactsOf(*heard.row), told_.PathwayOf(*heard.row), was) == offset;
    const bool is_other =
        was.start.has_value() || was.start != telling.start || !plan::StandsForProcedure(heard.stored, facts);
    if (!is_other || !(is_alone || is_same_line || is_same_day)) continue;
    if (best == nullptr || rank(*best) < rank(heard)) best = &heard;
  }
  return best;
}

bool HeardReminders::IsToldOn(absl::CivilDay day, const plan::Telling& telling) const {
  return std::any_of(heard_.begin(), heard_.end(), [&](const Heard& heard) {
    return IsSameSeries(heard, telling) && absl::ToCivilDay(heard.stored.time, context_.facts.zone) == day;
  });
}

const Heard* HeardReminders::LastOf(absl::string_view visit) const {
  const Heard* last = nullptr;
  for (const Heard& heard : heard_) {
    const plan::Telling& telling = heard.stored.telling;
    if (telling.visit != visit || !telling.start) continue;
    const RowRule rule = RuleOf(context_, *heard.row);
    if (rule.rule >= 0 && rule.compiled().audience == v1::AUDIENCE_CARE_TEAM) continue;
    if (last == nullptr || last->stored.time < heard.stored.time) last = &heard;
  }
  return last;
}

}  // namespace aftercare::engine
