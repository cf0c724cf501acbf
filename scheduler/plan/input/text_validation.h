// What ids, locales and texts may consist of. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_TEXT_VALIDATION_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_TEXT_VALIDATION_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace aftercare::plan {

// Removes the first character from `text`, which must not be empty, and returns it. Returns kNoCharacter, and leaves
// `text` unchanged, if that is not well-formed UTF-8: cut short, overlong, a surrogate or beyond U+10FFFF.
inline constexpr uint32_t kNoCharacter = 0xFFFFFFFF;
uint32_t TakeCharacter(absl::string_view* text);

// Returns true if `text` is valid UTF-8 without control characters (C0, DEL, C1). With `allow_newline`, line feeds are
// allowed.
bool IsCleanText(absl::string_view text, bool allow_newline);

// Counts the code points of valid UTF-8.
size_t CountCharacters(absl::string_view text);

// Returns true if a reader of `text` sees nothing: it is empty, or consists of white space and of characters that have
// no look of their own, such as a zero-width space, a soft hyphen, a filler of Hangul or a blank of Braille. Returns
// false for text that is no valid UTF-8.
bool IsBlank(absl::string_view text);

// Returns true for an id within a pathway: 1 to 40 lower-case letters, digits, `_` and `-`, beginning with a letter.
bool IsPathwayId(absl::string_view text);

// What IsPathwayId requires, as the description of a FieldError.
inline constexpr char kPathwayIdShape[] =
    "must be 1 to 40 lower-case letters, digits, '_' and '-', beginning with a letter";

// Returns true for a value of a factor: 1 to 40 lower-case letters, digits, `_` and `-`.
bool IsFactorValue(absl::string_view text);

// Returns true if `text` has the form of a BCP 47 tag, language[-Script][-REGION], in any case: `es`, `es-MX`,
// `zh-Hant-TW`, `es-419`.
bool IsValidLocale(absl::string_view text);

// Returns a valid locale in its usual case: `ES-mx` becomes `es-MX`.
std::string NormalizeLocale(absl::string_view locale);

// Removes the last part of a locale: `zh-Hant-TW` becomes `zh-Hant`, `es-MX` becomes `es`, `es` becomes empty.
absl::string_view ParentLocale(absl::string_view locale);

// Returns the language of a locale: `es` for `es-MX`.
absl::string_view LanguageOf(absl::string_view locale);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_TEXT_VALIDATION_H_
