#include "scheduler/engine/planning/passed_occurrences.h"

#include <algorithm>

namespace aftercare::engine {

bool PassedOccurrences::IsOld(size_t index, bool had_row, absl::FunctionRef<int(size_t)> cover_of) const {
  const plan::Occurrence& occurrence = tellings_.occurrences()[index];
  const plan::Telling& telling = tellings_.tellings()[index];
  if (occurrence.due > now_ || occurrence.expire <= now_) return false;
  if (context_.pathway->rule(occurrence.rule).supersede && NewerStands(telling, cover_of)) return true;
  return !telling.line && !had_row && (!IsLatest(telling) || HeardSince(telling));
}

// Returns whether a newer reminder of the same series was sent that stands.
bool PassedOccurrences::NewerStands(const plan::Telling& telling, absl::FunctionRef<int(size_t)> cover_of) const {
  const plan::MatchFacts facts{context_.facts.procedure_date, context_.facts.zone};
  for (size_t i = 0; i < stored_.size(); ++i) {
    const plan::StoredReminder& stored = stored_[i];
    if (stored.standing != plan::Standing::kTold || !IsSameSeriesAndAnchor(stored.telling, telling)) continue;
    const int cover = cover_of(i);
    const absl::Time instant = cover < 0 ? stored.telling.instant : tellings_.tellings()[cover].instant;
    // What was completed ahead of its time does not count before its time.
    const bool is_ahead = instant > now_ && stored.time < rows_[i].due;
    if (instant > telling.instant && !is_ahead && plan::StandsForProcedure(stored, facts)) return true;
  }
  return false;
}

// Returns whether no later occurrence of the series has passed too.
bool PassedOccurrences::IsLatest(const plan::Telling& telling) const {
  const auto& planned = tellings_.tellings();
  return std::none_of(planned.begin(), planned.end(), [&](const plan::Telling& other) {
    return other.instant > telling.instant && other.instant <= now_ && IsSameSeriesAndAnchor(other, telling);
  });
}

// Returns whether the patient was told something of the series since the occurrence's time.
bool PassedOccurrences::HeardSince(const plan::Telling& telling) const {
  return std::any_of(stored_.begin(), stored_.end(), [&](const plan::StoredReminder& stored) {
    return stored.standing == plan::Standing::kTold && IsSameSeriesAndAnchor(stored.telling, telling) &&
           (stored.telling.instant > telling.instant || stored.time >= telling.instant);
  });
}

}  // namespace aftercare::engine
