#include "services/client/render/score_scale.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/client/render/sparkline.h"

namespace aftercare::client {
namespace {

// The most bars of a sparkline. Of more scores it shows the last.
constexpr size_t kMostBars = 40;

const v1::Rule* FindRule(const v1::Pathway& pathway, absl::string_view id) {
  const auto& rules = pathway.rules();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const v1::Rule& rule) { return rule.id() == id; });
  return found == rules.end() ? nullptr : &*found;
}

// Returns the least and the most that an answer to a question counts.
std::pair<int, int> CountsOf(const v1::Rule& rule) {
  if (rule.choices().empty()) {
    constexpr std::pair<int, int> kDefault = {0, 10};
    return rule.has_score_range() ? std::pair(rule.score_range().min(), rule.score_range().max()) : kDefault;
  }
  std::vector<int> points;
  for (int i = 0; i < rule.choices_size(); ++i) {
    points.push_back(rule.choices(i).has_points() ? rule.choices(i).points() : i + 1);
  }
  const auto [least, most] = std::minmax_element(points.begin(), points.end());
  return {*least, *most};
}

// Rounds as the service rounds scores, to six decimals.
double Rounded(double score) { return std::round(score * 1e6) / 1e6 + 0.0; }  // Adding 0 makes -0 a 0.

ScoreScale ScaleOf(const v1::Pathway& pathway, const v1::Questionnaire& questionnaire) {
  std::vector<double> ends;
  if (questionnaire.has_table()) {
    for (const v1::ScoreTableEntry& entry : questionnaire.table().entries()) ends.push_back(entry.score());
  } else {
    int least = 0;
    int most = 0;
    for (const std::string& id : questionnaire.rules()) {
      const v1::Rule* const rule = FindRule(pathway, id);
      if (rule == nullptr) continue;
      const auto [low, high] = CountsOf(*rule);
      least += low;
      most += high;
    }
    const bool is_linear = questionnaire.has_linear();
    const double factor = is_linear ? questionnaire.linear().factor() : 1;
    const double offset = is_linear ? questionnaire.linear().offset() : 0;
    ends = {Rounded(offset + factor * least), Rounded(offset + factor * most)};
  }
  if (ends.empty()) return {};
  const auto [low, high] = std::minmax_element(ends.begin(), ends.end());
  return {*low, *high};
}

}  // namespace

ScoreScale ScaleOfRule(const v1::Pathway& pathway, absl::string_view rule) {
  const v1::Rule* const found = FindRule(pathway, rule);
  if (found == nullptr || !found->has_score_range()) return {};
  return {static_cast<double>(found->score_range().min()), static_cast<double>(found->score_range().max())};
}

std::optional<ScoreScale> ScaleOfQuestionnaire(const v1::Pathway& pathway, absl::string_view questionnaire) {
  for (const v1::Questionnaire& found : pathway.questionnaires()) {
    if (found.id() == questionnaire) return ScaleOf(pathway, found);
  }
  return std::nullopt;
}

std::string ScaleText(const ScoreScale& scale) { return absl::StrCat(scale.low, "-", scale.high); }

std::string DrawScores(const std::vector<double>& scores, const ScoreScale& scale) {
  constexpr int kSteps = 10'000;  // Finer than the bars.
  const double range = scale.high > scale.low ? scale.high - scale.low : 1;
  std::vector<int> steps;
  for (size_t i = scores.size() - std::min(scores.size(), kMostBars); i < scores.size(); ++i) {
    const double share = std::clamp((scores[i] - scale.low) / range, 0.0, 1.0);
    steps.push_back(static_cast<int>(std::lround(kSteps * share)));
  }
  return Sparkline(steps, 0, kSteps);
}

}  // namespace aftercare::client
