// The messages of an enrollment that ask for an answer, as far as adherence counts them.
#ifndef AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ASKING_MESSAGES_H_
#define AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ASKING_MESSAGES_H_

#include <vector>

#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/answers/adherence.h"
#include "scheduler/store/records.h"

namespace aftercare::engine {

// Returns the messages among `rows` that ask for an answer, in the order of the rows. All rows must be SENT, DELIVERED
// or COMPLETED. Thread safe.
//
// Each message keeps the category and phase of its own rule, and the due day on the patient's calendar of the time when
// it came due. Messages of a group are of one instance if they belong to one instance of the plan under which they were
// told; the present plan makes no difference.
std::vector<plan::AskingMessage> AskingMessagesOf(const EnrollmentContext& context,
                                                  const std::vector<store::ReminderRow>& rows);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_LIFECYCLE_ASKING_MESSAGES_H_
