#include "scheduler/engine/lifecycle/questionnaire_rounds.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "scheduler/engine/lifecycle/reaction_records.h"

namespace aftercare::engine {
namespace {

// A question of a questionnaire that a reminder asked, in the revision of the pathway that asked it.
struct Question {
  const plan::CompiledPathway* pathway = nullptr;
  int questionnaire = 0;  // Its index there.
  size_t place = 0;       // Of the question in the questionnaire, counted from 0.

  const std::string& id() const { return pathway->questionnaire_source(questionnaire).id(); }
  const std::vector<int>& rules() const { return pathway->questionnaire(questionnaire).rules; }
  bool IsLast() const { return place + 1 == rules().size(); }
  const std::string& next_rule() const { return pathway->rule_source(rules()[place + 1]).id(); }
};

// Returns the question that a reminder asked; nothing if that was none of a questionnaire.
std::optional<Question> QuestionOf(const EnrollmentContext& context, const store::ReminderRow& row) {
  const RowRule rule = RuleOf(context, row);
  const int questionnaire = rule.rule < 0 ? -1 : rule.compiled().questionnaire;
  if (questionnaire < 0) return std::nullopt;
  Question question{rule.pathway->get(), questionnaire, 0};
  const std::vector<int>& rules = question.rules();
  question.place = static_cast<size_t>(std::find(rules.begin(), rules.end(), rule.rule) - rules.begin());
  return question;
}

bool IsAnswered(const store::ReminderRow& row) {
  return row.state == v1::REMINDER_STATE_COMPLETED && row.score.has_value();
}

// Returns whether `a` goes before `b` where both could be the next reminder of a round.
bool GoesBefore(const store::ReminderRow& a, const store::ReminderRow& b) {
  if (IsAnswered(a) != IsAnswered(b)) return IsAnswered(a);
  return std::tie(a.due, a.key.code) < std::tie(b.due, b.key.code);
}

// Finds the rounds of one enrollment. Refers to the context and the rows, which must outlive it.
class RoundFinder {
 public:
  RoundFinder(const EnrollmentContext& context, absl::Span<const store::ReminderRow> rows) : context_(context) {
    for (const store::ReminderRow& row : rows) {
      const std::optional<Question> question = QuestionOf(context, row);
      if (!question) continue;
      if (question->place == 0) {
        firsts_.push_back(&row);
        continue;
      }
      for (std::string& asked : CausingReminders(context, row)) {
        const store::ReminderRow*& next = next_[{std::move(asked), row.key.rule}];
        if (next == nullptr || GoesBefore(row, *next)) next = &row;
      }
    }
  }

  std::vector<CompleteRound> Find() const {
    std::vector<CompleteRound> rounds;
    for (const store::ReminderRow* const first : firsts_) {
      if (std::optional<CompleteRound> round = RoundFrom(*first)) rounds.push_back(*std::move(round));
    }
    const auto order = [](const CompleteRound& round) {
      const store::ReminderRow& first = *round.reminders.front();
      return std::tie(round.answer_time, first.due, first.key.rule, first.key.code);
    };
    std::sort(rounds.begin(), rounds.end(),
              [&](const CompleteRound& a, const CompleteRound& b) { return order(a) < order(b); });
    return rounds;
  }

 private:
  // Returns the round that begins with a reminder; nothing unless it is complete.
  std::optional<CompleteRound> RoundFrom(const store::ReminderRow& first) const {
    CompleteRound round;
    round.answer_time = absl::InfinitePast();
    std::vector<int> answers;
    for (const store::ReminderRow* row = &first; row != nullptr && IsAnswered(*row);) {
      const Question question = *QuestionOf(context_, *row);
      if (question.place != answers.size()) return std::nullopt;
      if (answers.empty()) round.questionnaire = question.id();
      if (question.id() != round.questionnaire) return std::nullopt;
      round.reminders.push_back(row);
      round.answer_time = std::max(round.answer_time, row->state_time);
      answers.push_back(*row->score);
      if (question.IsLast()) {
        const auto score = plan::ScoreRound(*question.pathway, question.questionnaire, answers);
        if (!score) return std::nullopt;
        round.score = *score;
        return round;
      }
      const auto next = next_.find({ReminderIdOf(row->key), question.next_rule()});
      row = next == next_.end() ? nullptr : next->second;
    }
    return std::nullopt;
  }

  const EnrollmentContext& context_;
  std::vector<const store::ReminderRow*> firsts_;  // The reminders of first questions.

  // The reminders of further questions, by the reminder whose answer set them off, and by their rule.
  std::map<std::pair<std::string, std::string>, const store::ReminderRow*> next_;
};

}  // namespace

std::vector<CompleteRound> CompleteRoundsOf(const EnrollmentContext& context,
                                            absl::Span<const store::ReminderRow> rows) {
  return RoundFinder(context, rows).Find();
}

}  // namespace aftercare::engine
