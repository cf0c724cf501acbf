// Reads answers to questions with choices. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_CHOICES_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_CHOICES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace aftercare::plan {

// A text that may answer a question with choices, read once for all questions. Immutable, so thread safe.
class ChoiceReply {
 public:
  // `text` must be valid UTF-8.
  explicit ChoiceReply(absl::string_view text);

  // Returns the number of the choice that the text names, counted from 1. Returns nothing if it names none. `choices`
  // are the labels of each choice, as in CompiledRule.
  //
  // A text names a choice by one of its labels, by its number (`2`, `option 2`, `dos`) or by both (`2 worse`). Case,
  // accents, marks and words of courtesy (courtesy.h) do not matter. A number with a sign, a unit or another number
  // (`-2`, `2 days`, `2/10`) names no choice.
  std::optional<int> In(absl::Span<const std::vector<std::string>> choices) const;

 private:
  std::string whole_;               // All words.
  std::vector<std::string> words_;  // The words without courtesy.
  bool has_sign_ = false;           // A sign makes the number another one.
};

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_CHOICES_H_
