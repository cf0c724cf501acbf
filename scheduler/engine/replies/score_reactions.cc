#include "scheduler/engine/replies/score_reactions.h"

#include <algorithm>

#include "scheduler/engine/lifecycle/questionnaire_rounds.h"
#include "scheduler/engine/lifecycle/reaction_records.h"
#include "scheduler/plan/answers/reactions.h"

namespace aftercare::engine {
namespace {

constexpr v1::ReminderState kAnsweredStates[] = {v1::REMINDER_STATE_COMPLETED};

// Returns whether any rule reacts to the score of a questionnaire.
bool HasReactions(const plan::CompiledPathway& pathway, int questionnaire) {
  return std::any_of(pathway.reactions().begin(), pathway.reactions().end(), [&](int rule) {
    return pathway.rule(rule).reaction.questionnaire == questionnaire;
  });
}

// Returns the index of the questionnaire with an id; -1 if there is none.
int FindQuestionnaire(const plan::CompiledPathway& pathway, const std::string& id) {
  for (int i = 0; i < pathway.questionnaire_count(); ++i) {
    if (pathway.questionnaire_source(i).id() == id) return i;
  }
  return -1;
}

}  // namespace

absl::StatusOr<std::vector<ScoreReactions>> ReactionsToRounds(store::ReadTransaction& tx,
                                                              const EnrollmentContext& context,
                                                              const store::ReminderRow& row) {
  std::vector<ScoreReactions> reactions;
  const plan::CompiledPathway& pathway = *context.pathway;
  const int rule = pathway.FindRule(row.key.rule);
  const int asked = rule < 0 ? -1 : pathway.rule(rule).questionnaire;
  if (asked < 0 || !HasReactions(pathway, asked)) return reactions;
  auto rows = RowsOf(tx, context, kAnsweredStates);
  if (!rows.ok()) return rows.status();
  const auto is_row = [&row](const store::ReminderRow* other) { return other->key == row.key; };
  for (const CompleteRound& round : CompleteRoundsOf(context, *rows)) {
    if (std::none_of(round.reminders.begin(), round.reminders.end(), is_row)) continue;
    const int questionnaire = FindQuestionnaire(pathway, round.questionnaire);
    if (questionnaire < 0) continue;
    reactions.push_back({ReminderIdOf(round.reminders.front()->key),
                         plan::ReactionsToScore(pathway, questionnaire, round.score.score)});
  }
  return reactions;
}

bool IsOutdated(const std::vector<ScoreReactions>& rounds, const std::string& reminder, int rule) {
  return std::any_of(rounds.begin(), rounds.end(), [&](const ScoreReactions& round) {
    return round.reminder == reminder && std::find(round.rules.begin(), round.rules.end(), rule) == round.rules.end();
  });
}

}  // namespace aftercare::engine
