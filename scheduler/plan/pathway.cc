#include "scheduler/plan/pathway.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/types/span.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/pathway_check.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {

int FindIndex(const IdIndex& index, absl::string_view id) {
  const auto found = index.find(id);
  return found == index.end() ? -1 : found->second;
}

std::shared_ptr<const CompiledPathway> CompiledPathway::Compile(const v1::Pathway& pathway, FieldErrors* errors) {
  std::optional<PathwayParts> parts = CheckPathway(pathway, errors);
  if (!parts.has_value()) return nullptr;
  return std::shared_ptr<const CompiledPathway>(new CompiledPathway(*std::move(parts)));
}

bool CompiledPathway::CountsFromNeverTold() const {
  return std::any_of(parts_.rules.begin(), parts_.rules.end(),
                     [](const CompiledRule& rule) { return rule.on_never_told; });
}

const CompiledText& CompiledPathway::TextFor(int rule, absl::string_view locale, bool discreet) const {
  const CompiledRule& compiled = parts_.rules[rule];
  const absl::Span<const CompiledText> texts =
      discreet && !compiled.discreet_texts.empty() ? compiled.discreet_texts : absl::MakeConstSpan(compiled.texts);
  const auto in = [texts](absl::string_view wanted) {
    return std::find_if(texts.begin(), texts.end(), [wanted](const auto& text) { return text.locale == wanted; });
  };
  if (IsValidLocale(locale)) {
    const std::string normal = NormalizeLocale(locale);
    for (absl::string_view wanted = normal; !wanted.empty(); wanted = ParentLocale(wanted)) {
      const auto found = in(wanted);
      if (found != texts.end()) return *found;
    }
  }
  return *in(parts_.default_locale);  // Every rule has a text in it.
}

absl::CivilDay DateOf(const DayOffset& offset, absl::CivilDay anchor) {
  return (offset.months == 0 ? anchor : AddMonths(anchor, offset.months)) + offset.days;
}

DateRange PhaseDates(const CompiledPathway& pathway, int phase, absl::CivilDay procedure_date) {
  const DaySpan& span = pathway.phase_span(phase);
  return {DateOf(span.first, procedure_date), DateOf(span.last, procedure_date)};
}

}  // namespace aftercare::plan
