#include "scheduler/plan/questionnaire_check.h"

#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxQuestionnaires = 20;
constexpr int kMinQuestions = 2;
constexpr int kMaxQuestions = 20;
constexpr int kMaxEntries = 1000;
constexpr size_t kMaxName = 100;
constexpr double kMaxScore = 1e6;
constexpr double kMaxFactor = 1000;
constexpr size_t kMaxListed = 5;  // The most sums that an error lists.

// Reads the questionnaires. A class only to share what every check needs.
class QuestionnaireChecker {
 public:
  QuestionnaireChecker(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors)
      : source_(source), parts_(*parts), errors_(*errors) {}

  void Run() {
    const int count = std::min(source_.questionnaires_size(), kMaxQuestionnaires);
    for (int i = 0; i < count; ++i) {
      Check(absl::StrCat("questionnaires[", i, "]"), source_.questionnaires(i), i, &parts_.questionnaires.emplace_back());
    }
  }

 private:
  void Fault(std::string field, absl::string_view description) {
    errors_.push_back({std::move(field), std::string(description)});
  }

  int Size(const std::string& field, int size, int least, int most) {
    return CheckListSize(field, size, least, most, &errors_);
  }

  void Check(const std::string& path, const v1::Questionnaire& source, int index, CompiledQuestionnaire* result) {
    const std::string& name = source.display_name();
    if (!IsCleanText(name, /*allow_newline=*/false) || CountCharacters(name) > kMaxName) {
      Fault(path + ".display_name", absl::StrCat("must be at most ", kMaxName, " characters without control characters"));
    }
    const size_t before = errors_.size();
    const int size = Size(path + ".rules", source.rules_size(), kMinQuestions, kMaxQuestions);
    for (int i = 0; i < size; ++i) TakeRule(absl::StrCat(path, ".rules[", i, "]"), source.rules(i), index, result);
    if (source.has_linear()) CheckLinear(path + ".linear", source.linear(), result);
    // What the sums can be is known only if the questions are.
    if (source.has_table()) CheckTable(path + ".table", source.table(), errors_.size() == before, result);
  }

  // The next question of a questionnaire.
  void TakeRule(const std::string& field, const std::string& id, int index, CompiledQuestionnaire* result) {
    const int rule = FindIndex(parts_.rule_ids, id);
    if (rule < 0) return Fault(field, "must be the id of one of the rules");
    CompiledRule& question = parts_.rules[rule];
    if (question.questionnaire >= 0) return Fault(field, "must not be named twice, in one questionnaire or several");
    question.questionnaire = index;
    if (question.answer != v1::ANSWER_KIND_SCORE && question.answer != v1::ANSWER_KIND_CHOICE) {
      Fault(field, "must be a rule that asks for SCORE or CHOICE");
    }
    if (!result->rules.empty()) {
      const CompiledReaction& reaction = question.reaction;
      const std::vector<int> before = {result->rules.back()};
      if (reaction.kind != ReactionKind::kAnswered || reaction.rules != before || !question.at_answer) {
        Fault(field, "must be a rule that reacts to `answered` of the rule before it alone, and has no times of day");
      }
    }
    result->rules.push_back(rule);
  }

  void CheckLinear(const std::string& path, const v1::LinearScore& source, CompiledQuestionnaire* result) {
    if (!(std::abs(source.offset()) <= kMaxScore)) Fault(path + ".offset", "must be -1,000,000 to 1,000,000");
    if (!(std::abs(source.factor()) <= kMaxFactor) || source.factor() == 0) {
      Fault(path + ".factor", "must be -1,000 to 1,000, and not 0");
    }
    result->offset = source.offset();
    result->factor = source.factor();
  }

  void CheckTable(const std::string& path, const v1::ScoreTable& source, bool knows_sums,
                  CompiledQuestionnaire* result) {
    const std::optional<std::set<int>> all_sums = knows_sums ? SumsOf(*result) : std::set<int>();
    if (!all_sums) {
      return Fault(path, absl::StrCat("must not be set if the answers can have more than ", kMaxEntries, " sums"));
    }
    const std::set<int>& sums = *all_sums;
    for (int i = 0, size = Size(path + ".entries", source.entries_size(), 1, kMaxEntries); i < size; ++i) {
      const v1::ScoreTableEntry& entry = source.entries(i);
      const std::string field = absl::StrCat(path, ".entries[", i, "]");
      if (!(std::abs(entry.score()) <= kMaxScore)) Fault(field + ".score", "must be -1,000,000 to 1,000,000");
      if (!result->table.emplace(entry.sum(), entry.score()).second) Fault(field + ".sum", "must not be named twice");
      if (knows_sums && sums.count(entry.sum()) == 0) Fault(field + ".sum", "must be a sum that the answers can have");
    }
    std::vector<int> missing;
    for (const int sum : sums) {
      if (result->table.count(sum) == 0 && missing.size() < kMaxListed) missing.push_back(sum);
    }
    if (!missing.empty()) {
      Fault(path + ".entries",
            absl::StrCat("must have an entry for each sum that the answers can have; there is none for ",
                         absl::StrJoin(missing, ", ")));
    }
  }

  // Returns the sums that the answers can have. Nothing if there are more than a table can have.
  std::optional<std::set<int>> SumsOf(const CompiledQuestionnaire& questionnaire) const {
    std::set<int> sums = {0};
    for (const int index : questionnaire.rules) {
      const CompiledRule& rule = parts_.rules[index];
      std::vector<int> counts = rule.points;
      if (rule.answer == v1::ANSWER_KIND_SCORE) {
        for (int score = rule.min_score; score <= rule.max_score; ++score) counts.push_back(score);
      }
      std::set<int> next;
      for (const int sum : sums) {
        for (const int count : counts) next.insert(sum + count);
      }
      sums = std::move(next);
      if (sums.size() > kMaxEntries) return std::nullopt;
    }
    return sums;
  }

  const v1::Pathway& source_;
  PathwayParts& parts_;
  FieldErrors& errors_;
};

}  // namespace

void TakeQuestionnaireIds(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors) {
  const int size = CheckListSize("questionnaires", source.questionnaires_size(), 0, kMaxQuestionnaires, errors);
  for (int i = 0; i < size; ++i) {
    const std::string& id = source.questionnaires(i).id();
    const std::string field = absl::StrCat("questionnaires[", i, "].id");
    if (!IsPathwayId(id)) {
      errors->push_back({field, std::string(kPathwayIdShape)});
    } else if (!parts->questionnaire_ids.emplace(id, i).second) {
      errors->push_back({field, absl::StrCat("must be unique; '", id, "' is there already")});
    }
  }
}

void CheckQuestionnaires(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors) {
  QuestionnaireChecker(source, parts, errors).Run();
}

}  // namespace aftercare::plan
