// Brings texts of European languages into one form, so that words can be compared. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_TEXT_NORMALIZER_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_TEXT_NORMALIZER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace aftercare::plan {

// Returns a character in lower case: Latin with its extensions, Greek (a final sigma becomes a sigma), Cyrillic,
// Armenian. The Turkish I with and without a dot both become `i`. Returns any other character unchanged.
uint32_t LowerCase(uint32_t character);

// Returns true for white space.
bool IsSpace(uint32_t character);

// Returns true for punctuation, symbols, emoji and invisible characters. Returns false for white space.
bool IsMark(uint32_t character);

// Normalizes valid UTF-8: letters become lower case, marks are removed, white space becomes one space and is removed at
// the ends. `¡Opt-Out,  Now!` becomes `optout now`. A letter and its accent become one character, and a sharp s becomes
// `ss`.
std::string Fold(absl::string_view text);

// Returns a folded text without accents, for comparisons in which they do not matter: `café` becomes `cafe`, `não`
// becomes `nao`. An `œ` becomes `oe`.
std::string StripAccents(absl::string_view folded);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_TEXT_NORMALIZER_H_
