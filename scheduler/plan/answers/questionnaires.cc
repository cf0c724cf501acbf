#include "scheduler/plan/answers/questionnaires.h"

#include <cmath>

namespace aftercare::plan {
namespace {

// Returns what an answer to a question counts. Nothing if the question has no such answer.
std::optional<int> PointsOf(const CompiledRule& question, int answer) {
  if (question.answer == v1::ANSWER_KIND_SCORE) {
    if (answer < question.min_score || answer > question.max_score) return std::nullopt;
    return answer;
  }
  if (answer < 1 || answer > static_cast<int>(question.points.size())) return std::nullopt;
  return question.points[answer - 1];
}

// Rounds to six decimals. What should be 3 is 3 then, also where floating point makes it 3.0000000000000004, so that a
// reaction to 3 or less reacts.
double Rounded(double score) {
  constexpr double kParts = 1e6;
  return std::round(score * kParts) / kParts;
}

}  // namespace

std::optional<RoundScore> ScoreRound(const CompiledPathway& pathway, int questionnaire, absl::Span<const int> answers) {
  const CompiledQuestionnaire& questions = pathway.questionnaire(questionnaire);
  if (answers.size() != questions.rules.size()) return std::nullopt;
  RoundScore round;
  for (size_t i = 0; i < answers.size(); ++i) {
    const std::optional<int> points = PointsOf(pathway.rule(questions.rules[i]), answers[i]);
    if (!points) return std::nullopt;
    round.sum += *points;
  }
  if (questions.table.empty()) {
    round.score = Rounded(questions.offset + questions.factor * round.sum);
    return round;
  }
  const auto entry = questions.table.find(round.sum);
  if (entry == questions.table.end()) return std::nullopt;
  round.score = entry->second;
  return round;
}

}  // namespace aftercare::plan
