#include "services/client/render/reaction_text.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/observed_text.h"

namespace aftercare::client {
namespace {

constexpr int kTextIndent = 7;

const v1::Rule* FindRule(const v1::Pathway& pathway, absl::string_view id) {
  const auto& rules = pathway.rules();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const v1::Rule& rule) { return rule.id() == id; });
  return found == rules.end() ? nullptr : &*found;
}

// Returns ` to pain-am, pain-pm or pain-night`; empty if the reaction names no rules.
std::string ToRules(const v1::Reaction& reaction, absl::string_view before) {
  const auto& rules = reaction.rules();
  if (rules.empty()) return "";
  if (rules.size() == 1) return absl::StrCat(before, rules[0]);
  return absl::StrCat(before, absl::StrJoin(rules.begin(), rules.end() - 1, ", "), " or ", rules[rules.size() - 1]);
}

// Returns `choice 2 (worse)`, with the label of the first rule that has the choice.
std::string ChoiceWords(const v1::Pathway& pathway, const v1::Reaction& reaction) {
  std::string label;
  for (const std::string& id : reaction.rules()) {
    const v1::Rule* const rule = FindRule(pathway, id);
    if (rule == nullptr || !label.empty()) continue;
    label = ChoiceLabel(*rule, reaction.choice(), pathway.default_locale());
  }
  return absl::StrCat("choice ", reaction.choice(), label.empty() ? "" : absl::StrCat(" (", label, ")"));
}

// Returns ` to pain-am or pain-pm`, or ` in "Knee function"` if a questionnaire's score is meant.
std::string ToQuestions(const v1::Pathway& pathway, const v1::Reaction& reaction) {
  if (reaction.questionnaire().empty()) return ToRules(reaction, " to ");
  std::string name = reaction.questionnaire();
  for (const v1::Questionnaire& questionnaire : pathway.questionnaires()) {
    if (questionnaire.id() == name && !questionnaire.display_name().empty()) name = questionnaire.display_name();
  }
  return absl::StrCat(" in \"", name, "\"");
}

std::string WordListName(const v1::Pathway& pathway, const std::string& id) {
  for (const v1::WordList& list : pathway.word_lists()) {
    if (list.id() == id && !list.display_name().empty()) return list.display_name();
  }
  return id;
}

// Returns `message`, or `task for the care team, urgent`.
std::string ForWhom(const v1::Rule& rule) {
  if (rule.audience() != v1::AUDIENCE_CARE_TEAM) return "message";
  const std::string urgency = EnumLabel(*v1::Urgency_descriptor(), rule.urgency());
  return absl::StrCat("task for the care team", urgency.empty() ? "" : absl::StrCat(", ", urgency));
}

// Returns `; ends the group check-in`, or nothing if the reaction has no effect on the plan.
std::string EffectText(const v1::Rule& rule) {
  const v1::Reaction& reaction = rule.reaction();
  if (reaction.has_end_group()) return absl::StrCat("; ends the group ", reaction.end_group());
  if (!reaction.has_set_factor()) return "";
  return absl::StrCat("; sets ", reaction.set_factor().factor(), " to ", reaction.set_factor().value());
}

// Returns the rule's conditions on what the patient answered, or nothing.
std::string OnlyIf(const v1::Rule& rule) {
  std::string out;
  for (const v1::ObservedCondition& condition : rule.observed()) {
    absl::StrAppend(&out, out.empty() ? "; only if " : ", and ", ConditionText(condition));
  }
  return out;
}

}  // namespace

std::string ChoiceLabel(const v1::Rule& rule, int choice, absl::string_view locale) {
  if (choice < 1 || choice > rule.choices_size()) return "";
  const auto& labels = rule.choices(choice - 1).labels();
  const std::map<std::string, std::string> sorted(labels.begin(), labels.end());  // A protobuf map is not sorted.
  const auto found = sorted.find(std::string(locale));
  if (found != sorted.end()) return found->second;
  return sorted.empty() ? "" : sorted.begin()->second;
}

std::string ChoicesText(const v1::Rule& rule, absl::string_view locale) {
  std::string text;
  for (int choice = 1; choice <= rule.choices_size(); ++choice) {
    absl::StrAppend(&text, choice == 1 ? "" : ", ", choice, " ", ChoiceLabel(rule, choice, locale));
  }
  return text;
}

std::string ReactionCondition(const v1::Pathway& pathway, const v1::Rule& rule) {
  const v1::Reaction& reaction = rule.reaction();
  const std::string to = ToQuestions(pathway, reaction);
  switch (reaction.when_case()) {
    case v1::Reaction::kScoreAtLeast:
      return absl::StrCat("a score of ", reaction.score_at_least(), " or more", to);
    case v1::Reaction::kScoreAtMost:
      return absl::StrCat("a score of ", reaction.score_at_most(), " or less", to);
    case v1::Reaction::kChoice:
      return absl::StrCat(ChoiceWords(pathway, reaction), to);
    case v1::Reaction::kDone:
      return absl::StrCat(reaction.done() ? "done" : "not done", to);
    case v1::Reaction::kAnswered:
      return absl::StrCat("any answer", to);
    case v1::Reaction::kNoAnswer:
      return absl::StrCat("no answer", to, " in time");
    case v1::Reaction::kWordList:
      return absl::StrCat("a word of \"", WordListName(pathway, reaction.word_list()), "\"",
                          reaction.rules().empty() ? ", whatever it answers" : ToRules(reaction, " in an answer to "));
    case v1::Reaction::WHEN_NOT_SET:
      break;
  }
  return "an answer";
}

std::string ReactionTime(const v1::Rule& rule) {
  const v1::Schedule& schedule = rule.schedule();
  const int days = schedule.on().empty() ? 0 : schedule.on(0).days();
  const std::string later = days == 0 ? "" : absl::StrCat(days, days == 1 ? " day later" : " days later");
  if (schedule.times().empty()) return later.empty() ? "at once" : later;
  return absl::StrCat(later, later.empty() ? "at " : " at ", absl::StrJoin(schedule.times(), ", "));
}

std::string RenderReactions(const v1::Pathway& pathway, const std::vector<int>& rules, int width, bool colour) {
  if (rules.empty()) return "";
  std::string out = absl::StrCat(Paint(Ink::kBold, "After an answer", colour), "\n");
  for (const int index : rules) {
    const v1::Rule& rule = pathway.rules(index);
    const std::string words =
        absl::StrCat(ReactionCondition(pathway, rule), "; ", ReactionTime(rule), EffectText(rule), OnlyIf(rule));
    absl::StrAppend(&out, Cut(absl::StrCat("  ", rule.id(), "  ", ForWhom(rule)), width), "\n");
    for (const std::string& line : Wrap(words, std::max(width - kTextIndent, 1))) {
      absl::StrAppend(&out, std::string(kTextIndent, ' '), Paint(Ink::kDim, line, colour), "\n");
    }
  }
  return out;
}

}  // namespace aftercare::client
