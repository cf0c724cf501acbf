// Deliveries::ListDeadLetters and Redrive: messages that failed, and sending them again.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/delivery/deliveries.h"
#include "scheduler/engine/enrollments/change_facts.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/reminders/listing.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxNames = 1000;

absl::Status Refusal(absl::string_view reason, const store::ReminderKey& key, absl::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, absl::StrCat(ReminderNameOf(key), " ", why));
}

// Why a message that failed is not to be sent again; OK if it may be.
absl::Status CheckRedrive(const EnrollmentContext& context, const store::ReminderRow& row, absl::Time now) {
  if (row.state != v1::REMINDER_STATE_FAILED) return InvalidTransition(row.key, row.state);
  if (row.reason == v1::REMINDER_REASON_BOUNCED) {
    return Refusal("ALREADY_SENT", row.key, "was sent, and came back; nothing is sent twice");
  }
  if (absl::Status status = CheckRunning(context.row); !status.ok()) return status;
  if (context.row.state == v1::ENROLLMENT_STATE_PAUSED) {
    return Refusal("ENROLLMENT_PAUSED", row.key, "is of an enrollment that is paused");
  }
  if (row.expire <= now) return Refusal("WINDOW_CLOSED", row.key, "is out of its window");
  if (PermittedContactPoint(context, 0)) return absl::OkStatus();
  return Refusal("NO_CONTACT_POINT", row.key, "has no contact point at which the patient wants messages");
}

absl::Status RedriveOne(EngineContext& engine, store::WriteTransaction& tx, const std::string& name,
                        const std::string& clinic) {
  const auto key = ParseReminderName(name);
  if (!key || key->clinic != clinic) return InvalidField("names", "must be names of reminders of the parent");
  auto owner = engine.definitions().Clinic(tx, clinic);
  if (!owner.ok()) return owner.status();
  auto found = tx.GetReminder(*key);
  if (!found.ok()) return found.status();
  // What has no row has not come due. If there is such a reminder, ReadReminder knows.
  if (!found->has_value()) {
    auto shown = ReadReminder(engine, tx, *key);
    return shown.ok() ? InvalidTransition(*key, shown->state()) : ReminderNotFound(*key);
  }
  store::ReminderRow row = **std::move(found);
  auto context = RequireEnrollmentContext(engine, tx, key->clinic, key->enrollment);
  if (!context.ok()) return context.status();
  const absl::Time now = engine.Now(**owner);
  if (absl::Status status = CheckRedrive(*context, row, now); !status.ok()) return status;
  DirectAt(*context, *PermittedContactPoint(*context, 0), &row);
  row.failures = 0;
  row.available = AvailableFrom(row, now);
  row.closes = row.expire;
  return ChangeReminder(tx, *context, ReminderEvent::kRedrive, v1::REMINDER_REASON_UNSPECIFIED, now, &row);
}

absl::Status AddDeadLetter(EngineContext& engine, store::ReadTransaction& tx, v1::Reminder reminder, absl::Time now,
                           v1::DeadLetter* letter) {
  const auto key = *ParseReminderName(reminder.name());
  auto row = tx.GetReminder(key);
  if (!row.ok()) return row.status();
  auto context = RequireEnrollmentContext(engine, tx, key.clinic, key.enrollment);
  if (!context.ok()) return context.status();
  *letter->mutable_reminder() = std::move(reminder);
  letter->set_error_code((*row)->error_code);
  letter->set_redrivable(CheckRedrive(*context, **row, now).ok());
  return absl::OkStatus();
}

}  // namespace

void Deliveries::ListDeadLetters(const Caller& caller, const v1::ListDeadLettersRequest& request,
                                 v1::ListDeadLettersResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (request.filter().states_size() > 0) errors.push_back({"filter.states", "must not be set; what failed is listed"});
  v1::ReminderFilter message = request.filter();
  message.clear_states();
  message.add_states(v1::REMINDER_STATE_FAILED);
  Filter filter = Filter::Make(message, clinic.value_or(""), &errors);
  const int page = PageSize(request.page_size(), &errors);
  const std::string context = absl::StrCat("dead-letters/", request.parent(), "/", Fingerprint(request.filter()));
  std::optional<store::DuePosition> after;
  if (!request.page_token().empty()) {
    const auto opened = engine_.tokens().Open(context, request.page_token());
    if (opened) after = DecodePosition(*opened);
    if (!after) errors.push_back({"page_token", "must come from an answer to the same request"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, clinic = *clinic, filter = std::move(filter), after, page, context,
       response](store::ReadTransaction& tx) mutable -> absl::Status {
        auto owner = RequireClinic(tx, clinic);
        if (!owner.ok()) return owner.status();
        const absl::Time now = engine_.Now(*owner);
        auto listed = Listing(engine_, indexes_, tx, *std::move(owner), std::move(filter)).List(after, page);
        if (!listed.ok()) return listed.status();
        for (v1::Reminder& reminder : listed->reminders) {
          absl::Status status = AddDeadLetter(engine_, tx, std::move(reminder), now, response->add_dead_letters());
          if (!status.ok()) return status;
        }
        if (listed->last) response->set_next_page_token(engine_.tokens().Seal(context, EncodePosition(*listed->last)));
        return absl::OkStatus();
      },
      std::move(done));
}

void Deliveries::Redrive(const Caller& caller, const v1::RedriveRemindersRequest& request,
                         v1::RedriveRemindersResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (request.names().empty() || request.names_size() > kMaxNames) {
    errors.push_back({"names", "must have 1 to 1000 entries"});
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);
  engine_.Mutate(
      request, *clinic, request.request_id(), response,
      [this, clinic = *clinic, &request, response](store::WriteTransaction& tx) -> absl::Status {
        if (auto owner = RequireClinic(tx, clinic); !owner.ok()) return owner.status();
        for (const std::string& name : request.names()) {
          v1::RedriveResult* result = response->add_results();
          result->set_name(name);
          absl::Status status = RedriveOne(engine_, tx, name, clinic);
          if (absl::IsUnavailable(status) || absl::IsDataLoss(status)) return status;
          if (!status.ok()) *result->mutable_status() = ToStatusProto(status);
        }
        return absl::OkStatus();
      },
      [this, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(absl::InfinitePast());  // their windows close, perhaps before anything else
        done(std::move(status));
      });
}

}  // namespace aftercare::engine
