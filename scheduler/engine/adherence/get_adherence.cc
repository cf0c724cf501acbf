#include "scheduler/engine/adherence/get_adherence.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "scheduler/engine/adherence/count_adherence.h"
#include "scheduler/engine/lifecycle/asking_messages.h"
#include "scheduler/engine/lifecycle/questionnaire_rounds.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/answers/adherence.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr size_t kMaxScores = 1000;

// Adds the scores that the patient answered, by the time of the answer.
void AddScores(const EnrollmentContext& context, const std::vector<store::ReminderRow>& rows,
               v1::Adherence* adherence) {
  std::vector<const store::ReminderRow*> scored;
  for (const store::ReminderRow& row : rows) {
    const RowRule rule = RuleOf(context, row);
    const bool asks_score = rule.rule >= 0 && rule.compiled().answer == v1::ANSWER_KIND_SCORE;
    if (asks_score && row.state == v1::REMINDER_STATE_COMPLETED && row.score) scored.push_back(&row);
  }
  std::sort(scored.begin(), scored.end(), [](const store::ReminderRow* a, const store::ReminderRow* b) {
    return std::tie(a->state_time, a->due, a->key.rule, a->key.code) <
           std::tie(b->state_time, b->due, b->key.rule, b->key.code);
  });
  const size_t first = scored.size() - std::min(scored.size(), kMaxScores);
  for (size_t i = first; i < scored.size(); ++i) {
    v1::AnsweredScore* score = adherence->add_scores();
    score->set_reminder(ReminderNameOf(scored[i]->key));
    score->set_rule(scored[i]->key.rule);
    plan::SetTimestamp(scored[i]->state_time, score->mutable_answer_time());
    score->set_score(*scored[i]->score);
  }
}

// Adds the scores of complete rounds of questionnaires, by the time of the last answer.
void AddQuestionnaires(const EnrollmentContext& context, const std::vector<store::ReminderRow>& rows,
                       v1::Adherence* adherence) {
  const std::vector<CompleteRound> rounds = CompleteRoundsOf(context, rows);
  for (size_t i = rounds.size() - std::min(rounds.size(), kMaxScores); i < rounds.size(); ++i) {
    v1::QuestionnaireScore* score = adherence->add_questionnaires();
    score->set_questionnaire(rounds[i].questionnaire);
    for (const store::ReminderRow* row : rounds[i].reminders) score->add_reminders(ReminderNameOf(row->key));
    plan::SetTimestamp(rounds[i].answer_time, score->mutable_answer_time());
    score->set_sum(rounds[i].score.sum);
    score->set_score(rounds[i].score.score);
  }
}

}  // namespace

absl::Status ReadAdherence(store::ReadTransaction& tx, const EnrollmentContext& context, absl::Time now,
                           v1::Adherence* adherence) {
  auto rows = ToldRowsOf(tx, context);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> phases;
  for (const v1::Phase& phase : context.pathway->source().phases()) phases.push_back(phase.id());
  const absl::CivilDay today = absl::ToCivilDay(now, context.facts.zone);
  adherence->set_enrollment(EnrollmentNameOf(context.row.clinic, context.row.enrollment));
  plan::CountAdherence(AskingMessagesOf(context, *rows), today - 1, phases, adherence);
  AddScores(context, *rows, adherence);
  AddQuestionnaires(context, *rows, adherence);
  return absl::OkStatus();
}

void GetAdherence(EngineContext& engine, const CallPtr& call, const v1::GetAdherenceRequest& request,
                  v1::GetAdherenceResponse* response, Done done) {
  const auto name = ParseEnrollmentName(request.name());
  if (!name) return done(InvalidField("name", "must be clinics/{clinic}/enrollments/{enrollment}"));
  call->Read(
      name->clinic,
      [&engine, name = *name, response](store::ReadTransaction& tx) -> absl::Status {
        auto clinic = RequireClinic(tx, name.clinic);
        if (!clinic.ok()) return clinic.status();
        auto context = RequireEnrollmentContext(engine, tx, name.clinic, name.enrollment);
        if (!context.ok()) return context.status();
        return ReadAdherence(tx, *context, engine.Now(*clinic), response->mutable_adherence());
      },
      std::move(done));
}

}  // namespace aftercare::engine
