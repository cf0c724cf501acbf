#include "scheduler/plan/text_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxTexts = 100;
constexpr size_t kMaxText = 1600;

// Returns the template of a text; an empty one if its words are faulty.
Template CheckWords(const std::string& field, const std::string& words, bool of_visit, FieldErrors* errors) {
  const auto fault = [&](absl::string_view description) {
    errors->push_back({field, std::string(description)});
    return Template();
  };
  if (IsBlank(words)) return fault("must not be empty");
  if (!CheckPlainText(field, words, kMaxText, /*allow_newline=*/true, errors)) return Template();
  absl::StatusOr<Template> parsed = Template::Parse(words);
  if (!parsed.ok()) return fault(parsed.status().message());
  const absl::string_view name = parsed->VisitPlaceholder();
  if (!name.empty() && !of_visit) {
    return fault(absl::StrCat("must not have '", name, "' in a rule that is not for a visit"));
  }
  return *std::move(parsed);
}

// Takes the text also where its words are faulty, so that it does not count as missing.
void TakeText(const std::string& field, const std::string& locale, const std::string& words, bool of_visit,
              std::vector<CompiledText>* texts, FieldErrors* errors) {
  if (!IsValidLocale(locale)) {
    errors->push_back({field, "must be named by a language tag such as 'en' or 'es-MX'"});
    return;
  }
  const std::string normal = NormalizeLocale(locale);
  const auto is_same = [&](const CompiledText& other) { return other.locale == normal; };
  if (std::any_of(texts->begin(), texts->end(), is_same)) {
    errors->push_back({field, absl::StrCat("must not be a second text in '", normal, "'")});
    return;
  }
  texts->push_back({normal, CheckWords(field, words, of_visit, errors)});
}

}  // namespace

bool CheckPlainText(const std::string& field, const std::string& text, size_t most, bool allow_newline,
                    FieldErrors* errors) {
  const size_t before = errors->size();
  if (!IsCleanText(text, allow_newline)) errors->push_back({field, "must be valid UTF-8 without control characters"});
  if (CountCharacters(text) > most) errors->push_back({field, absl::StrCat("must be at most ", most, " characters")});
  return errors->size() == before;
}

std::vector<CompiledText> CheckTexts(const std::string& path,
                                     const google::protobuf::Map<std::string, std::string>& texts, bool of_visit,
                                     const std::string& default_locale, FieldErrors* errors) {
  CheckListSize(path, static_cast<int>(texts.size()), 0, kMaxTexts, errors);
  const std::map<std::string, std::string> ordered(texts.begin(), texts.end());  // In a fixed order.
  std::vector<CompiledText> compiled;
  int checked = 0;
  for (const auto& [locale, words] : ordered) {
    if (++checked > kMaxTexts) break;
    TakeText(absl::StrCat(path, "[\"", absl::Utf8SafeCEscape(locale), "\"]"), locale, words, of_visit, &compiled,
             errors);
  }
  const auto is_default = [&](const CompiledText& text) { return text.locale == default_locale; };
  if (!default_locale.empty() && std::none_of(compiled.begin(), compiled.end(), is_default)) {
    errors->push_back({path, absl::StrCat("must have a text in the default locale, '", default_locale, "'")});
  }
  return compiled;
}

std::vector<CompiledText> CheckDiscreetTexts(const std::string& path, const v1::Rule& rule,
                                             const std::string& default_locale, FieldErrors* errors) {
  if (rule.discreet_texts().empty()) return {};
  if (rule.audience() == v1::AUDIENCE_CARE_TEAM) {
    errors->push_back({path, "must not be set for a task of the care team"});
  }
  return CheckTexts(path, rule.discreet_texts(), rule.has_visit(), default_locale, errors);
}

}  // namespace aftercare::plan
