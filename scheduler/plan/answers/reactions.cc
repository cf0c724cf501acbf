#include "scheduler/plan/answers/reactions.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_split.h"
#include "scheduler/plan/input/reply_text.h"
#include "scheduler/plan/input/text_normalizer.h"

namespace aftercare::plan {
namespace {

bool Concerns(const CompiledReaction& reaction, int rule) {
  return std::binary_search(reaction.rules.begin(), reaction.rules.end(), rule);
}

bool Fits(const CompiledReaction& reaction, const GivenAnswer& answer) {
  switch (reaction.kind) {
    case ReactionKind::kScoreAtLeast:
      return answer.score && *answer.score >= reaction.value;
    case ReactionKind::kScoreAtMost:
      return answer.score && *answer.score <= reaction.value;
    case ReactionKind::kChoice:
      return answer.choice == reaction.value;
    case ReactionKind::kDone:
      return answer.done == true;
    case ReactionKind::kNotDone:
      return answer.done == false;
    case ReactionKind::kAnswered:
      return answer.done || answer.score || answer.choice;
    default:
      return false;
  }
}

bool HasPhrase(const std::vector<std::string>& words, const std::vector<std::string>& phrase) {
  return std::search(words.begin(), words.end(), phrase.begin(), phrase.end()) != words.end();
}

}  // namespace

std::vector<int> ReactionsTo(const CompiledPathway& pathway, const GivenAnswer& answer) {
  std::vector<int> rules;
  for (const int rule : pathway.reactions()) {
    const CompiledReaction& reaction = pathway.rule(rule).reaction;
    if (Concerns(reaction, answer.rule) && Fits(reaction, answer)) rules.push_back(rule);
  }
  return rules;
}

std::vector<int> ReactionsToScore(const CompiledPathway& pathway, int questionnaire, double score) {
  std::vector<int> rules;
  for (const int rule : pathway.reactions()) {
    const CompiledReaction& reaction = pathway.rule(rule).reaction;
    if (reaction.questionnaire != questionnaire) continue;
    const bool fits = reaction.kind == ReactionKind::kScoreAtLeast ? score >= reaction.value : score <= reaction.value;
    if (fits) rules.push_back(rule);
  }
  return rules;
}

std::vector<int> ReactionsToSilence(const CompiledPathway& pathway, int rule) {
  std::vector<int> rules;
  for (const int candidate : pathway.reactions()) {
    const CompiledReaction& reaction = pathway.rule(candidate).reaction;
    if (reaction.kind == ReactionKind::kNoAnswer && Concerns(reaction, rule)) rules.push_back(candidate);
  }
  return rules;
}

std::vector<int> WordListsIn(const CompiledPathway& pathway, absl::string_view text) {
  std::vector<int> lists;
  if (pathway.word_list_count() == 0) return lists;
  const std::vector<std::string> words = BareWords(text);
  // A mark may part two words, or be an invisible one inside a word.
  const std::vector<std::string> joined = absl::StrSplit(StripAccents(Fold(text)), ' ', absl::SkipEmpty());
  for (int i = 0; i < pathway.word_list_count(); ++i) {
    const auto& phrases = pathway.word_list(i).phrases;
    const auto is_there = [&](const std::vector<std::string>& phrase) {
      return HasPhrase(words, phrase) || HasPhrase(joined, phrase);
    };
    if (std::any_of(phrases.begin(), phrases.end(), is_there)) lists.push_back(i);
  }
  return lists;
}

std::vector<int> ReactionsToWords(const CompiledPathway& pathway, const std::vector<int>& lists, int answered) {
  std::vector<int> rules;
  for (const int rule : pathway.reactions()) {
    const CompiledReaction& reaction = pathway.rule(rule).reaction;
    if (reaction.kind != ReactionKind::kWord) continue;
    const bool has_words = std::find(lists.begin(), lists.end(), reaction.value) != lists.end();
    if (has_words && (reaction.rules.empty() || Concerns(reaction, answered))) rules.push_back(rule);
  }
  return rules;
}

}  // namespace aftercare::plan
