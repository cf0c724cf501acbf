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
#include "services/client/render/sparkline.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

// The most bars of a sparkline. Of more scores it shows the last.
constexpr size_t kMostBars = 40;

// The scale of scores.
constexpr int kLowestScore = 0;
constexpr int kHighestScore = 10;

std::string PeriodTitle(const v1::AdherencePeriod& period) {
  return period.days() == 0 ? ">ALL TIME" : absl::StrCat(">", period.days(), " DAYS");
}

// Returns ` 86%   6/7`: the rate of days, then the questions answered and asked. `-` stands for no rate.
std::string PeriodCell(const v1::AdherencePeriod& period) {
  if (period.asked() == 0) return "-";
  // Rounded down, so that 100% means all.
  const std::string rate =
      period.has_rate() ? absl::StrCat(int64_t{100} * period.days_done() / period.days_asked(), "%") : "-";
  return absl::StrCat(rate, absl::StrFormat("%7s", absl::StrCat(period.answered(), "/", period.asked())));
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

// A table with one line for each rule that asked for scores, or nothing if there is no score.
std::string ScoresTable(const v1::Adherence& adherence, const ListStyle& style) {
  std::map<std::string, std::vector<const v1::AnsweredScore*>> by_rule;
  for (const v1::AnsweredScore& score : adherence.scores()) by_rule[score.rule()].push_back(&score);
  if (by_rule.empty()) return "";
  Table table({"SCORE", ">ANSWERS", ">LAST", absl::StrCat("ANSWERED (", style.zone.name(), ")"), "TREND, 0-10"});
  for (const auto& [rule, scores] : by_rule) {
    std::vector<int> numbers;
    for (const v1::AnsweredScore* score : scores) numbers.push_back(score->score());
    if (numbers.size() > kMostBars) numbers.erase(numbers.begin(), numbers.end() - kMostBars);
    table.Add({rule, absl::StrCat(scores.size()), absl::StrCat(scores.back()->score()),
               FormatInstant(scores.back()->answer_time(), style.zone),
               Sparkline(numbers, kLowestScore, kHighestScore)});
  }
  return absl::StrCat("\n", table.Render(style.width, style.colour));
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

std::string RenderAdherence(const v1::Adherence& adherence, const ListStyle& style) {
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
  return absl::StrCat(out, ScoresTable(adherence, style));
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
  std::vector<std::vector<std::string>> records = {{"enrollment", "rule", "reminder", "answer_time", "score"}};
  for (const v1::AnsweredScore& score : adherence.scores()) {
    const absl::Time time = plan::ToTime(score.answer_time());
    records.push_back({IdOf(adherence.enrollment()), score.rule(), IdOf(score.reminder()),
                       absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()),
                       absl::StrCat(score.score())});
  }
  return records;
}

}  // namespace aftercare::client
