#ifndef AFTERCARE_SERVICES_CLIENT_RENDER_QUESTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_RENDER_QUESTIONS_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "aftercare/v1/pathway.pb.h"

namespace aftercare::client {

// The lowest and the highest score that may be answered.
struct ScoreScale {
  int low = 0;
  int high = 10;

  auto operator<=>(const ScoreScale&) const = default;
};

// What a rule asks the patient.
struct Question {
  v1::AnswerKind kind = v1::ANSWER_KIND_UNSPECIFIED;  // UNSPECIFIED: the rule asks for no answer.
  ScoreScale scale;                                   // Only of use if it asks for a score.
  std::string group;                                  // The id of its group. Empty if it has none.
  int position = 0;                                   // Where the rule stands in its pathway.
};

// The questions of a pathway, by rule. Not thread safe.
class Questions {
 public:
  // Adds the rules of a revision. A rule that another revision has added keeps its entry. So the newest revision is to
  // be added first.
  void Add(const v1::Pathway& revision);

  // Returns what a rule asks, given its id, or nullptr if no revision has that rule. The pointer is valid as long as
  // this object.
  const Question* Find(absl::string_view rule) const;

 private:
  std::map<std::string, Question, std::less<>> by_rule_;
};

// Returns the id of the rule of a reminder, given the reminder's resource name. Pure and thread safe.
std::string RuleOf(absl::string_view reminder);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_RENDER_QUESTIONS_H_
