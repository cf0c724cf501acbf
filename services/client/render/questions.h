#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_QUESTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_QUESTIONS_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "aftercare/v1/pathway.pb.h"
#include "services/client/render/score_scale.h"

namespace aftercare::client {

// What a rule asks the patient.
struct Question {
  v1::AnswerKind kind = v1::ANSWER_KIND_UNSPECIFIED;  // UNSPECIFIED: the rule asks for no answer.
  ScoreScale scale;                                   // Only of use if it asks for a score.
  std::string group;                                  // The id of its group. Empty if it has none.
  int position = 0;                                   // Where the rule stands in its pathway.
};

// The questions of a pathway, by rule, and its questionnaires. Not thread safe.
class Questions {
 public:
  // Adds the rules and questionnaires of a revision. Those that another revision has added keep their entries. So the
  // newest revision is to be added first.
  void Add(const v1::Pathway& revision);

  // Returns what a rule asks, given its id, or nullptr if no revision has that rule. The pointer is valid as long as
  // this object.
  const Question* Find(absl::string_view rule) const;

  // Returns the scale of a questionnaire's scores, given its id. 0 to 10 if no revision has it.
  ScoreScale ScaleOf(absl::string_view questionnaire) const;

 private:
  std::map<std::string, Question, std::less<>> by_rule_;
  std::map<std::string, ScoreScale, std::less<>> by_questionnaire_;
};

// Returns the id of the rule of a reminder, given the reminder's resource name. Pure and thread safe.
std::string RuleOf(absl::string_view reminder);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_QUESTIONS_H_
