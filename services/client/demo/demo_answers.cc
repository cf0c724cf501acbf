#include "services/client/demo/demo_answers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace aftercare::client {
namespace {

// The last choice of a rule, which is the worst, in words.
std::string LastChoice(const v1::Rule& rule) {
  if (rule.choices().empty()) return "2";
  const auto& labels = rule.choices().rbegin()->labels();
  const auto label = labels.find("en");
  return label == labels.end() ? absl::StrCat(rule.choices_size()) : label->second;
}

std::string Alarming(const v1::Rule& rule, int before) {
  if (before == 1) return "8";
  if (before == 2) return "My knee is hot and I think I have a fever";
  if (rule.answer() == v1::ANSWER_KIND_DONE) return before % 3 == 0 ? "Done" : "No";
  if (rule.answer() == v1::ANSWER_KIND_CHOICE) return before % 10 == 0 ? LastChoice(rule) : "2";
  return "6";
}

std::string Adherent(v1::AnswerKind kind, int before) {
  if (kind == v1::ANSWER_KIND_DONE) return "Done";
  if (kind == v1::ANSWER_KIND_CHOICE) return "1";
  return absl::StrCat(std::max(1, 6 - before / 5));
}

}  // namespace

DemoManner MannerOf(size_t patient) {
  constexpr DemoManner kManners[] = {DemoManner::kAlarming, DemoManner::kAdherent, DemoManner::kSilent};
  return kManners[patient % 3];
}

std::optional<std::string> DemoAnswer(DemoManner manner, const v1::Rule& rule, int before) {
  if (rule.answer() == v1::ANSWER_KIND_UNSPECIFIED || manner == DemoManner::kSilent) return std::nullopt;
  return manner == DemoManner::kAlarming ? Alarming(rule, before) : Adherent(rule.answer(), before);
}

}  // namespace aftercare::client
