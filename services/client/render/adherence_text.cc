#include "services/client/render/adherence_text.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/common/values.h"
#include "services/client/render/score_scale.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

std::string PeriodTitle(const v1::AdherencePeriod& period) {
  return period.days() == 0 ? ">ALL TIME" : absl::StrCat(">", period.days(), " DAYS");
}

// Returns `86%`. `-` stands for no rate.
std::string RateText(const v1::AdherencePeriod& period) {
  // Rounded down, so that 100% means all.
  return period.has_rate() ? absl::StrCat(int64_t{100} * period.days_done() / period.days_asked(), "%") : "-";
}

// Returns ` 86%   6/7`: the rate of days, then the questions answered and asked. `-` stands for no rate.
std::string PeriodCell(const v1::AdherencePeriod& period) {
  if (period.asked() == 0) return "-";
  return absl::StrCat(RateText(period), absl::StrFormat("%7s", absl::StrCat(period.answered(), "/", period.asked())));
}

void AddEntry(const std::string& title, const v1::CategoryAdherence& entry, Table* table) {
  std::vector<std::string> cells = {title};
  for (const v1::AdherencePeriod& period : entry.periods()) cells.push_back(PeriodCell(period));
  table->Add(std::move(cells));
}

// A table with one line for each entry, or nothing if there is no entry.
std::string EntriesTable(const std::string& title,
                         const google::protobuf::RepeatedPtrField<v1::CategoryAdherence>& entries,
                         const ListStyle& style) {
  if (entries.empty()) return "";
  std::vector<std::string> titles = {title};
  for (const v1::AdherencePeriod& period : entries[0].periods()) titles.push_back(PeriodTitle(period));
  Table table(titles);
  for (const v1::CategoryAdherence& entry : entries) {
    const std::string& id = entry.phase().empty() ? entry.category() : entry.phase();
    AddEntry(id.empty() ? "all" : id, entry, &table);
  }
  return absl::StrCat("\n", table.Render(style.width, style.colour));
}

// The scores of one kind, of which a table of scores has one line.
struct ScoreLine {
  std::vector<double> scores;  // The earliest first.
  google::protobuf::Timestamp last_time;
};

// A table with one line for each entry, or nothing if there is none. `scale_of` returns the scale for the name of a
// line.
template <typename ScaleOf>
std::string ScoresTable(const std::string& title, const std::string& count_title,
                        const std::map<std::string, ScoreLine>& lines, const ListStyle& style, ScaleOf scale_of) {
  if (lines.empty()) return "";
  const std::string time_title = absl::StrCat("ANSWERED (", style.zone.name(), ")");
  Table table({title, ">" + count_title, ">LAST", time_title, "SCALE", "TREND"});
  for (const auto& [name, line] : lines) {
    const ScoreScale scale = scale_of(name, line);
    table.Add({name, absl::StrCat(line.scores.size()), absl::StrCat(line.scores.back()),
               FormatInstant(line.last_time, style.zone), ScaleText(scale), DrawScores(line.scores, scale)});
  }
  return absl::StrCat("\n", table.Render(style.width, style.colour));
}

// Adds a score to the line with that name.
void AddScore(const std::string& name, double score, const google::protobuf::Timestamp& time,
              std::map<std::string, ScoreLine>* lines) {
  ScoreLine& line = (*lines)[name];
  line.scores.push_back(score);
  line.last_time = time;
}

// A table of the scores by rule, and one of the scores of questionnaires.
std::string ScoresTables(const v1::Adherence& adherence, const v1::Pathway& pathway, const ListStyle& style) {
  std::map<std::string, ScoreLine> by_rule, by_questionnaire;
  for (const v1::AnsweredScore& score : adherence.scores()) {
    AddScore(score.rule(), score.score(), score.answer_time(), &by_rule);
  }
  for (const v1::QuestionnaireScore& score : adherence.questionnaires()) {
    AddScore(score.questionnaire(), score.score(), score.answer_time(), &by_questionnaire);
  }
  // A questionnaire that the pathway has no more is drawn on the scale of what was answered.
  const auto scale_of_questionnaire = [&](const std::string& id, const ScoreLine& line) {
    const auto [least, most] = std::minmax_element(line.scores.begin(), line.scores.end());
    return ScaleOfQuestionnaire(pathway, id).value_or(ScoreScale{*least, *most});
  };
  const auto scale_of_rule = [&](const std::string& rule, const ScoreLine&) { return ScaleOfRule(pathway, rule); };
  return absl::StrCat(ScoresTable("SCORE", "ANSWERS", by_rule, style, scale_of_rule),
                      ScoresTable("QUESTIONNAIRE", "ROUNDS", by_questionnaire, style, scale_of_questionnaire));
}

bool WasAsked(const v1::Adherence& adherence) {
  const auto has_questions = [](const v1::CategoryAdherence& entry) {
    return std::any_of(entry.periods().begin(), entry.periods().end(),
                       [](const v1::AdherencePeriod& period) { return period.asked() > 0; });
  };
  return std::any_of(adherence.categories().begin(), adherence.categories().end(), has_questions);
}

void AddRecords(const std::string& enrollment, const v1::CategoryAdherence& entry,
                std::vector<std::vector<std::string>>* records) {
  for (const v1::AdherencePeriod& period : entry.periods()) {
    records->push_back({enrollment, entry.category(), entry.phase(), absl::StrCat(period.days()),
                        absl::StrCat(period.asked()), absl::StrCat(period.answered()), absl::StrCat(period.done()),
                        absl::StrCat(period.not_done()), absl::StrCat(period.unanswered()),
                        absl::StrCat(period.days_asked()), absl::StrCat(period.days_done()),
                        period.has_rate() ? absl::StrFormat("%.4f", period.rate()) : ""});
  }
}

}  // namespace

std::string RenderAdherence(const v1::Adherence& adherence, const v1::Pathway& pathway, const ListStyle& style) {
  const auto end = plan::ParseDate(adherence.end_date());
  const std::string until = end ? FormatLongDate(*end) : adherence.end_date();
  std::string out =
      absl::StrCat(IdOf(adherence.enrollment()), ", to the end of ", until, " (", style.zone.name(), ")\n");
  if (WasAsked(adherence)) {
    absl::StrAppend(&out, "Each period: days on which all that was asked was done, and questions answered/asked.\n",
                    EntriesTable("CATEGORY", adherence.categories(), style),
                    EntriesTable("PHASE", adherence.phases(), style));
  } else {
    absl::StrAppend(&out, "No message that asks for an answer was sent by then.\n");
  }
  return absl::StrCat(out, ScoresTables(adherence, pathway, style));
}

std::string RenderFollowing(const v1::ListEnrollmentsResponse& list, int days, const ListStyle& style) {
  Table table({"ENROLLMENT", "PATIENT", "PATHWAY", "PROCEDURE", "STATE", absl::StrCat(">", days, " DAYS"), ">ASKED ON",
               ">SILENT FOR", "TO THE END OF"});
  for (int i = 0; i < list.enrollments_size(); ++i) {
    const v1::Enrollment& enrollment = list.enrollments(i);
    const v1::AdherenceSummary& summary = list.summaries(i);
    v1::AdherencePeriod period;
    for (const v1::AdherencePeriod& candidate : summary.periods()) {
      if (candidate.days() == days) period = candidate;
    }
    table.Add({IdOf(enrollment.name()), enrollment.patient(),
               absl::StrCat(IdOf(enrollment.pathway()), " r", enrollment.pathway_revision()),
               enrollment.procedure_date(),
               EnumLabel(*v1::EnrollmentState_descriptor(), enrollment.state()), RateText(period),
               Counted(period.days_asked(), "day"),
               summary.silent_days() > 0 ? Counted(summary.silent_days(), "day") : "-", summary.end_date()});
  }
  return table.Render(style.width, style.colour);
}

std::vector<std::vector<std::string>> AdherenceRecords(const v1::Adherence& adherence) {
  std::vector<std::vector<std::string>> records = {{"enrollment", "category", "phase", "days", "asked", "answered",
                                                    "done", "not_done", "unanswered", "days_asked", "days_done",
                                                    "rate"}};
  const std::string enrollment = IdOf(adherence.enrollment());
  for (const v1::CategoryAdherence& entry : adherence.categories()) AddRecords(enrollment, entry, &records);
  for (const v1::CategoryAdherence& entry : adherence.phases()) AddRecords(enrollment, entry, &records);
  return records;
}

std::vector<std::vector<std::string>> ScoreRecords(const v1::Adherence& adherence) {
  std::vector<std::vector<std::string>> records = {
      {"enrollment", "rule", "reminder", "answer_time", "score", "questionnaire"}};
  const auto in_utc = [](const google::protobuf::Timestamp& time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", plan::ToTime(time), absl::UTCTimeZone());
  };
  const std::string enrollment = IdOf(adherence.enrollment());
  for (const v1::AnsweredScore& score : adherence.scores()) {
    records.push_back({enrollment, score.rule(), IdOf(score.reminder()), in_utc(score.answer_time()),
                       absl::StrCat(score.score()), ""});
  }
  for (const v1::QuestionnaireScore& score : adherence.questionnaires()) {
    const std::string first = score.reminders().empty() ? "" : IdOf(score.reminders(0));
    records.push_back({enrollment, "", first, in_utc(score.answer_time()), absl::StrCat(score.score()),
                       score.questionnaire()});
  }
  return records;
}

}  // namespace aftercare::client
