#include "scheduler/plan/pathway.h"

#include <algorithm>

#include "scheduler/plan/civil.h"
#include "scheduler/plan/text_validation.h"

namespace aftercare::plan {

int CompiledPathway::Find(const Ids& ids, absl::string_view id) {
  const auto found = ids.find(id);
  return found == ids.end() ? -1 : found->second;
}

const CompiledText& CompiledPathway::TextFor(int rule, absl::string_view locale) const {
  const auto& texts = rules_[rule].texts;
  const auto in = [&texts](absl::string_view wanted) {
    return std::find_if(texts.begin(), texts.end(), [wanted](const auto& text) { return text.locale == wanted; });
  };
  if (IsValidLocale(locale)) {
    const std::string normal = NormalizeLocale(locale);
    for (absl::string_view wanted = normal; !wanted.empty(); wanted = ParentLocale(wanted)) {
      const auto found = in(wanted);
      if (found != texts.end()) return *found;
    }
  }
  return *in(default_locale_);  // Every rule has a text in it.
}

absl::CivilDay DateOf(const DayOffset& offset, absl::CivilDay anchor) {
  return (offset.months == 0 ? anchor : AddMonths(anchor, offset.months)) + offset.days;
}

DateRange PhaseDates(const CompiledPathway& pathway, int phase, absl::CivilDay procedure_date) {
  const DaySpan& span = pathway.phase_span(phase);
  return {DateOf(span.first, procedure_date), DateOf(span.last, procedure_date)};
}

}  // namespace aftercare::plan
