#include "scheduler/engine/replies/consent.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/plan_outline.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

// Sends a message to the patient's next contact point, or nowhere, since the patient has opted out of its channel.
absl::Status Redirect(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time now,
                      store::ReminderRow* row) {
  if (WindowHasClosed(*row, now)) return absl::OkStatus();  // the sweep will expire it
  const std::optional<int> next = PermittedContactPoint(context, row->contact_point + 1);
  if (!next) return ChangeReminder(tx, context, ReminderEvent::kSuppress, v1::REMINDER_REASON_OPTED_OUT, now, row);
  SetContactPoint(context, *next, row);
  row->failures = 0;
  if (row->state == v1::REMINDER_STATE_LEASED) {
    row->available = AvailableFrom(*row, now);
    tx.NoteLeaseRevoked(*row);
    return ChangeReminder(tx, context, ReminderEvent::kRelease, v1::REMINDER_REASON_UNSPECIFIED, now, row);
  }
  // A pause after a failure was for the old contact point. Nothing is available while the enrollment is paused.
  if (row->available) row->available = std::min(*row->available, AvailableFrom(*row, now));
  return StoreReminder(tx, context, *row, now);
}

absl::Status RedirectOpen(store::WriteTransaction& tx, const EnrollmentContext& context, v1::Channel channel,
                          absl::Time now) {
  auto rows = RowsOf(tx, context, kOpenStates);
  if (!rows.ok()) return rows.status();
  for (store::ReminderRow& row : *rows) {
    if (StoredChannel(context, row) != channel) continue;  // as are tasks, which have no channel
    if (absl::Status status = Redirect(tx, context, now, &row); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status LogConsent(store::WriteTransaction& tx, absl::string_view clinic, absl::string_view patient,
                        v1::Channel channel, v1::Consent consent, absl::Time now) {
  v1::Event event;
  plan::SetTimestamp(now, event.mutable_event_time());
  event.set_type(v1::EVENT_TYPE_CONSENT_CHANGED);
  event.set_patient(std::string(patient));
  event.mutable_consent()->set_channel(channel);
  event.mutable_consent()->set_consent(consent);
  return tx.AppendEvent(clinic, std::move(event));
}

absl::Status SetChannelConsent(EngineContext& engine, store::WriteTransaction& tx, const std::string& clinic,
                    const v1::SetChannelConsentRequest& request, v1::SetChannelConsentResponse* response) {
  auto row = RequireClinic(tx, clinic);
  if (!row.ok()) return row.status();
  auto enrollments = tx.EnrollmentsOf(clinic, request.patient());
  if (!enrollments.ok()) return enrollments.status();
  if (enrollments->empty()) {
    return MakeError(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND",
                     absl::StrCat(ClinicNameOf(clinic), " has no enrollment of patient ", request.patient()));
  }
  auto opted_out =
      ApplyConsent(engine, tx, clinic, request.patient(), request.channel(), request.consent(), engine.Now(*row));
  if (!opted_out.ok()) return opted_out.status();
  AddChannels(*opted_out, response->mutable_opted_out_channels());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> ApplyConsent(EngineContext& engine, store::WriteTransaction& tx, absl::string_view clinic,
                                     absl::string_view patient, v1::Channel channel, v1::Consent consent,
                                     absl::Time now) {
  auto before = tx.OptedOut(clinic, patient);
  if (!before.ok()) return before.status();
  const int64_t bit = int64_t{1} << channel;
  const int64_t after = consent == v1::CONSENT_REFUSED ? *before | bit : *before & ~bit;
  if (after == *before) return after;
  absl::Status status = tx.SetOptedOut(clinic, patient, after);
  if (status.ok()) status = LogConsent(tx, clinic, patient, channel, consent, now);
  if (!status.ok()) return status;
  auto contexts = EnrollmentContextsOf(engine, tx, clinic, patient);
  if (!contexts.ok()) return contexts.status();
  for (EnrollmentContext& context : *contexts) {
    context.row.opted_out = after;
    ++context.row.version;
    status = StoreEnrollment(tx, &context);
    if (status.ok()) status = LogEnrollment(tx, context.row, v1::EVENT_TYPE_ENROLLMENT_UPDATED, now);
    if (status.ok() && consent == v1::CONSENT_REFUSED) status = RedirectOpen(tx, context, channel, now);
    if (!status.ok()) return status;
  }
  return after;
}

void Consents::SetChannel(const CallPtr& call, const v1::SetChannelConsentRequest& request,
                          v1::SetChannelConsentResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (!IsForeignId(request.patient())) {
    errors.push_back({"patient", "must be 1 to 64 letters, digits, '.', '_' or '-'"});
  }
  if (!v1::Channel_IsValid(request.channel()) || request.channel() == v1::CHANNEL_UNSPECIFIED) {
    errors.push_back({"channel", "must be SMS, EMAIL or WEBHOOK"});
  }
  if (request.consent() != v1::CONSENT_GRANTED && request.consent() != v1::CONSENT_REFUSED) {
    errors.push_back({"consent", "must be GRANTED or REFUSED"});
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Mutate(
      request, *clinic, request.request_id(), response,
      [this, clinic = *clinic, &request, response](store::WriteTransaction& tx) {
        return SetChannelConsent(engine_, tx, clinic, request, response);
      },
      std::move(done));
}

}  // namespace aftercare::engine
