// Counts how a patient follows the care plan, for lists of enrollments. Functions are thread safe.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_COUNT_ADHERENCE_H_
#define AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_COUNT_ADHERENCE_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/answers/adherence_days.h"
#include "scheduler/store/adherence_rows.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Returns the rows of an enrollment that adherence counts if they ask for an answer: those of messages that were sent
// and have not come back, or were answered.
absl::StatusOr<std::vector<store::ReminderRow>> ToldRowsOf(store::ReadTransaction& tx,
                                                           const EnrollmentContext& context);

// What was counted of an enrollment.
struct CountedAdherence {
  std::optional<store::AdherenceRow> row;  // Nothing if no message asked for an answer.
  std::optional<absl::Time> count_after;   // When it must be counted again, as far as is known now.
};

// Counts an enrollment to the end of the patient's yesterday. `now` is the present time by the clinic's clock. The
// result is that of GetAdherence, because both count the same messages by the same functions.
absl::StatusOr<CountedAdherence> CountAdherenceOf(store::ReadTransaction& tx, const EnrollmentContext& context,
                                                  absl::Time now);

// As above, of a marked enrollment.
absl::StatusOr<CountedAdherence> CountAdherenceOf(EngineContext& engine, store::ReadTransaction& tx,
                                                  const store::AdherenceMark& mark, absl::Time now);

// Returns the days of a row.
plan::AdherenceDays DaysOf(const store::AdherenceRow& row);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_COUNT_ADHERENCE_H_
