#ifndef AFTERCARE_SCHEDULER_PLAN_TEXT_VALIDATION_H_
#define AFTERCARE_SCHEDULER_PLAN_TEXT_VALIDATION_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// What names and texts may be made of. Functions are pure and thread safe.
namespace aftercare::plan {

// Takes the first character off `text`, which must not be empty. kNoCharacter, with `text` left alone, if it is not
// well-formed UTF-8: cut short, overlong, a surrogate or beyond U+10FFFF.
inline constexpr uint32_t kNoCharacter = 0xFFFFFFFF;
uint32_t TakeCharacter(absl::string_view* text);

// Whether `text` is valid UTF-8 without control characters (C0, DEL, C1). A line feed is allowed on request.
bool IsCleanText(absl::string_view text, bool allow_newline);

// Characters (code points) of valid UTF-8.
size_t CountCharacters(absl::string_view text);

// Whether there is nothing to see: empty, or ASCII spaces and line feeds only.
bool IsBlank(absl::string_view text);

// Whether `text` is 1 to 40 lower-case letters, digits, `_` and `-`, beginning with a letter: ids within a pathway.
bool IsPathwayId(absl::string_view text);

// Whether `text` is 1 to 40 lower-case letters, digits, `_` and `-`: values of factors.
bool IsFactorValue(absl::string_view text);

// Whether `text` has the shape of a BCP 47 tag, language[-Script][-REGION], in any case: `es`, `es-MX`, `zh-Hant-TW`,
// `es-419`.
bool IsValidLocale(absl::string_view text);

// A valid locale in its customary case: `ES-mx` becomes `es-MX`.
std::string NormalizeLocale(absl::string_view locale);

// The next, less specific locale to look for: `zh-Hant` of `zh-Hant-TW`, `es` of `es-MX`, empty of `es`.
absl::string_view ParentLocale(absl::string_view locale);

// The language of a locale: `es` of `es-MX`.
absl::string_view LanguageOf(absl::string_view locale);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_TEXT_VALIDATION_H_
