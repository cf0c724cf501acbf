#include "services/client/render/year_answers.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

bool HasAnswer(const v1::Reminder& reminder) {
  return reminder.has_score() || reminder.has_done() || reminder.has_choice();
}

bool WasSent(const v1::Reminder& reminder) {
  return reminder.state() == v1::REMINDER_STATE_SENT || reminder.state() == v1::REMINDER_STATE_DELIVERED;
}

// A message of a group, at its place in the group.
struct Member {
  std::string nominal;  // Local date and time.
  int position = 0;     // Of its rule in the pathway.
  const v1::Reminder* reminder = nullptr;
};

// Returns the messages of a group that were sent in an instance with an answer.
std::vector<const v1::Reminder*> AnsweredTogether(std::vector<Member> members) {
  std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::tie(a.nominal, a.position) < std::tie(b.nominal, b.position);
  });
  int first = members.front().position;
  for (const Member& member : members) first = std::min(first, member.position);
  const auto begins = [first](const Member& member) { return member.position == first; };
  std::vector<const v1::Reminder*> together;
  // What comes before the first instance belongs to none.
  for (auto begin = std::find_if(members.begin(), members.end(), begins); begin != members.end();) {
    const auto end = std::find_if(begin + 1, members.end(), begins);
    const bool answered = std::any_of(begin, end, [](const Member& member) {
      return member.reminder->state() == v1::REMINDER_STATE_COMPLETED;
    });
    for (; begin != end; ++begin) {
      if (answered) together.push_back(begin->reminder);
    }
  }
  return together;
}

// Returns one curve for each questionnaire, in order of the first score.
std::vector<YearCurve> QuestionnaireCurves(const v1::Adherence& adherence, const Questions& questions,
                                           absl::TimeZone zone) {
  std::vector<YearCurve> curves;
  for (const v1::QuestionnaireScore& score : adherence.questionnaires()) {
    auto curve = std::find_if(curves.begin(), curves.end(), [&](const YearCurve& candidate) {
      return candidate.label == score.questionnaire();
    });
    if (curve == curves.end()) {
      curve = curves.insert(curve, {score.questionnaire(), questions.ScaleOf(score.questionnaire()), {}});
    }
    const std::string last = score.reminders().empty() ? "" : IdOf(*score.reminders().rbegin());
    curve->scores.push_back({absl::ToCivilSecond(plan::ToTime(score.answer_time()), zone), score.score(), last});
  }
  return curves;
}

}  // namespace

absl::flat_hash_map<const v1::Reminder*, Answering> AnsweringOf(const v1::GetTimelineResponse& timeline,
                                                                const Questions& questions) {
  absl::flat_hash_map<const v1::Reminder*, Answering> answering;
  std::map<std::string, std::vector<Member>> groups;
  const absl::Time now = plan::ToTime(timeline.current_time());
  for (const v1::Reminder& reminder : timeline.reminders()) {
    if (reminder.audience() == v1::AUDIENCE_CARE_TEAM) continue;
    const Question* question = questions.Find(RuleOf(reminder.name()));
    if (question == nullptr ? !HasAnswer(reminder) : question->kind == v1::ANSWER_KIND_UNSPECIFIED) continue;
    if (question != nullptr && !question->group.empty()) {
      groups[question->group].push_back({reminder.nominal_local_time(), question->position, &reminder});
    }
    if (reminder.state() == v1::REMINDER_STATE_COMPLETED && (reminder.attempts() > 0 || HasAnswer(reminder))) {
      answering[&reminder] = Answering::kAnswered;
    } else if (WasSent(reminder) && plan::ToTime(reminder.expire_time()) <= now) {
      answering[&reminder] = Answering::kUnanswered;
    }
  }
  for (auto& [group, members] : groups) {
    for (const v1::Reminder* reminder : AnsweredTogether(std::move(members))) {
      if (WasSent(*reminder)) answering[reminder] = Answering::kAnswered;
    }
  }
  return answering;
}

std::vector<YearCurve> CurvesOf(const v1::GetTimelineResponse& timeline, const Questions& questions,
                                absl::TimeZone zone) {
  absl::flat_hash_map<std::string, std::string> categories;
  for (const v1::Reminder& reminder : timeline.reminders()) categories[reminder.name()] = reminder.category();
  std::vector<YearCurve> curves;
  for (const v1::AnsweredScore& score : timeline.adherence().scores()) {
    const auto category = categories.find(score.reminder());
    const std::string& label = category == categories.end() ? score.rule() : category->second;
    const Question* question = questions.Find(score.rule());
    const ScoreScale scale = question != nullptr ? question->scale : ScoreScale();
    auto curve = std::find_if(curves.begin(), curves.end(), [&](const YearCurve& candidate) {
      return candidate.label == label && candidate.scale == scale;
    });
    if (curve == curves.end()) curve = curves.insert(curve, {label, scale, {}});
    curve->scores.push_back(
        {absl::ToCivilSecond(plan::ToTime(score.answer_time()), zone), static_cast<double>(score.score()),
         IdOf(score.reminder())});
  }
  const std::vector<YearCurve> of_questionnaires = QuestionnaireCurves(timeline.adherence(), questions, zone);
  curves.insert(curves.end(), of_questionnaires.begin(), of_questionnaires.end());
  // An earlier revision may have had another scale.
  for (YearCurve& curve : curves) {
    for (const YearScore& score : curve.scores) {
      curve.scale = {std::min(curve.scale.low, score.score), std::max(curve.scale.high, score.score)};
    }
  }
  std::stable_sort(curves.begin(), curves.end(),
                   [](const YearCurve& a, const YearCurve& b) { return a.scale < b.scale; });
  return curves;
}

std::string AnswersNote(const v1::Adherence& adherence) {
  if (adherence.categories().empty() || adherence.categories(0).periods().empty()) return "";
  const v1::AdherencePeriod& all = *adherence.categories(0).periods().rbegin();
  if (all.asked() == 0) return "";
  const auto end = plan::ParseDate(adherence.end_date());
  std::string note = absl::StrCat("To the end of ", end ? FormatLongDate(*end) : adherence.end_date(), ": ",
                                  all.answered(), " of ", Counted(all.asked(), "question"), " answered");
  if (all.has_rate()) {
    // Rounded down, so that 100% means all.
    absl::StrAppend(&note, ", all done on ", all.days_done(), " of ", Counted(all.days_asked(), "day"), " (",
                    int64_t{100} * all.days_done() / all.days_asked(), "%)");
  }
  return absl::StrCat(note, ".");
}

}  // namespace aftercare::client
