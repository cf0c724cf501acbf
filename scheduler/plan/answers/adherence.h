// How a patient follows the care plan, as far as answers tell: counts questions and answers. Functions are pure and
// thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_ANSWERS_ADHERENCE_H_
#define AFTERCARE_SCHEDULER_PLAN_ANSWERS_ADHERENCE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "aftercare/v1/adherence.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/answers/adherence_days.h"

namespace aftercare::plan {

// What a patient answered to a message, or what the clinic recorded for the patient.
struct RecordedAnswer {
  absl::Time time;
  absl::CivilDay day;  // The local day of `time`.

  // The answer says that something was not done. Only used if the message asks whether it was done.
  bool not_done = false;
};

// A message that asks for an answer. Local days are those of the patient's calendar.
struct AskingMessage {
  std::string category;
  std::string phase;  // An id.
  v1::AnswerKind answer = v1::ANSWER_KIND_UNSPECIFIED;  // What it asks for. Never UNSPECIFIED.

  // Messages with the same instance are one question. Empty: the message is a question of its own.
  std::string instance;

  absl::Time due;
  absl::CivilDay due_day;

  // The local day on which it was sent. Nothing if it was not sent, but answered: somebody recorded that it was done.
  std::optional<absl::CivilDay> sent_day;

  std::optional<RecordedAnswer> given;
};

// Counts a patient's questions and answers to the end of `last_day`. Sets `end_date`, `categories` and `phases` of
// `adherence`. `phases` are the ids of the pathway's phases, in its order; other phases follow them by id.
//
// - The messages of one instance are one question. It has the due day, category, phase and kind of the first of them
//   that was sent, in the order in which they were due. The latest answer to any of them answers it.
// - A question counts from the day on that follows both its due day and the day on which it was sent. An answer counts
//   from the day on that follows it. So whatever is sent or answered after `last_day` makes no difference.
// - The entry for all categories is always there. A category or phase without a question has no entry.
//
// The order of the messages does not matter.
void CountAdherence(absl::Span<const AskingMessage> messages, absl::CivilDay last_day,
                    absl::Span<const std::string> phases, v1::Adherence* adherence);

// Returns what lists of enrollments tell of a patient, counted to the end of `last_day` by the same rules. It agrees
// with the entry for all categories that CountAdherence makes.
AdherenceDays CountDays(absl::Span<const AskingMessage> messages, absl::CivilDay last_day);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_ANSWERS_ADHERENCE_H_
