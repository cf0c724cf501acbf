#include "scheduler/plan/reaction_check.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/input/reply_text.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxWordLists = 20;
constexpr int kMaxLocales = 50;
constexpr int kMaxWords = 200;
constexpr size_t kMaxWord = 100;
constexpr int kMaxReactedTo = 50;
constexpr int kMinChoices = 2;
constexpr int kMaxChoices = 9;
constexpr size_t kMaxLabel = 60;
constexpr int kMaxSteps = 10;
constexpr int64_t kMinDeadline = 60;                          // Seconds.
constexpr int64_t kMaxDeadline = int64_t{366} * 24 * 60 * 60;  // Seconds.
constexpr int kMaxSum = 1'000'000;  // The largest bound for the score of a questionnaire.
constexpr int kMaxPoints = 1000;

// Returns the kind of answer that a reaction of this kind is about; UNSPECIFIED for any.
v1::AnswerKind AnswerFor(ReactionKind kind) {
  switch (kind) {
    case ReactionKind::kScoreAtLeast:
    case ReactionKind::kScoreAtMost:
      return v1::ANSWER_KIND_SCORE;
    case ReactionKind::kChoice:
      return v1::ANSWER_KIND_CHOICE;
    case ReactionKind::kDone:
    case ReactionKind::kNotDone:
      return v1::ANSWER_KIND_DONE;
    default:
      return v1::ANSWER_KIND_UNSPECIFIED;
  }
}

// Returns whether one of the words is more than digits.
bool HasLetter(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return !std::all_of(word.begin(), word.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  });
}

// Reads what a pathway does about answers. A class only to share what every check needs.
class ReactionChecker {
 public:
  ReactionChecker(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors)
      : source_(source), parts_(*parts), errors_(*errors) {}

  void Run() {
    const int lists = Size("word_lists", source_.word_lists_size(), 0, kMaxWordLists);
    for (int i = 0; i < lists; ++i) CheckWordList(i);
    for (int i = 0; i < RuleCount(); ++i) {
      const std::string path = absl::StrCat("rules[", i, "]");
      CheckTask(path, source_.rules(i), &parts_.rules[i]);
      CheckChoices(path, source_.rules(i), &parts_.rules[i]);
    }
    // Only now, because a rule may react to the choices of a later one.
    for (int i = 0; i < RuleCount(); ++i) {
      const std::string path = absl::StrCat("rules[", i, "]");
      if (source_.rules(i).has_reaction()) CheckReaction(path, source_.rules(i), &parts_.rules[i]);
      if (parts_.rules[i].IsReaction()) parts_.reactions.push_back(i);
    }
    CheckLoops();
  }

 private:
  int RuleCount() const { return static_cast<int>(parts_.rules.size()); }

  void Fault(std::string field, absl::string_view description) {
    errors_.push_back({std::move(field), std::string(description)});
  }

  int Size(const std::string& field, int size, int least, int most) {
    return CheckListSize(field, size, least, most, &errors_);
  }

  void CheckWordList(int index) {
    const v1::WordList& source = source_.word_lists(index);
    const std::string path = absl::StrCat("word_lists[", index, "]");
    CompiledWordList& list = parts_.word_lists.emplace_back();
    if (!IsPathwayId(source.id())) {
      Fault(path + ".id", kPathwayIdShape);
    } else if (!parts_.word_list_ids.emplace(source.id(), index).second) {
      Fault(path + ".id", absl::StrCat("must be unique; '", source.id(), "' is there already"));
    }
    const std::string& name = source.display_name();
    if (!IsCleanText(name, /*allow_newline=*/false) || CountCharacters(name) > kMaxWord) {
      Fault(path + ".display_name",
            absl::StrCat("must be at most ", kMaxWord, " characters without control characters"));
    }
    absl::flat_hash_set<std::string> locales;
    for (int i = 0, size = Size(path + ".words", source.words_size(), 1, kMaxLocales); i < size; ++i) {
      const v1::LocalWords& words = source.words(i);
      const std::string field = absl::StrCat(path, ".words[", i, "]");
      if (!IsValidLocale(words.locale())) {
        Fault(field + ".locale", "must be a language tag such as 'en' or 'es-MX'");
      } else if (!locales.insert(NormalizeLocale(words.locale())).second) {
        Fault(field + ".locale", "must not be named twice");
      }
      CheckWords(field + ".words", words, &list);
    }
  }

  void CheckWords(const std::string& path, const v1::LocalWords& source, CompiledWordList* list) {
    for (int i = 0, size = Size(path, source.words_size(), 1, kMaxWords); i < size; ++i) {
      std::vector<std::string> words = ReadWords(absl::StrCat(path, "[", i, "]"), source.words(i), kMaxWord);
      if (!words.empty()) list->phrases.push_back(std::move(words));
    }
  }

  // Reads a word, phrase or label. Returns nothing if it is faulty.
  std::vector<std::string> ReadWords(const std::string& field, const std::string& text, size_t most) {
    const bool fits = IsCleanText(text, /*allow_newline=*/false) && CountCharacters(text) <= most;
    std::vector<std::string> words;
    if (fits) words = BareWords(text);
    if (HasLetter(words)) return words;
    Fault(field, absl::StrCat("must be 1 to ", most, " characters without control characters, a letter among them"));
    return {};
  }

  void CheckTask(const std::string& path, const v1::Rule& source, CompiledRule* rule) {
    const bool is_task = rule->audience == v1::AUDIENCE_CARE_TEAM;
    if (!v1::Urgency_IsValid(source.urgency())) {
      Fault(path + ".urgency", "must be a known urgency");
    } else if (!is_task && source.urgency() != v1::URGENCY_UNSPECIFIED) {
      Fault(path + ".urgency", "must not be set unless the audience is CARE_TEAM");
    }
    if (is_task) rule->urgency = std::max(source.urgency(), v1::URGENCY_ROUTINE);
    rule->team = source.notify_team();
    if (!is_task && !source.notify_team().empty()) {
      Fault(path + ".notify_team", "must not be set unless the audience is CARE_TEAM");
    } else if (!source.notify_team().empty() && !IsPathwayId(source.notify_team())) {
      Fault(path + ".notify_team", kPathwayIdShape);
    }
    if (!is_task && source.escalation_size() > 0) {
      return Fault(path + ".escalation", "must not be set unless the audience is CARE_TEAM");
    }
    for (int i = 0, size = Size(path + ".escalation", source.escalation_size(), 0, kMaxSteps); i < size; ++i) {
      CheckStep(absl::StrCat(path, ".escalation[", i, "]"), source.escalation(i), rule);
    }
  }

  void CheckStep(const std::string& path, const v1::EscalationStep& source, CompiledRule* rule) {
    const google::protobuf::Duration& deadline = source.deadline();
    if (deadline.seconds() < kMinDeadline || deadline.seconds() > kMaxDeadline || deadline.nanos() != 0) {
      Fault(path + ".deadline", "must be 1 minute to 366 days, in whole seconds");
    }
    if (!source.category().empty() && !IsPathwayId(source.category())) Fault(path + ".category", kPathwayIdShape);
    if (!v1::Urgency_IsValid(source.urgency())) Fault(path + ".urgency", "must be a known urgency");
    if (!source.notify_team().empty() && !IsPathwayId(source.notify_team())) {
      Fault(path + ".notify_team", kPathwayIdShape);
    }
    rule->escalation.push_back({deadline.seconds(), source.category(), source.urgency(), source.notify_team()});
  }

  void CheckChoices(const std::string& path, const v1::Rule& source, CompiledRule* rule) {
    const std::string field = path + ".choices";
    if (rule->answer != v1::ANSWER_KIND_CHOICE) {
      if (source.choices_size() > 0) Fault(field, "must not be set unless the answer is CHOICE");
      return;
    }
    std::map<std::string, int> seen;  // The labels of all choices, with the choice.
    for (int i = 0, size = Size(field, source.choices_size(), kMinChoices, kMaxChoices); i < size; ++i) {
      const v1::Choice& choice = source.choices(i);
      CheckLabels(absl::StrCat(field, "[", i, "].labels"), choice, i, &seen, rule);
      if (choice.has_points() && std::abs(int64_t{choice.points()}) > kMaxPoints) {
        Fault(absl::StrCat(field, "[", i, "].points"), absl::StrCat("must be -", kMaxPoints, " to ", kMaxPoints));
      }
      rule->points.push_back(choice.has_points() ? choice.points() : i + 1);
    }
  }

  void CheckLabels(const std::string& path, const v1::Choice& choice, int index, std::map<std::string, int>* seen,
                   CompiledRule* rule) {
    std::vector<std::string>& labels = rule->choices.emplace_back();
    absl::flat_hash_set<std::string> locales;
    Size(path, static_cast<int>(choice.labels_size()), 0, kMaxLocales);
    const std::map<std::string, std::string> sorted(choice.labels().begin(), choice.labels().end());
    int checked = 0;
    for (const auto& [locale, label] : sorted) {  // In a fixed order.
      if (++checked > kMaxLocales) break;
      const std::string field = absl::StrCat(path, "[\"", absl::Utf8SafeCEscape(locale), "\"]");
      if (!IsValidLocale(locale)) Fault(field, "must be named by a language tag such as 'en' or 'es-MX'");
      locales.insert(IsValidLocale(locale) ? NormalizeLocale(locale) : locale);
      const std::vector<std::string> words = ReadWords(field, label, kMaxLabel);
      if (words.empty()) continue;
      std::string folded = absl::StrJoin(words, " ");
      if (seen->emplace(folded, index).first->second != index) {
        Fault(field, "must not be a label of another choice");
      }
      labels.push_back(std::move(folded));
    }
    for (const CompiledText& text : rule->texts) {
      if (!locales.contains(text.locale)) Fault(path, absl::StrCat("must have a label in '", text.locale, "'"));
    }
  }

  void CheckReaction(const std::string& path, const v1::Rule& source, CompiledRule* rule) {
    const v1::Reaction& reaction = source.reaction();
    const std::string field = path + ".reaction";
    if (source.has_visit()) Fault(path + ".visit", "must not be set in a reaction");
    if (source.on_never_told()) Fault(path + ".on_never_told", "must not be set in a reaction");
    if (!source.group().empty()) Fault(path + ".group", "must not be set in a reaction");
    if (!rule->IsReaction()) return Fault(field, "must say which answer the rule reacts to");
    CheckCondition(field, reaction, rule);
    CheckEffect(field, reaction, rule);
    if (!reaction.questionnaire().empty()) return CheckQuestionnaire(field, reaction, *rule);
    const int least = rule->reaction.kind == ReactionKind::kWord ? 0 : 1;
    std::vector<int>& rules = rule->reaction.rules;
    for (int i = 0, size = Size(field + ".rules", reaction.rules_size(), least, kMaxReactedTo); i < size; ++i) {
      const std::string which = absl::StrCat(field, ".rules[", i, "]");
      const int index = FindIndex(parts_.rule_ids, reaction.rules(i));
      if (index < 0) {
        Fault(which, "must be the id of one of the rules");
      } else if (std::find(rules.begin(), rules.end(), index) != rules.end()) {
        Fault(which, "must not be named twice");
      } else {
        CheckReactedTo(which, parts_.rules[index], *rule);
        rules.push_back(index);
      }
    }
    std::sort(rules.begin(), rules.end());
  }

  void CheckCondition(const std::string& path, const v1::Reaction& reaction, CompiledRule* rule) {
    switch (rule->reaction.kind) {
      case ReactionKind::kScoreAtLeast:
        rule->reaction.value = reaction.score_at_least();
        break;
      case ReactionKind::kScoreAtMost:
        rule->reaction.value = reaction.score_at_most();
        break;
      case ReactionKind::kChoice:
        rule->reaction.value = reaction.choice();
        if (reaction.choice() < 1) Fault(path + ".choice", "must be 1 or more");
        break;
      case ReactionKind::kAnswered:
        if (!reaction.answered()) Fault(path + ".answered", "must be true if set");
        break;
      case ReactionKind::kNoAnswer:
        if (!reaction.no_answer()) Fault(path + ".no_answer", "must be true if set");
        break;
      case ReactionKind::kWord:
        rule->reaction.value = FindIndex(parts_.word_list_ids, reaction.word_list());
        if (rule->reaction.value < 0) Fault(path + ".word_list", "must be the id of one of the word_lists");
        break;
      default:
        break;
    }
    if (reaction.questionnaire().empty()) return;
    rule->reaction.questionnaire = FindIndex(parts_.questionnaire_ids, reaction.questionnaire());
    if (rule->reaction.questionnaire < 0) {
      Fault(path + ".questionnaire", "must be the id of one of the questionnaires");
    }
  }

  // The reaction is to the score of a questionnaire.
  void CheckQuestionnaire(const std::string& path, const v1::Reaction& reaction, const CompiledRule& rule) {
    const ReactionKind kind = rule.reaction.kind;
    if (reaction.rules_size() > 0) Fault(path + ".rules", "must not be set together with questionnaire");
    if (kind != ReactionKind::kScoreAtLeast && kind != ReactionKind::kScoreAtMost) {
      Fault(path + ".questionnaire", "must not be set without score_at_least or score_at_most");
    } else if (std::abs(int64_t{rule.reaction.value}) > kMaxSum) {
      Fault(path + (kind == ReactionKind::kScoreAtLeast ? ".score_at_least" : ".score_at_most"),
            absl::StrCat("must be -", kMaxSum, " to ", kMaxSum));
    }
  }

  void CheckEffect(const std::string& path, const v1::Reaction& reaction, CompiledRule* rule) {
    const bool is_task = rule->audience == v1::AUDIENCE_CARE_TEAM;
    if (!is_task && reaction.effect_case() != v1::Reaction::EFFECT_NOT_SET) {
      const bool ends = reaction.has_end_group();
      return Fault(path + (ends ? ".end_group" : ".set_factor"), "must not be set unless the audience is CARE_TEAM");
    }
    if (reaction.has_end_group()) {
      rule->reaction.end_group = FindIndex(parts_.group_ids, reaction.end_group());
      if (rule->reaction.end_group < 0) Fault(path + ".end_group", "must be the id of one of the groups");
    }
    if (!reaction.has_set_factor()) return;
    rule->reaction.factor = FindIndex(parts_.factor_ids, reaction.set_factor().factor());
    if (rule->reaction.factor < 0) return Fault(path + ".set_factor.factor", "must be the id of one of the factors");
    // Otherwise the effect would take the reminder away that tells of it.
    for (const CompiledCondition& condition : rule->conditions) {
      if (condition.factor != rule->reaction.factor) continue;
      Fault(path + ".set_factor.factor", "must not be a factor that the rule's own conditions name");
    }
    const std::vector<std::string>& values = parts_.factors[rule->reaction.factor].values;
    const auto value = std::find(values.begin(), values.end(), reaction.set_factor().value());
    if (value == values.end()) return Fault(path + ".set_factor.value", "must be one of the factor's values");
    rule->reaction.factor_value = static_cast<int>(value - values.begin());
  }

  // `asked` is a rule whose answers `rule` reacts to.
  void CheckReactedTo(const std::string& field, const CompiledRule& asked, const CompiledRule& rule) {
    const v1::AnswerKind kind = AnswerFor(rule.reaction.kind);
    if (asked.audience != v1::AUDIENCE_PATIENT) return Fault(field, "must be a rule for patients");
    if (rule.reaction.kind == ReactionKind::kWord) return;
    if (asked.answer == v1::ANSWER_KIND_UNSPECIFIED) return Fault(field, "must be a rule that asks for an answer");
    if (kind != v1::ANSWER_KIND_UNSPECIFIED && asked.answer != kind) {
      return Fault(field, "must be a rule that asks for this kind of answer");
    }
    if (rule.reaction.kind == ReactionKind::kChoice && rule.reaction.value > static_cast<int>(asked.choices.size())) {
      Fault(field, "must be a rule with this choice");
    }
    const bool is_inside = asked.min_score <= rule.reaction.value && rule.reaction.value <= asked.max_score;
    if (kind == v1::ANSWER_KIND_SCORE && !is_inside) Fault(field, "must be a rule with this score in its score_range");
  }

  // The rules whose answers a reaction is about, those of its questionnaire included.
  std::vector<int> ReactedTo(int rule) const {
    const CompiledReaction& reaction = parts_.rules[rule].reaction;
    std::vector<int> rules = reaction.rules;
    if (reaction.questionnaire < 0) return rules;
    for (const std::string& id : source_.questionnaires(reaction.questionnaire).rules()) {
      if (const int index = FindIndex(parts_.rule_ids, id); index >= 0) rules.push_back(index);
    }
    return rules;
  }

  // A rule that is set off by answers to itself, directly or through others, could go on for ever.
  void CheckLoops() {
    enum class Mark { kNew, kOpen, kDone };
    std::vector<Mark> marks(parts_.rules.size(), Mark::kNew);
    std::vector<std::pair<int, size_t>> path;  // Rules, and how many of those that they react to were looked at.
    for (int start = 0; start < RuleCount(); ++start) {
      if (marks[start] != Mark::kNew) continue;
      path.emplace_back(start, 0);
      marks[start] = Mark::kOpen;
      while (!path.empty()) {
        const int rule = path.back().first;
        const std::vector<int> rules = ReactedTo(rule);
        if (path.back().second == rules.size()) {
          marks[rule] = Mark::kDone;
          path.pop_back();
          continue;
        }
        const int next = rules[path.back().second++];
        if (marks[next] == Mark::kOpen) {
          Fault(absl::StrCat("rules[", rule, "].reaction.rules"),
                absl::StrCat("must not form a loop; '", source_.rules(next).id(), "' reacts to this rule"));
        } else if (marks[next] == Mark::kNew) {
          marks[next] = Mark::kOpen;
          path.emplace_back(next, 0);
        }
      }
    }
  }

  const v1::Pathway& source_;
  PathwayParts& parts_;
  FieldErrors& errors_;
};

}  // namespace

ReactionKind KindOf(const v1::Reaction& reaction) {
  switch (reaction.when_case()) {
    case v1::Reaction::kScoreAtLeast:
      return ReactionKind::kScoreAtLeast;
    case v1::Reaction::kScoreAtMost:
      return ReactionKind::kScoreAtMost;
    case v1::Reaction::kChoice:
      return ReactionKind::kChoice;
    case v1::Reaction::kDone:
      return reaction.done() ? ReactionKind::kDone : ReactionKind::kNotDone;
    case v1::Reaction::kAnswered:
      return ReactionKind::kAnswered;
    case v1::Reaction::kNoAnswer:
      return ReactionKind::kNoAnswer;
    case v1::Reaction::kWordList:
      return ReactionKind::kWord;
    case v1::Reaction::WHEN_NOT_SET:
      return ReactionKind::kNone;
  }
  return ReactionKind::kNone;
}

void CheckReactions(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors) {
  ReactionChecker(source, parts, errors).Run();
}

}  // namespace aftercare::plan
