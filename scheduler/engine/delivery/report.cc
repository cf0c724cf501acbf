// Deliveries::Report and Extend: what became of leases.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/delivery/lease_id.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxItems = 1000;
constexpr size_t kMaxMessageId = 200;

bool IsReceipt(v1::DeliveryOutcome outcome) {
  return outcome == v1::DELIVERY_OUTCOME_DELIVERED || outcome == v1::DELIVERY_OUTCOME_BOUNCED;
}

// What a report does to a reminder, and the change of the row that goes with it.
struct Effect {
  ReminderEvent event = ReminderEvent::kSent;
  v1::ReminderReason reason = v1::REMINDER_REASON_UNSPECIFIED;
};

// To the patient's next contact point, or nowhere.
Effect NextContactPoint(const EnrollmentContext& context, absl::Time now, store::ReminderRow* row) {
  const std::optional<int> next = PermittedContactPoint(context, row->contact_point + 1);
  if (!next) return {ReminderEvent::kFail, v1::REMINDER_REASON_REJECTED_BY_CHANNEL};
  DirectAt(context, *next, row);
  row->failures = 0;
  row->available = AvailableFrom(*row, now);
  return {ReminderEvent::kRetry, v1::REMINDER_REASON_UNSPECIFIED};
}

Effect ApplyOutcome(const EnrollmentContext& context, v1::DeliveryOutcome outcome, absl::Time now,
                    store::ReminderRow* row) {
  switch (outcome) {
    case v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE:
      if (++row->failures >= kMaxFailures) return {ReminderEvent::kFail, v1::REMINDER_REASON_ATTEMPTS_EXHAUSTED};
      row->available = AvailableFrom(*row, now + RetryPause(row->failures, StableHash(ReminderNameOf(row->key))));
      return {ReminderEvent::kRetry, v1::REMINDER_REASON_UNSPECIFIED};
    case v1::DELIVERY_OUTCOME_PERMANENT_FAILURE:
      return NextContactPoint(context, now, row);
    case v1::DELIVERY_OUTCOME_RELEASED:
      row->available = AvailableFrom(*row, now);
      return {ReminderEvent::kRelease, v1::REMINDER_REASON_UNSPECIFIED};
    case v1::DELIVERY_OUTCOME_DELIVERED:
      return {ReminderEvent::kDelivered, v1::REMINDER_REASON_UNSPECIFIED};
    case v1::DELIVERY_OUTCOME_BOUNCED:
      return {ReminderEvent::kBounced, v1::REMINDER_REASON_BOUNCED};
    default:
      return {ReminderEvent::kSent, v1::REMINDER_REASON_UNSPECIFIED};
  }
}

// Whether SENT was ever reported, or it was done, of which nobody knows how.
bool WasSent(const store::ReminderRow& row) {
  return row.state == v1::REMINDER_STATE_SENT || row.state == v1::REMINDER_STATE_DELIVERED ||
         row.state == v1::REMINDER_STATE_COMPLETED || row.reason == v1::REMINDER_REASON_BOUNCED;
}

absl::Status NotSent(const store::ReminderKey& key) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_SENT",
                   absl::StrCat(ReminderNameOf(key), " was not reported sent; report that first"));
}

absl::Status InvalidLeaseId() {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_LEASE_ID", "lease_id was not given by this service");
}

void CheckReport(const v1::DeliveryReport& report, plan::FieldErrors* errors) {
  if (!v1::DeliveryOutcome_IsValid(report.outcome()) || report.outcome() == v1::DELIVERY_OUTCOME_UNSPECIFIED) {
    errors->push_back(
        {"outcome", "must be SENT, TEMPORARY_FAILURE, PERMANENT_FAILURE, RELEASED, DELIVERED or BOUNCED"});
  }
  const std::string& id = report.provider_message_id();
  if (id.size() > kMaxMessageId || std::any_of(id.begin(), id.end(), absl::ascii_iscntrl)) {
    errors->push_back({"provider_message_id", "must have at most 200 bytes and no control characters"});
  }
  if (!report.error_code().empty() && !IsForeignId(report.error_code())) {
    errors->push_back({"error_code", "must be at most 64 letters, digits, '.', '_' or '-'"});
  }
  if (!report.lease_id().empty()) return;
  if (!IsReceipt(report.outcome()) || id.empty()) {
    errors->push_back({"lease_id", "must be set; only a receipt may name provider_message_id and clinic instead"});
  } else if (!ParseClinicName(report.clinic())) {
    errors->push_back({"clinic", "must be clinics/{clinic}, where there is no lease_id"});
  }
}

// One report or extension at work.
struct Item {
  std::shared_ptr<const EnrollmentContext> context;
  store::ReminderRow row;
  absl::Time now;
};

absl::StatusOr<Item> LoadItem(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx, const Caller& caller,
                              const store::ReminderKey& key) {
  if (absl::Status status = CheckClinic(caller, key.clinic); !status.ok()) return status;
  auto clinic = engine.definitions().Clinic(tx, key.clinic);
  if (!clinic.ok()) return clinic.status();
  if (*clinic == nullptr) return absl::DataLossError("a leased reminder has no clinic");
  auto context = cache.Require(engine, tx, key.clinic, key.enrollment);
  if (!context.ok()) return context.status();
  auto found = tx.GetReminder(key);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return absl::DataLossError("a leased reminder has no row");
  return Item{*std::move(context), **std::move(found), engine.Now(**clinic)};
}

// The reminder of a receipt that knows it by its channel's name only.
absl::StatusOr<store::ReminderKey> FindByMessage(store::ReadTransaction& tx, const Caller& caller,
                                                 const v1::DeliveryReport& report) {
  const std::string clinic = *ParseClinicName(report.clinic());
  if (absl::Status status = CheckClinic(caller, clinic); !status.ok()) return status;
  auto key = tx.FindSentMessage(clinic, report.provider_message_id());
  if (!key.ok()) return key.status();
  if (key->has_value()) return **std::move(key);
  return MakeError(absl::StatusCode::kNotFound, "MESSAGE_NOT_FOUND",
                   absl::StrCat("no message of ", report.clinic(), " is known by this provider_message_id"));
}

// What is to be done once reports are durable.
struct CommitEffects {
  absl::Time next_available = absl::InfiniteFuture();
  bool leases_revoked = false;  // somebody holds a lease of what another has sent
};

absl::Status ReportOne(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx, const Caller& caller,
                       const v1::DeliveryReport& report, v1::DeliveryResult* result, CommitEffects* effects) {
  plan::FieldErrors errors;
  CheckReport(report, &errors);
  if (!errors.empty()) return InvalidFields(errors);
  LeaseId lease;
  if (report.lease_id().empty()) {
    result->set_provider_message_id(report.provider_message_id());
    auto key = FindByMessage(tx, caller, report);
    if (!key.ok()) return key.status();
    lease.key = *std::move(key);
  } else {
    const auto parsed = ParseLeaseId(engine.tokens(), report.lease_id());
    if (!parsed) return InvalidLeaseId();
    lease = *parsed;
  }
  auto item = LoadItem(engine, cache, tx, caller, lease.key);
  if (!item.ok()) return item.status();
  store::ReminderRow& row = item->row;
  result->set_state(row.state);
  const bool sent = report.outcome() == v1::DELIVERY_OUTCOME_SENT;
  if (IsReceipt(report.outcome())) {
    if (!WasSent(row)) return NotSent(row.key);
  } else if (!sent && !HoldsLease(row, lease, item->now)) {
    return LeaseLost(lease);
  }
  if (sent && !report.provider_message_id().empty()) {
    absl::Status status = tx.PutSentMessage(row.key, report.provider_message_id(), engine.clock().Now());
    if (!status.ok()) return status;
  }
  if (sent && row.reason == v1::REMINDER_REASON_BOUNCED) return absl::OkStatus();  // it was, and came back
  effects->leases_revoked =
      effects->leases_revoked || (row.state == v1::REMINDER_STATE_LEASED && sent && row.attempts != lease.attempt);
  const Effect effect = ApplyOutcome(*item->context, report.outcome(), item->now, &row);
  if (!report.error_code().empty()) row.error_code = report.error_code();
  absl::Status status = ChangeReminder(tx, *item->context, effect.event, effect.reason, item->now, &row);
  if (!status.ok()) return status;
  result->set_state(row.state);
  if (row.clock.empty() && row.available) {
    effects->next_available = std::min(effects->next_available, *row.available);
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> ExtendOne(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx, const Caller& caller,
                                     const std::string& lease_id, absl::Duration duration) {
  const auto lease = ParseLeaseId(engine.tokens(), lease_id);
  if (!lease) return InvalidLeaseId();
  auto item = LoadItem(engine, cache, tx, caller, lease->key);
  if (!item.ok()) return item.status();
  if (!HoldsLease(item->row, *lease, item->now)) return LeaseLost(*lease);
  // Never sooner: if the answer is lost, the holder goes by what it knew before.
  item->row.available = std::min(std::max(item->now + duration, *item->row.available), item->row.expire);
  if (absl::Status status = tx.UpdateReminder(item->row); !status.ok()) return status;
  return *item->row.available;
}

// What the store cannot do fails the whole batch; what is wrong with one item harms no other.
bool IsOfStore(const absl::Status& status) { return absl::IsUnavailable(status) || absl::IsDataLoss(status); }

absl::Status CheckCount(absl::string_view field, int count) {
  if (count >= 1 && count <= kMaxItems) return absl::OkStatus();
  return InvalidField(field, "must have 1 to 1000 entries");
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
  if (absl::Status status = CheckCount("reports", request.reports_size()); !status.ok()) return done(status);
  auto effects = std::make_shared<CommitEffects>();
  engine_.Write(
      [this, caller, &request, response, effects](store::WriteTransaction& tx) -> absl::Status {
        response->Clear();
        *effects = {};
        for (const v1::DeliveryReport& report : request.reports()) {
          v1::DeliveryResult* result = response->add_results();
          result->set_lease_id(report.lease_id());
          absl::Status status = ReportOne(engine_, cache_, tx, caller, report, result, effects.get());
          if (IsOfStore(status)) return status;
          if (!status.ok()) *result->mutable_status() = ToStatusProto(status);
        }
        return absl::OkStatus();
      },
      [this, effects, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(effects->next_available);
        if (status.ok() && effects->leases_revoked) engine_.wakeups().Notify(kLeasesRevokedTopic);
        done(std::move(status));
      });
}

void Deliveries::Extend(const Caller& caller, const v1::ExtendLeasesRequest& request,
                        v1::ExtendLeasesResponse* response, Done done) {
  plan::FieldErrors errors;
  const absl::Duration duration =
      ReadLeaseDuration(request.has_lease_duration() ? &request.lease_duration() : nullptr, &errors);
  if (request.lease_ids().empty() || request.lease_ids_size() > kMaxItems) {
    errors.push_back({"lease_ids", "must have 1 to 1000 entries"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  engine_.Write(
      [this, caller, &request, response, duration](store::WriteTransaction& tx) -> absl::Status {
        response->Clear();
        for (const std::string& lease_id : request.lease_ids()) {
          v1::LeaseExtension* extension = response->add_extensions();
          extension->set_lease_id(lease_id);
          auto until = ExtendOne(engine_, cache_, tx, caller, lease_id, duration);
          if (IsOfStore(until.status())) return until.status();
          if (until.ok()) {
            plan::SetTimestamp(*until, extension->mutable_expire_time());
          } else {
            *extension->mutable_status() = ToStatusProto(until.status());
          }
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
