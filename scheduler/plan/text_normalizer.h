#ifndef AFTERCARE_SCHEDULER_PLAN_TEXT_NORMALIZER_H_
#define AFTERCARE_SCHEDULER_PLAN_TEXT_NORMALIZER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// Letters whatever their case, for the scripts of Europe. Functions are pure and thread safe.
namespace aftercare::plan {

// The character in lower case: Latin with its extensions, Greek (a final sigma is a sigma), Cyrillic, Armenian. The
// Turkish I with and without a dot are both `i`. Others come back as they are.
uint32_t LowerCase(uint32_t character);

// Whether it is white space.
bool IsSpace(uint32_t character);

// Whether it says nothing by itself: punctuation, symbols, emoji, what is invisible. Not white space.
bool IsMark(uint32_t character);

// Valid UTF-8 with letters in lower case, without marks, with one space where there was white space and none at the
// ends: `¡Opt-Out,  Now!` becomes `optout now`. A letter and its accent are one character, however they were written;
// a sharp s is `ss`.
std::string Fold(absl::string_view text);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_TEXT_NORMALIZER_H_
