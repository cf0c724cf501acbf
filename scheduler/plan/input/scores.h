// Reads answers to questions for a score. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_SCORES_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_SCORES_H_

#include <optional>

#include "absl/strings/string_view.h"

namespace aftercare::plan {

// A whole number that somebody wrote as a score: `7`, or `7/10`.
struct WrittenScore {
  int number = 0;             // 0 to 1,000.
  std::optional<int> out_of;  // The 10 of `7/10`.

  // Returns whether it answers a question for a score from `min` to `max`: the number is one of these, and it is out of
  // nothing or out of `max`.
  bool IsWithin(int min, int max) const {
    return number >= min && number <= max && (!out_of.has_value() || *out_of == max);
  }

  friend bool operator==(const WrittenScore&, const WrittenScore&) = default;
};

// Reads a whole number from 0 to 1,000: in digits of several scripts (DigitValue in reply_text.h) or, up to ten, as a
// word of English, Spanish or French. It stands alone or out of another such number (`7/10`, `7 out of 10`, `7 de 10`,
// `72 sur 100`). Words such as `about`, `maybe` and `my pain is` may stand before it, and words of courtesy around it.
// `text` must be valid UTF-8. Returns nothing for any other text: a sign or a point before the number, a fraction, a
// range, two numbers, a unit (`7 days`).
std::optional<WrittenScore> ReadScore(absl::string_view text);

// Reads one word without accents (BareWords in reply_text.h) as a whole number from 0 to 10: in ASCII digits, or as a
// word of English, Spanish or French. Returns nothing for any other word.
std::optional<int> ReadNumberWord(absl::string_view word);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_SCORES_H_
