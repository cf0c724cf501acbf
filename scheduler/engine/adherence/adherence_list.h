// Lists of enrollments that look at how patients follow their care plans: which patients fall behind.
#ifndef AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_ADHERENCE_LIST_H_
#define AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_ADHERENCE_LIST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/plan/answers/adherence_days.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// What was counted of the patients of one clinic, as of their yesterdays. Valid as long as the transaction. Not thread
// safe.
//
// Enrollments that are marked and not counted yet are counted by Read, unless there are many of them: after midnight,
// and when a test clock has moved. Then they are shown as they were counted last, with the end date of that time.
class PresentAdherence {
 public:
  // Reads what is marked in a clinic. `engine` and `tx` must outlive the result.
  static absl::StatusOr<PresentAdherence> Read(EngineContext& engine, store::ReadTransaction& tx,
                                               const store::ClinicRow& clinic);

  using Use = absl::FunctionRef<void(const store::AdherenceRow& row, const plan::AdherenceDays& days)>;

  // Calls `use` with each enrollment that was asked something, in no order. Both are valid during the call.
  absl::Status ForEach(Use use);
  // As ForEach, of the enrollments of one patient.
  absl::Status ForEachOf(absl::string_view patient, Use use);

  // Returns the days of one enrollment. If it was never asked anything, nobody was asked on any day.
  absl::StatusOr<plan::AdherenceDays> DaysOfEnrollment(const store::EnrollmentRow& row);

 private:
  PresentAdherence(store::ReadTransaction& tx, std::string clinic, absl::Time now)
      : tx_(&tx), clinic_(std::move(clinic)), now_(now) {}

  // Returns the row of an enrollment; nothing if it was never asked anything.
  absl::StatusOr<std::optional<store::AdherenceRow>> RowOf(int64_t enrollment_row_id);
  plan::AdherenceDays Present(const store::AdherenceRow& row);
  absl::CivilDay YesterdayIn(const std::string& time_zone);

  store::ReadTransaction* tx_;
  std::string clinic_;
  absl::Time now_;
  // By enrollment_row_id: what Read has counted, and what is marked but not counted.
  absl::flat_hash_map<int64_t, std::optional<store::AdherenceRow>> counted_;
  absl::flat_hash_set<int64_t> outdated_;
  absl::flat_hash_map<std::string, absl::CivilDay> yesterdays_;  // by time zone
};

// What ListEnrollments asks about adherence. The defaults of the request are filled in.
struct AdherenceQuery {
  bool is_asked = false;  // The answer has summaries.
  int days = 14;
  int rate_below_percent = 0;  // 0: any
  int min_days_asked = 1;
  int silent_days = 0;
  v1::EnrollmentOrder order = v1::ENROLLMENT_ORDER_UNSPECIFIED;

  // Returns whether it selects or orders enrollments by what was counted.
  bool selects() const {
    return rate_below_percent > 0 || silent_days > 0 || order != v1::ENROLLMENT_ORDER_UNSPECIFIED;
  }
  // Returns a text that is equal for equal queries only; empty if the request asks nothing about adherence.
  std::string Fingerprint() const;
};

// Reads `adherence` and `order` of a request. Adds an error to `errors` for each bad field.
AdherenceQuery AdherenceQueryOf(const v1::ListEnrollmentsRequest& request, plan::FieldErrors* errors);

// The place of an enrollment in the order of a query: by numerator / denominator, then by the enrollment's id.
struct AdherencePosition {
  int numerator = 0;
  int denominator = 1;
  std::string enrollment;

  std::string ToText() const;
  static std::optional<AdherencePosition> FromText(absl::string_view text);
  friend bool operator<(const AdherencePosition& a, const AdherencePosition& b);
};

struct ListedAdherence {
  AdherencePosition position;
  int64_t enrollment_row_id = 0;
  plan::AdherenceDays days;
};

// Returns the first `filter.limit` enrollments after a position, or from the beginning, that `filter` and `query`
// select, in the order of the query. query.selects() must hold. Of `filter`, `after` and `pending_only` are not used.
absl::StatusOr<std::vector<ListedAdherence>> ListByAdherence(PresentAdherence& present,
                                                             const store::EnrollmentQuery& filter,
                                                             const AdherenceQuery& query,
                                                             const std::optional<AdherencePosition>& after);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_ADHERENCE_ADHERENCE_LIST_H_
