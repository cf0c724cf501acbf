// Sets off the reminders of rules that react to answers (v1::Reaction). An answer is a fact like any other: it is noted
// in the enrollment's history, and the plan then has the reminders that it sets off. Functions are thread safe.
//
// Each function does nothing if the enrollment has ended or its pathway has no rule that reacts. Otherwise what is due
// by `now` fires first, and `context`, which must be as the store has the enrollment, is updated. Each fails only if
// the store does.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REPLIES_REACTIONS_H_
#define AFTERCARE_SCHEDULER_ENGINE_REPLIES_REACTIONS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "aftercare/v1/reply.pb.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Reacts to the answer that `row` has now, which came at `time`. Withdraws what an earlier answer set off and this one
// does not, and what reacts to the lack of an answer. `reply` is the id of the reply, or empty if the clinic itself
// completed the reminder.
absl::Status ReactToAnswer(store::WriteTransaction& tx, const store::ReminderRow& row, const std::string& reply,
                           absl::Time time, absl::Time now, EnrollmentContext* context);

// Reacts to the words of a reply, which came at `time`. Its word_lists and its enrollment must be set. Reads the
// enrollment, which the reply may have changed in other ways.
absl::Status ReactToWords(EngineContext& engine, store::WriteTransaction& tx, const store::ReplyRow& reply,
                          absl::Time time, absl::Time now);

// Notes that a message was sent, so that a missing answer is reacted to at the end of its window; or that it came back,
// so that none is expected. `row` is as the report left it.
absl::Status ReactToReport(store::WriteTransaction& tx, const store::ReminderRow& row, absl::Time now,
                           EnrollmentContext* context);

// Returns whether any rule reacts to a missing answer to the reminder of a row. If none does, ReactToReport has nothing
// to do.
bool ReactsToSilence(const EnrollmentContext& context, const store::ReminderRow& row);

// Sets `word_lists` of a reply to what its text has words of, by the pathway of the enrollment that it belongs to.
void NoteWordLists(const EnrollmentContext& context, v1::Reply* reply);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REPLIES_REACTIONS_H_
