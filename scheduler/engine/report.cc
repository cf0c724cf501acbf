// Deliveries::Report: what became of leases.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/changes.h"
#include "scheduler/engine/deliveries.h"
#include "scheduler/engine/lease_id.h"
#include "scheduler/engine/names.h"
#include "scheduler/engine/subject.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxReports = 1000;

// What a report does to a reminder, and the change of the row that goes with it.
struct Effect {
  Input input = Input::kSent;
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
};

Effect ApplyOutcome(const Subject& subject, const LeaseId& lease, v1::DeliveryOutcome outcome, absl::Time now,
                    store::ReminderRow* row) {
  switch (outcome) {
    case v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE:
      if (++row->failures >= kMaxFailures) return {Input::kFail, v1::REMINDER_REASON_ATTEMPTS_EXHAUSTED};
      row->available = now + RetryPause(row->failures, StableHash(ReminderNameOf(lease.key)));
      return {Input::kRetry, v1::REMINDER_REASON_UNSPECIFIED};
    case v1::DELIVERY_OUTCOME_PERMANENT_FAILURE:
      if (row->contact_point + 1 >= subject.row.data.contact_points_size()) {
        return {Input::kFail, v1::REMINDER_REASON_REJECTED_BY_CHANNEL};
      }
      ++row->contact_point;
      row->failures = 0;
      row->available = now;
      return {Input::kRetry, v1::REMINDER_REASON_UNSPECIFIED};
    case v1::DELIVERY_OUTCOME_RELEASED:
      row->available = now;
      return {Input::kRelease, v1::REMINDER_REASON_UNSPECIFIED};
    default:
      return {Input::kSent, v1::REMINDER_REASON_UNSPECIFIED};
  }
}

bool HoldsLease(const store::ReminderRow& row, const LeaseId& lease, absl::Time now) {
  return row.state == v1::REMINDER_STATE_LEASED && row.attempts == lease.attempt && now < *row.available;
}

absl::Status LeaseLost(const LeaseId& lease) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "LEASE_LOST",
                   absl::StrCat("the lease of ", ReminderNameOf(lease.key), " is not, or no longer, the sender's"));
}

void CheckReports(const v1::ReportDeliveriesRequest& request, plan::FieldErrors* errors) {
  if (request.reports().empty() || request.reports_size() > kMaxReports) {
    errors->push_back({"reports", "must have 1 to 1000 entries"});
  }
}

}  // namespace

absl::Duration RetryPause(int failures, uint64_t seed) {
  constexpr absl::Duration kFirst = absl::Seconds(30);
  constexpr absl::Duration kLongest = absl::Hours(1);
  const absl::Duration pause = std::min(kFirst * std::exp2(std::min(failures, 20) - 1), kLongest);
  // 75 % to 125 %, the same for the same reminder and failure, so that a replay gives the same times.
  const uint64_t mixed = StableHash(absl::StrCat(seed, "/", failures));
  return pause * (0.75 + 0.5 * static_cast<double>(mixed % 1000) / 1000.0);
}

void Deliveries::Report(const Caller& caller, const v1::ReportDeliveriesRequest& request,
                        v1::ReportDeliveriesResponse* response, Done done) {
  plan::FieldErrors errors;
  CheckReports(request, &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  auto next_available = std::make_shared<absl::Time>();
  core_.Write(
      [this, caller, &request, response, next_available](store::Transaction& tx) -> absl::Status {
        response->Clear();
        *next_available = absl::InfiniteFuture();
        for (const v1::DeliveryReport& report : request.reports()) {
          v1::DeliveryResult* result = response->add_results();
          result->set_lease_id(report.lease_id());
          absl::Status status = ReportOne(tx, caller, report, result, next_available.get());
          // What the store cannot do fails the whole batch; what is wrong with one report harms no other.
          if (absl::IsUnavailable(status) || absl::IsDataLoss(status)) return status;
          if (!status.ok()) *result->mutable_status() = ToStatusProto(status);
        }
        return absl::OkStatus();
      },
      [this, next_available, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(*next_available);
        done(std::move(status));
      });
}

absl::Status Deliveries::ReportOne(store::Transaction& tx, const Caller& caller, const v1::DeliveryReport& report,
                                   v1::DeliveryResult* result, absl::Time* next_available) {
  const auto lease = ParseLeaseId(core_.tokens(), report.lease_id());
  if (!lease) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_LEASE_ID", "lease_id was not given by this service");
  }
  if (!v1::DeliveryOutcome_IsValid(report.outcome()) || report.outcome() == v1::DELIVERY_OUTCOME_UNSPECIFIED) {
    return InvalidField("outcome", "must be SENT, TEMPORARY_FAILURE, PERMANENT_FAILURE or RELEASED");
  }
  if (absl::Status status = CheckClinic(caller, lease->key.clinic); !status.ok()) return status;
  auto clinic = RequireClinic(tx, lease->key.clinic);
  if (!clinic.ok()) return clinic.status();
  auto subject = RequireSubject(core_, tx, lease->key.clinic, lease->key.enrollment);
  if (!subject.ok()) return subject.status();
  auto found = tx.GetReminder(lease->key);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return absl::DataLossError("a leased reminder has no row");
  store::ReminderRow row = **std::move(found);
  result->set_state(row.state);
  const absl::Time now = core_.Now(*clinic);
  if (report.outcome() != v1::DELIVERY_OUTCOME_SENT && !HoldsLease(row, *lease, now)) return LeaseLost(*lease);

  const Effect effect = ApplyOutcome(*subject, *lease, report.outcome(), now, &row);
  absl::Status status = ChangeReminder(tx, *subject, effect.input, effect.reason, now, &row);
  if (!status.ok()) return status;
  result->set_state(row.state);
  if (row.clock.empty() && row.available) *next_available = std::min(*next_available, *row.available);
  return absl::OkStatus();
}

}  // namespace aftercare::engine
