#include "scheduler/engine/delivery/report.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/delivery/lease_id.h"
#include "scheduler/engine/delivery/lease_terms.h"
#include "scheduler/engine/delivery/notice_report.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/retry_policy.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/engine/replies/reactions.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxItems = 1000;
constexpr size_t kMaxMessageId = 200;

bool IsReceipt(v1::DeliveryOutcome outcome) {
  return outcome == v1::DELIVERY_OUTCOME_DELIVERED || outcome == v1::DELIVERY_OUTCOME_BOUNCED;
}

// What a report does to a reminder.
struct Effect {
  ReminderEvent event = ReminderEvent::kSent;
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
};

// Directs the reminder at the patient's next contact point. Fails it if there is none.
Effect TryNextContactPoint(const EnrollmentContext& enrollment, absl::Time now, store::ReminderRow* row) {
  const std::optional<int> next = PermittedContactPoint(enrollment, row->contact_point + 1);
  if (!next) return {ReminderEvent::kFail, v1::REMINDER_REASON_REJECTED_BY_CHANNEL};
  SetContactPoint(enrollment, *next, row);
  row->failures = 0;
  MakeAvailable(enrollment, now, row);
  return {ReminderEvent::kRetry, v1::REMINDER_REASON_UNSPECIFIED};
}

// Changes what an outcome changes in the row, except its state. Returns the effect that changes the state.
Effect ApplyOutcome(const EnrollmentContext& enrollment, v1::DeliveryOutcome outcome, absl::Time now,
                    store::ReminderRow* row) {
  switch (outcome) {
    case v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE:
      if (++row->failures >= kMaxFailures) return {ReminderEvent::kFail, v1::REMINDER_REASON_ATTEMPTS_EXHAUSTED};
      MakeAvailable(enrollment, now + RetryPause(row->failures, StableHash(ReminderNameOf(row->key))), row);
      return {ReminderEvent::kRetry, v1::REMINDER_REASON_UNSPECIFIED};
    case v1::DELIVERY_OUTCOME_PERMANENT_FAILURE:
      return TryNextContactPoint(enrollment, now, row);
    case v1::DELIVERY_OUTCOME_RELEASED:
      MakeAvailable(enrollment, now, row);
      return {ReminderEvent::kRelease, v1::REMINDER_REASON_UNSPECIFIED};
    case v1::DELIVERY_OUTCOME_DELIVERED:
      return {ReminderEvent::kDelivered, v1::REMINDER_REASON_UNSPECIFIED};
    case v1::DELIVERY_OUTCOME_BOUNCED:
      return {ReminderEvent::kBounced, v1::REMINDER_REASON_BOUNCED};
    default:
      return {ReminderEvent::kSent, v1::REMINDER_REASON_UNSPECIFIED};
  }
}

absl::Status NotSent(const store::ReminderKey& key) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_SENT",
                   absl::StrCat(ReminderNameOf(key), " was not reported sent; report that first"));
}

absl::Status InvalidLeaseId() {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_LEASE_ID", "lease_id was not given by this service");
}

absl::Status LeaseLost(const LeaseId& lease) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "LEASE_LOST",
                   absl::StrCat("the lease of ", ReminderNameOf(lease.key), " is not, or no longer, the sender's"));
}

absl::Status CheckReport(const v1::DeliveryReport& report) {
  plan::FieldErrors errors;
  if (!v1::DeliveryOutcome_IsValid(report.outcome()) || report.outcome() == v1::DELIVERY_OUTCOME_UNSPECIFIED) {
    errors.push_back(
        {"outcome", "must be SENT, TEMPORARY_FAILURE, PERMANENT_FAILURE, RELEASED, DELIVERED or BOUNCED"});
  }
  const std::string& id = report.provider_message_id();
  if (id.size() > kMaxMessageId || std::any_of(id.begin(), id.end(), absl::ascii_iscntrl)) {
    errors.push_back({"provider_message_id", "must have at most 200 bytes and no control characters"});
  }
  if (report.has_send_time() && report.outcome() != v1::DELIVERY_OUTCOME_SENT) {
    errors.push_back({"send_time", "must not be set unless the outcome is SENT"});
  } else if (report.has_send_time() && !plan::IsInstant(report.send_time())) {
    errors.push_back({"send_time", "must be an instant from 1970 to 9999"});
  }
  if (!report.error_code().empty() && !IsForeignId(report.error_code())) {
    errors.push_back({"error_code", "must be at most 64 letters, digits, '.', '_' or '-'"});
  }
  if (report.lease_id().empty()) {
    if (!IsReceipt(report.outcome()) || id.empty()) {
      errors.push_back({"lease_id", "must be set; only a receipt may name provider_message_id and clinic instead"});
    } else if (!ParseClinicName(report.clinic())) {
      errors.push_back({"clinic", "must be clinics/{clinic}, where there is no lease_id"});
    }
  }
  return errors.empty() ? absl::OkStatus() : InvalidFields(errors);
}

// The reminder that a report or an extension is about.
struct Target {
  std::shared_ptr<const EnrollmentContext> enrollment;
  store::ReminderRow row;
  absl::Time now;  // on the clinic's clock
};

absl::StatusOr<Target> LoadTarget(DeliveryContext& context, store::WriteTransaction& tx,
                                  const store::ReminderKey& key) {
  auto clinic = context.engine.definitions().Clinic(tx, key.clinic);
  if (!clinic.ok()) return clinic.status();
  if (*clinic == nullptr) return absl::DataLossError("a leased reminder has no clinic");
  auto enrollment = context.enrollment_cache.Require(context.engine, tx, key.clinic, key.enrollment);
  if (!enrollment.ok()) return enrollment.status();
  auto row = tx.GetReminder(key, (*enrollment)->row.row_id);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::DataLossError("a leased reminder has no row");
  return Target{*std::move(enrollment), **std::move(row), context.engine.Now(**clinic)};
}

// Finds the reminder of a receipt that has no lease_id by the channel's own message id.
absl::StatusOr<store::ReminderKey> FindByMessage(store::ReadTransaction& tx, const v1::DeliveryReport& report) {
  const std::string clinic = *ParseClinicName(report.clinic());
  auto key = tx.FindSentMessage(clinic, report.provider_message_id());
  if (!key.ok()) return key.status();
  if (key->has_value()) return **std::move(key);
  return MakeError(absl::StatusCode::kNotFound, "MESSAGE_NOT_FOUND",
                   absl::StrCat("no message of ", report.clinic(), " is known by this provider_message_id"));
}

// Returns the lease that a report is about. Its attempt is 0 if the report has no lease_id. `named` is what its
// lease_id says, if that was given by this service.
absl::StatusOr<LeaseId> FindLease(store::ReadTransaction& tx, const v1::DeliveryReport& report,
                                  const std::optional<LeaseId>& named) {
  if (report.lease_id().empty()) {
    auto key = FindByMessage(tx, report);
    if (!key.ok()) return key.status();
    return LeaseId{*std::move(key), 0};
  }
  if (!named) return InvalidLeaseId();
  return *named;
}

// Returns OK if the reminder is in a state in which the outcome can be reported under this lease.
absl::Status CheckOutcome(const Target& target, const LeaseId& lease, v1::DeliveryOutcome outcome) {
  if (outcome == v1::DELIVERY_OUTCOME_SENT) return absl::OkStatus();  // a sent message cannot be unsent
  if (IsReceipt(outcome)) {
    // A task does not say whether a message about it was sent: its team may have been told of it at an earlier step.
    const bool was_sent = IsTask(*target.enrollment, target.row)
                              ? target.row.attempts > 0
                              : WasSentOrCompleted(target.row.state, target.row.reason);
    return was_sent ? absl::OkStatus() : NotSent(target.row.key);
  }
  return HoldsLease(target.row, lease, target.now) ? absl::OkStatus() : LeaseLost(lease);
}

// Returns whether an outcome changes what the reminder covers, so that its enrollment must be compared with its plan:
// it was sent or delivered though it had ended, or it came back though it stood for another occurrence than its own.
bool MatchesAgain(const EnrollmentContext& context, const store::ReminderRow& row, v1::DeliveryOutcome outcome) {
  const bool is_own = !row.cover && row.facts_version == context.row.history.facts_version();
  if (outcome == v1::DELIVERY_OUTCOME_BOUNCED) return !is_own;
  const bool was_open = IsOpen(row.state) || StandingOf(row) == plan::Standing::kTold;
  return (outcome == v1::DELIVERY_OUTCOME_SENT || outcome == v1::DELIVERY_OUTCOME_DELIVERED) && !was_open;
}

// Records when the message was sent: when the gateway says, or for an earlier attempt than the last, when that was
// leased. A time before the lease or in the future is ignored.
void NoteSendTime(const v1::DeliveryReport& report, int attempt, absl::Time now, store::ReminderRow* row) {
  if (!report.has_send_time() && attempt == row->attempts) return;
  record::v1::ReminderRecord record = RecordOf(*row);
  const auto& attempts = record.attempts();
  const auto leased = std::find_if(attempts.begin(), attempts.end(),
                                   [attempt](const auto& one) { return one.attempt() == attempt; });
  if (leased == attempts.end()) return;
  const int64_t told = report.has_send_time() ? absl::ToUnixMicros(plan::ToTime(report.send_time())) : 0;
  const bool is_credible = told >= leased->lease_micros() && told <= absl::ToUnixMicros(now);
  if (!is_credible && attempt == row->attempts) return;
  record.set_sent_micros(is_credible ? told : leased->lease_micros());
  row->record = record.SerializeAsString();
}

absl::Status ReportOne(DeliveryContext& context, store::WriteTransaction& tx, const v1::DeliveryReport& report,
                       const std::optional<LeaseId>& named, v1::DeliveryResult* result) {
  if (absl::Status status = CheckReport(report); !status.ok()) return status;
  if (report.lease_id().empty()) result->set_provider_message_id(report.provider_message_id());
  const auto lease = FindLease(tx, report, named);
  if (!lease.ok()) return lease.status();
  auto target = LoadTarget(context, tx, lease->key);
  if (!target.ok()) return target.status();
  store::ReminderRow& row = target->row;
  result->set_state(row.state);
  if (absl::Status status = CheckOutcome(*target, *lease, report.outcome()); !status.ok()) return status;
  const bool sent = report.outcome() == v1::DELIVERY_OUTCOME_SENT;
  if (sent && !report.provider_message_id().empty()) {
    absl::Status status = tx.PutSentMessage(row.key, report.provider_message_id(), context.engine.RealNow());
    if (!status.ok()) return status;
  }
  if (IsTask(*target->enrollment, row)) {
    absl::Status status = ReportNotice(tx, *target->enrollment, report, *lease, target->now, &row);
    result->set_state(row.state);
    return status;
  }
  if (sent && row.reason == v1::REMINDER_REASON_BOUNCED) return absl::OkStatus();  // it was sent before it bounced
  // One gateway has sent a reminder of which another holds a lease.
  if (sent && row.state == v1::REMINDER_STATE_LEASED && row.attempts != lease->attempt) tx.NoteLeaseRevoked(row);
  const bool was_told = StandingOf(row) == plan::Standing::kTold;
  const bool matches_again = MatchesAgain(*target->enrollment, row, report.outcome());
  if (sent) NoteSendTime(report, lease->attempt, target->now, &row);
  const Effect effect = ApplyOutcome(*target->enrollment, report.outcome(), target->now, &row);
  if (!report.error_code().empty()) row.error_code = report.error_code();
  absl::Status status = ChangeReminder(tx, *target->enrollment, effect.event, effect.reason, target->now, &row);
  if (!status.ok()) return status;
  result->set_state(row.state);
  const bool is_told = StandingOf(row) == plan::Standing::kTold;
  const bool waits_for_answer = was_told != is_told && ReactsToSilence(*target->enrollment, row);
  if (!matches_again && !waits_for_answer) return absl::OkStatus();
  EnrollmentContext enrollment = *target->enrollment;
  if (matches_again) status = Replan(tx, &enrollment, target->now, Occasion::kReported).status();
  return status.ok() && waits_for_answer ? ReactToReport(tx, row, target->now, &enrollment) : status;
}

// Returns when the lease expires now.
absl::StatusOr<absl::Time> ExtendOne(DeliveryContext& context, store::WriteTransaction& tx, const std::string& lease_id,
                                     absl::Duration duration) {
  const auto lease = ParseLeaseId(context.engine.tokens(), lease_id);
  if (!lease) return InvalidLeaseId();
  auto target = LoadTarget(context, tx, lease->key);
  if (!target.ok()) return target.status();
  if (!HoldsLease(target->row, *lease, target->now)) return LeaseLost(*lease);
  // A lease never ends sooner by an extension: if the response is lost, the holder goes by the earlier expire_time.
  target->row.available = std::min(std::max(target->now + duration, *target->row.available),
                                   LatestLeaseEnd(*target->enrollment, target->row));
  if (absl::Status status = tx.UpdateReminder(target->row); !status.ok()) return status;
  return *target->row.available;
}

// Returns true for an error that fails the whole request.
bool IsStoreError(const absl::Status& status) { return absl::IsUnavailable(status) || absl::IsDataLoss(status); }

}  // namespace

void ReportDeliveries(DeliveryContext& context, const CallPtr& call, const v1::ReportDeliveriesRequest& request,
                      v1::ReportDeliveriesResponse* response, Done done) {
  plan::FieldErrors errors;
  if (request.reports().empty() || request.reports_size() > kMaxItems) {
    errors.push_back({"reports", "must have 1 to 1000 entries"});
  }
  for (int i = 0; i < request.reports_size(); ++i) {
    CheckRepeatedText(absl::StrCat("reports[", i, "].lease_id"), request.reports(i).lease_id(), &errors);
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  std::vector<std::optional<LeaseId>> leases;  // read here, so that the writer's thread need not do it
  leases.reserve(request.reports_size());
  for (const v1::DeliveryReport& report : request.reports()) {
    leases.push_back(ParseLeaseId(context.engine.tokens(), report.lease_id()));
  }
  call->Write(
      kAllClinics, response,
      [&context, &request, response, leases = std::move(leases)](store::WriteTransaction& tx) -> absl::Status {
        for (int i = 0; i < request.reports_size(); ++i) {
          const v1::DeliveryReport& report = request.reports(i);
          v1::DeliveryResult* result = response->add_results();
          result->set_lease_id(report.lease_id());
          absl::Status status = ReportOne(context, tx, report, leases[i], result);
          if (IsStoreError(status)) return status;
          *result->mutable_status() = ToStatusProto(status);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

void ExtendLeases(DeliveryContext& context, const CallPtr& call, const v1::ExtendLeasesRequest& request,
                  v1::ExtendLeasesResponse* response, Done done) {
  plan::FieldErrors errors;
  const absl::Duration duration =
      ReadLeaseDuration(request.has_lease_duration() ? &request.lease_duration() : nullptr, &errors);
  if (request.lease_ids().empty() || request.lease_ids_size() > kMaxItems) {
    errors.push_back({"lease_ids", "must have 1 to 1000 entries"});
  }
  for (int i = 0; i < request.lease_ids_size(); ++i) {
    CheckRepeatedText(absl::StrCat("lease_ids[", i, "]"), request.lease_ids(i), &errors);
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Write(
      kAllClinics, response,
      [&context, &request, response, duration](store::WriteTransaction& tx) -> absl::Status {
        for (const std::string& lease_id : request.lease_ids()) {
          v1::LeaseExtension* extension = response->add_extensions();
          extension->set_lease_id(lease_id);
          auto expire = ExtendOne(context, tx, lease_id, duration);
          if (IsStoreError(expire.status())) return expire.status();
          *extension->mutable_status() = ToStatusProto(expire.status());
          if (expire.ok()) plan::SetTimestamp(*expire, extension->mutable_expire_time());
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
