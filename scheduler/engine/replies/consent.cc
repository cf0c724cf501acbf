#include "scheduler/engine/replies/consent.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/plan_outline.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/replies/addresses.h"
#include "scheduler/engine/replies/open_messages.h"
#include "scheduler/engine/replies/reply_log.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

// A recorded consent is later than a stop word from one of the patient's addresses, and so ends what that began.
absl::Status StartAddressesOf(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                              const std::string& patient, v1::Channel channel, absl::Time now) {
  const auto contexts = EnrollmentContextsOf(engine, tx, clinic.clinic, patient);
  if (!contexts.ok()) return contexts.status();
  for (const EnrollmentContext& context : *contexts) {
    for (const v1::ContactPoint& point : context.row.data.contact_points()) {
      if (point.channel() != channel) continue;
      absl::Status status = StopAddress(engine, tx, clinic, {channel, point.address()}, /*stopped=*/false, now);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status SetConsent(EngineContext& engine, store::WriteTransaction& tx, const std::string& clinic,
                               const v1::SetConsentRequest& request, v1::SetConsentResponse* response) {
  auto row = RequireClinic(tx, clinic);
  if (!row.ok()) return row.status();
  auto enrollments = tx.EnrollmentsOf(clinic, request.patient());
  if (!enrollments.ok()) return enrollments.status();
  if (enrollments->empty()) {
    return MakeError(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND",
                     absl::StrCat(ClinicNameOf(clinic), " has no enrollment of patient ", request.patient()));
  }
  const absl::Time now = engine.Now(*row);
  if (request.decision().consent() == v1::CONSENT_GRANTED) {
    absl::Status status = StartAddressesOf(engine, tx, *row, request.patient(), request.decision().channel(), now);
    if (!status.ok()) return status;
  }
  auto opted_out = ApplyConsent(engine, tx, clinic, request.patient(), request.decision().channel(), request.decision().consent(), now);
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
    if (status.ok() && consent == v1::CONSENT_REFUSED) status = RedirectOpenMessages(tx, context, now);
    if (!status.ok()) return status;
  }
  return after;
}

void Consents::Set(const CallPtr& call, const v1::SetConsentRequest& request,
                          v1::SetConsentResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (!IsForeignId(request.patient())) {
    errors.push_back({"patient", "must be 1 to 64 letters, digits, '.', '_' or '-'"});
  }
  if (!v1::Channel_IsValid(request.decision().channel()) || request.decision().channel() == v1::CHANNEL_UNSPECIFIED) {
    errors.push_back({"channel", "must be SMS, EMAIL or WEBHOOK"});
  }
  if (request.decision().consent() != v1::CONSENT_GRANTED && request.decision().consent() != v1::CONSENT_REFUSED) {
    errors.push_back({"consent", "must be GRANTED or REFUSED"});
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Mutate(
      request, *clinic, request.request_id(), response,
      [this, clinic = *clinic, &request, response](store::WriteTransaction& tx) {
        return SetConsent(engine_, tx, clinic, request, response);
      },
      std::move(done));
}

}  // namespace aftercare::engine
