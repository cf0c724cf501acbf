#include "services/client/render/questions.h"

#include "services/client/common/names.h"

namespace aftercare::client {

void Questions::Add(const v1::Pathway& revision) {
  for (int i = 0; i < revision.rules_size(); ++i) {
    const v1::Rule& rule = revision.rules(i);
    Question question{rule.answer(), {}, rule.group(), i};
    if (rule.has_score_range()) question.scale = ScaleOfRule(revision, rule.id());
    by_rule_.emplace(rule.id(), std::move(question));
  }
  for (const v1::Questionnaire& questionnaire : revision.questionnaires()) {
    if (by_questionnaire_.contains(questionnaire.id())) continue;
    by_questionnaire_[questionnaire.id()] = *ScaleOfQuestionnaire(revision, questionnaire.id());
  }
}

const Question* Questions::Find(absl::string_view rule) const {
  const auto found = by_rule_.find(rule);
  return found == by_rule_.end() ? nullptr : &found->second;
}

ScoreScale Questions::ScaleOf(absl::string_view questionnaire) const {
  const auto found = by_questionnaire_.find(questionnaire);
  return found == by_questionnaire_.end() ? ScoreScale() : found->second;
}

std::string RuleOf(absl::string_view reminder) {
  const std::string id = IdOf(reminder);
  return id.substr(0, id.find('.'));
}

}  // namespace aftercare::client
