#include "services/client/render/observed_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace aftercare::client {
namespace {

bool CountsAnswered(const v1::ObservedAdherence& adherence) {
  return adherence.measure() == v1::ADHERENCE_MEASURE_ANSWERED;
}

std::string AdherenceText(const v1::ObservedAdherence& adherence) {
  const bool answered = CountsAnswered(adherence);
  const std::string bound = adherence.has_at_least() ? absl::StrCat("at least ", adherence.at_least(), " %")
                                                     : absl::StrCat("less than ", adherence.below(), " %");
  const std::string period =
      adherence.days() == 0 ? "since the enrollment" : absl::StrCat("in the last ", adherence.days(), " days");
  const std::string what = adherence.category().empty() ? "" : absl::StrCat(adherence.category(), " ");
  return absl::StrCat(what, answered ? "questions answered: " : "done: ", bound, answered ? "" : " of the days", " ",
                      period, " (", std::max(adherence.min_asked(), 1), answered ? " questions" : " days",
                      " asked at least)");
}

std::string AnswersText(const v1::ObservedAnswers& answers) {
  const int last = std::max(answers.last(), 1);
  const std::string which = last == 1 ? "the last answer to " : absl::StrCat("each of the last ", last, " answers to ");
  const std::string to = absl::StrCat(which, absl::StrJoin(answers.rules(), ", "), " is ");
  switch (answers.says_case()) {
    case v1::ObservedAnswers::kScoreAtLeast:
      return absl::StrCat(to, answers.score_at_least(), " or more");
    case v1::ObservedAnswers::kScoreAtMost:
      return absl::StrCat(to, answers.score_at_most(), " or less");
    case v1::ObservedAnswers::kChoice:
      return absl::StrCat(to, "choice ", answers.choice());
    case v1::ObservedAnswers::kDone:
      return absl::StrCat(to, answers.done() ? "done" : "not done");
    case v1::ObservedAnswers::SAYS_NOT_SET:
      break;
  }
  return to;
}

}  // namespace

std::string ConditionText(const v1::ObservedCondition& condition) {
  return absl::StrCat(condition.unless() ? "not: " : "",
                      condition.has_answers() ? AnswersText(condition.answers()) : AdherenceText(condition.adherence()));
}

std::string ObservationText(const v1::Observation& observation) {
  std::string seen;
  if (observation.condition().has_answers()) {
    seen = observation.answers().empty() ? "no answer" : absl::StrJoin(observation.answers(), ", ");
  } else {
    const bool answered = CountsAnswered(observation.condition().adherence());
    const std::string asked = absl::StrCat(observation.asked(), answered ? " questions" : " days");
    seen = observation.has_percent() ? absl::StrCat(observation.percent(), " % of ", asked) : "nothing was asked";
  }
  return absl::StrCat(seen, observation.held() ? ": held" : ": did not hold");
}

}  // namespace aftercare::client
