#include "scheduler/plan/observed_check.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace aftercare::plan {
namespace {

constexpr int kMaxConditions = 10;
constexpr int kMaxRulesObserved = 50;
constexpr int kMaxLast = 10;
constexpr int kMaxAsked = 1000;

// Reads the conditions of all rules. A class only to share what every check needs.
class ObservedChecker {
 public:
  ObservedChecker(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors)
      : source_(source), parts_(*parts), errors_(*errors) {}

  void Run() {
    for (size_t i = 0; i < parts_.rules.size(); ++i) {
      if (parts_.rules[i].answer != v1::ANSWER_KIND_UNSPECIFIED) asked_.insert(source_.rules(i).category());
    }
    for (size_t i = 0; i < parts_.rules.size(); ++i) {
      const v1::Rule& rule = source_.rules(i);
      const std::string path = absl::StrCat("rules[", i, "].observed");
      for (int k = 0, size = Size(path, rule.observed_size(), 0, kMaxConditions); k < size; ++k) {
        CheckCondition(absl::StrCat(path, "[", k, "]"), rule.observed(k), &parts_.rules[i].observed.emplace_back());
      }
    }
  }

 private:
  void Fault(std::string field, absl::string_view description) {
    errors_.push_back({std::move(field), std::string(description)});
  }

  int Size(const std::string& field, int size, int least, int most) {
    return CheckListSize(field, size, least, most, &errors_);
  }

  void CheckCondition(const std::string& path, const v1::ObservedCondition& source, CompiledObservation* condition) {
    condition->unless = source.unless();
    switch (source.observation_case()) {
      case v1::ObservedCondition::kAdherence:
        return CheckAdherence(path + ".adherence", source.adherence(), condition);
      case v1::ObservedCondition::kAnswers:
        return CheckAnswers(path + ".answers", source.answers(), condition);
      case v1::ObservedCondition::OBSERVATION_NOT_SET:
        return Fault(path, "must say what is observed");
    }
  }

  void CheckAdherence(const std::string& path, const v1::ObservedAdherence& source, CompiledObservation* condition) {
    condition->category = source.category();
    if (!source.category().empty() && !asked_.contains(source.category())) {
      Fault(path + ".category", "must be the category of a rule that asks for an answer");
    }
    condition->days = source.days();
    if (source.days() != 0 && source.days() != 7 && source.days() != 14 && source.days() != 28) {
      Fault(path + ".days", "must be 0, 7, 14 or 28");
    }
    if (!v1::AdherenceMeasure_IsValid(source.measure())) Fault(path + ".measure", "must be a known measure");
    condition->measure = std::max(source.measure(), v1::ADHERENCE_MEASURE_DONE);
    condition->at_least = source.has_at_least();
    condition->percent = source.has_at_least() ? source.at_least() : source.below();
    if (source.bound_case() == v1::ObservedAdherence::BOUND_NOT_SET) {
      Fault(path, "must have a bound, below or at_least");
    } else if (condition->percent < 1 || condition->percent > 100) {
      Fault(path + (condition->at_least ? ".at_least" : ".below"), "must be 1 to 100");
    }
    condition->min_asked = std::max(source.min_asked(), 1);
    if (source.min_asked() < 0 || source.min_asked() > kMaxAsked) {
      Fault(path + ".min_asked", absl::StrCat("must be 1 to ", kMaxAsked));
    }
  }

  void CheckAnswers(const std::string& path, const v1::ObservedAnswers& source, CompiledObservation* condition) {
    condition->last = std::max(source.last(), 1);
    if (source.last() < 0 || source.last() > kMaxLast) Fault(path + ".last", absl::StrCat("must be 1 to ", kMaxLast));
    const v1::AnswerKind kind = ReadBound(path, source, &condition->says);
    for (int i = 0, size = Size(path + ".rules", source.rules_size(), 1, kMaxRulesObserved); i < size; ++i) {
      const std::string field = absl::StrCat(path, ".rules[", i, "]");
      const int index = FindIndex(parts_.rule_ids, source.rules(i));
      if (index < 0) {
        Fault(field, "must be the id of one of the rules");
      } else if (std::find(condition->rules.begin(), condition->rules.end(), index) != condition->rules.end()) {
        Fault(field, "must not be named twice");
      } else {
        if (kind != v1::ANSWER_KIND_UNSPECIFIED) CheckAsked(field, parts_.rules[index], kind, condition->says);
        condition->rules.push_back(index);
      }
    }
    std::sort(condition->rules.begin(), condition->rules.end());
  }

  // Reads what the answers must say. Returns the kind of answer that says it; UNSPECIFIED if it is faulty.
  v1::AnswerKind ReadBound(const std::string& path, const v1::ObservedAnswers& source, CompiledAnswerBound* bound) {
    switch (source.says_case()) {
      case v1::ObservedAnswers::kScoreAtLeast:
        *bound = {ReactionKind::kScoreAtLeast, source.score_at_least()};
        return v1::ANSWER_KIND_SCORE;
      case v1::ObservedAnswers::kScoreAtMost:
        *bound = {ReactionKind::kScoreAtMost, source.score_at_most()};
        return v1::ANSWER_KIND_SCORE;
      case v1::ObservedAnswers::kChoice:
        *bound = {ReactionKind::kChoice, source.choice()};
        if (source.choice() >= 1) return v1::ANSWER_KIND_CHOICE;
        Fault(path + ".choice", "must be 1 or more");
        return v1::ANSWER_KIND_UNSPECIFIED;
      case v1::ObservedAnswers::kDone:
        *bound = {source.done() ? ReactionKind::kDone : ReactionKind::kNotDone, 0};
        return v1::ANSWER_KIND_DONE;
      case v1::ObservedAnswers::SAYS_NOT_SET:
        Fault(path, "must say what the answers are");
        return v1::ANSWER_KIND_UNSPECIFIED;
    }
    return v1::ANSWER_KIND_UNSPECIFIED;
  }

  void CheckAsked(const std::string& field, const CompiledRule& asked, v1::AnswerKind kind,
                  const CompiledAnswerBound& says) {
    if (asked.answer != kind) return Fault(field, "must be a rule that asks for this kind of answer");
    if (kind == v1::ANSWER_KIND_CHOICE && says.value > static_cast<int>(asked.choices.size())) {
      Fault(field, "must be a rule with this choice");
    }
    if (kind == v1::ANSWER_KIND_SCORE && (says.value < asked.min_score || says.value > asked.max_score)) {
      Fault(field, "must be a rule with this score in its score_range");
    }
  }

  const v1::Pathway& source_;
  PathwayParts& parts_;
  FieldErrors& errors_;
  absl::flat_hash_set<std::string> asked_;  // Categories of rules that ask for an answer.
};

}  // namespace

void CheckObserved(const v1::Pathway& source, PathwayParts* parts, FieldErrors* errors) {
  ObservedChecker(source, parts, errors).Run();
}

}  // namespace aftercare::plan
