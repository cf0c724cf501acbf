// Reads answers on the numeric rating scale. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_SCORES_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_SCORES_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace aftercare::plan {

// Reads a whole number from 0 to 10: in digits of several scripts (DigitValue in reply_text.h) or as a word of English,
// Spanish or French, alone or out of ten (`7/10`, `7 out of 10`, `7 de 10`, `7 sur 10`). Words such as `about`, `maybe`
// and `my pain is` may stand before it, and words of courtesy around it. `text` must be valid UTF-8. Returns nothing
// for any other text: a sign or a point before the number, a fraction, a range, two numbers, a unit (`7 days`).
std::optional<int> ReadScore(absl::string_view text);

// Reads one word without accents (BareWords in reply_text.h) as a whole number from 0 to 10: in ASCII digits, or as a
// word of English, Spanish or French. Returns nothing for any other word.
std::optional<int> ReadNumberWord(absl::string_view word);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_SCORES_H_
