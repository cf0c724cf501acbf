#include "services/client/render/questions.h"

#include "services/client/common/names.h"

namespace aftercare::client {

void Questions::Add(const v1::Pathway& revision) {
  for (int i = 0; i < revision.rules_size(); ++i) {
    const v1::Rule& rule = revision.rules(i);
    Question question{rule.answer(), {}, rule.group(), i};
    if (rule.has_score_range()) question.scale = {rule.score_range().min(), rule.score_range().max()};
    by_rule_.emplace(rule.id(), std::move(question));
  }
}

const Question* Questions::Find(absl::string_view rule) const {
  const auto found = by_rule_.find(rule);
  return found == by_rule_.end() ? nullptr : &found->second;
}

std::string RuleOf(absl::string_view reminder) {
  const std::string id = IdOf(reminder);
  return id.substr(0, id.find('.'));
}

}  // namespace aftercare::client
