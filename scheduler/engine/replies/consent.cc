#include "scheduler/engine/replies/consent.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/plan_outline.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/planning/reanchor.h"
#include "scheduler/engine/replies/addresses.h"
#include "scheduler/engine/replies/open_messages.h"
#include "scheduler/engine/replies/reply_log.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/facts.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::engine {
namespace {

// The most categories that one patient can have decided about.
constexpr int kMaxCategories = 100;

absl::Status PatientNotFound(const std::string& clinic, const std::string& patient) {
  return MakeError(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND",
                   absl::StrCat(ClinicNameOf(clinic), " has no enrollment of patient ", patient));
}

// Returns the clinic. NOT_FOUND if it does not exist, or never enrolled the patient.
absl::StatusOr<store::ClinicRow> RequirePatient(store::ReadTransaction& tx, const std::string& clinic,
                                                const std::string& patient) {
  auto row = RequireClinic(tx, clinic);
  if (!row.ok()) return row;
  const auto enrollments = tx.EnrollmentsOf(clinic, patient);
  if (!enrollments.ok()) return enrollments.status();
  if (enrollments->empty()) return PatientNotFound(clinic, patient);
  return row;
}

bool IsAboutTheSame(const v1::ConsentDecision& a, const v1::ConsentDecision& b) {
  return a.scope_case() == b.scope_case() && a.channel() == b.channel() && a.category() == b.category();
}

// Returns what is in force about the scope of `decision`. Messages of a category are wanted unless they are refused;
// health information is not wanted unless it is agreed to.
v1::Consent InForce(const ConsentDecisions& decisions, const v1::ConsentDecision& decision) {
  for (const v1::ConsentDecision& present : decisions) {
    if (IsAboutTheSame(present, decision)) return present.consent();
  }
  return decision.has_health_information() ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED;
}

// Brings the enrollments of a patient up to date with a decision. A class so that its steps can share what they need.
class DecisionApplier {
 public:
  DecisionApplier(EngineContext& engine, store::WriteTransaction& tx, const v1::ConsentDecision& decision,
                  const PresentConsents& present, bool is_change, absl::Time now)
      : engine_(engine), tx_(tx), decision_(decision), present_(present), is_change_(is_change), now_(now) {}

  absl::Status ApplyTo(EnrollmentContext* context) {
    const bool refuses = decision_.consent() == v1::CONSENT_REFUSED;
    const bool is_running = context->row.state != v1::ENROLLMENT_STATE_ENDED;
    if (decision_.has_health_information() && refuses && is_change_ && is_running) return CallBackTexts(context);
    if (!Copy(&context->row)) return absl::OkStatus();
    absl::Status status = StoreEnrollment(tx_, context);
    if (status.ok()) status = LogUpdate(context->row);
    return status.ok() && refuses ? RedirectOpenMessages(tx_, *context, now_) : status;
  }

 private:
  // Copies what the patient has decided to a row. Returns whether that changes it.
  bool Copy(store::EnrollmentRow* row) {
    if (row->opted_out == present_.opted_out && SameDecisions(row->data.consent_decisions(), present_.decisions)) {
      return false;
    }
    row->opted_out = present_.opted_out;
    *row->data.mutable_consent_decisions() = present_.decisions;
    ++row->version;
    return true;
  }

  // The texts that gateways hold may be others than those that the patient gets now.
  absl::Status CallBackTexts(EnrollmentContext* context) {
    // What is due by now comes due before the change, as before every change of texts.
    if (auto fired = FireEnrollment(tx_, context, now_); !fired.ok()) return fired.status();
    store::EnrollmentRow row = context->row;
    Copy(&row);
    auto change = ComputeReanchoring(engine_, tx_, *context, std::move(row), now_);
    if (!change.ok()) return change.status();
    if (absl::Status status = ApplyReanchoring(tx_, &*change, now_); !status.ok()) return status;
    return LogUpdate(change->after.row);
  }

  absl::Status LogUpdate(const store::EnrollmentRow& row) {
    return LogEnrollment(tx_, row, v1::EVENT_TYPE_ENROLLMENT_UPDATED, now_);
  }

  EngineContext& engine_;
  store::WriteTransaction& tx_;
  const v1::ConsentDecision& decision_;
  const PresentConsents& present_;
  const bool is_change_;
  const absl::Time now_;
};

// A recorded consent is later than a stop word from one of the patient's addresses, and so ends what that began.
absl::Status StartAddressesOf(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                              const std::string& patient, const v1::ConsentDecision& decision, absl::Time now) {
  const auto contexts = EnrollmentContextsOf(engine, tx, clinic.clinic, patient);
  if (!contexts.ok()) return contexts.status();
  for (const EnrollmentContext& context : *contexts) {
    for (const v1::ContactPoint& point : context.row.data.contact_points()) {
      if (point.channel() != decision.channel()) continue;
      absl::Status status = StopAddress(engine, tx, clinic, {point.channel(), point.address()}, /*stopped=*/false,
                                        decision.source(), now);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

// INVALID_ARGUMENT if the patient has decided about too many categories.
absl::Status CheckCategories(store::ReadTransaction& tx, const std::string& clinic,
                             const v1::SetConsentRequest& request) {
  if (!request.decision().has_category()) return absl::OkStatus();
  const auto history = ConsentHistoryOf(tx, clinic, request.patient());
  if (!history.ok()) return history.status();
  int others = 0;
  for (const v1::ConsentDecision& present : PresentDecisions(*history)) {
    others += present.has_category() && present.category() != request.decision().category() ? 1 : 0;
  }
  if (others < kMaxCategories) return absl::OkStatus();
  return InvalidField("decision.category", absl::StrCat("must be one of the ", kMaxCategories,
                                                        " that the patient has decided about; there can be no more"));
}

absl::Status SetConsent(EngineContext& engine, store::WriteTransaction& tx, const std::string& clinic,
                        const v1::SetConsentRequest& request, v1::SetConsentResponse* response) {
  auto row = RequirePatient(tx, clinic, request.patient());
  if (!row.ok()) return row.status();
  if (absl::Status status = CheckCategories(tx, clinic, request); !status.ok()) return status;
  const absl::Time now = engine.Now(*row);
  v1::ConsentDecision decision = request.decision();
  StampSource(tx, now, decision.mutable_source());
  if (decision.has_channel() && decision.consent() == v1::CONSENT_GRANTED) {
    absl::Status status = StartAddressesOf(engine, tx, *row, request.patient(), decision, now);
    if (!status.ok()) return status;
  }
  auto present = RecordConsent(engine, tx, *row, request.patient(), decision, now);
  if (!present.ok()) return present.status();
  AddChannels(present->opted_out, response->mutable_opted_out_channels());
  *response->mutable_decisions() = std::move(present->decisions);
  return absl::OkStatus();
}

// Adds the faults of a decision with a scope.
void CheckDecision(const v1::ConsentDecision& decision, plan::FieldErrors* errors) {
  switch (decision.scope_case()) {
    case v1::ConsentDecision::kChannel:
      if (!v1::Channel_IsValid(decision.channel()) || decision.channel() == v1::CHANNEL_UNSPECIFIED) {
        errors->push_back({"decision.channel", "must be SMS, EMAIL or WEBHOOK"});
      }
      break;
    case v1::ConsentDecision::kCategory:
      if (!plan::IsPathwayId(decision.category())) errors->push_back({"decision.category", plan::kPathwayIdShape});
      break;
    case v1::ConsentDecision::kHealthInformation:
      if (decision.health_information()) break;
      errors->push_back({"decision.health_information", "must be true if it is set"});
      break;
    default:
      errors->push_back({"decision.scope", "must be a channel, a category or health_information"});
  }
  if (decision.consent() != v1::CONSENT_GRANTED && decision.consent() != v1::CONSENT_REFUSED) {
    errors->push_back({"decision.consent", "must be GRANTED or REFUSED"});
  }
  plan::CheckConsentSource(decision.source(), "decision.source", errors);
}

void CheckPatientId(const std::string& patient, plan::FieldErrors* errors) {
  if (IsForeignId(patient)) return;
  errors->push_back({"patient", "must be 1 to 64 letters, digits, '.', '_' or '-'"});
}

}  // namespace

absl::StatusOr<PresentConsents> RecordConsent(EngineContext& engine, store::WriteTransaction& tx,
                                               const store::ClinicRow& clinic, const std::string& patient,
                                               const v1::ConsentDecision& decision, absl::Time now) {
  auto opted_out = tx.OptedOut(clinic.clinic, patient);
  if (!opted_out.ok()) return opted_out.status();
  const auto before = ConsentHistoryOf(tx, clinic.clinic, patient);
  if (!before.ok()) return before.status();
  const auto history = AppendDecision(tx, clinic.clinic, patient, decision);
  if (!history.ok()) return history.status();
  PresentConsents present{*opted_out, PresentDecisions(*history)};
  bool is_change = InForce(PresentDecisions(*before), decision) != decision.consent();
  absl::Status status;
  if (decision.has_channel()) {
    const int64_t bit = int64_t{1} << decision.channel();
    present.opted_out = decision.consent() == v1::CONSENT_REFUSED ? *opted_out | bit : *opted_out & ~bit;
    is_change = present.opted_out != *opted_out;
    if (is_change) status = tx.SetOptedOut(clinic.clinic, patient, present.opted_out);
  }
  if (status.ok() && is_change) status = LogConsent(tx, clinic.clinic, patient, decision, now);
  if (!status.ok()) return status;
  auto contexts = EnrollmentContextsOf(engine, tx, clinic.clinic, patient);
  if (!contexts.ok()) return contexts.status();
  DecisionApplier applier(engine, tx, decision, present, is_change, now);
  for (EnrollmentContext& context : *contexts) {
    if (status = applier.ApplyTo(&context); !status.ok()) return status;
  }
  return present;
}

void Consents::Set(const CallPtr& call, const v1::SetConsentRequest& request, v1::SetConsentResponse* response,
                   Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  CheckPatientId(request.patient(), &errors);
  CheckDecision(request.decision(), &errors);
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Mutate(
      request, *clinic, request.request_id(), response,
      [this, clinic = *clinic, &request, response](store::WriteTransaction& tx) {
        return SetConsent(engine_, tx, clinic, request, response);
      },
      std::move(done));
}

void Consents::List(const CallPtr& call, const v1::ListConsentDecisionsRequest& request,
                    v1::ListConsentDecisionsResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  CheckPatientId(request.patient(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      *clinic,
      [clinic = *clinic, &request, response](store::ReadTransaction& tx) -> absl::Status {
        if (auto row = RequirePatient(tx, clinic, request.patient()); !row.ok()) return row.status();
        auto history = ConsentHistoryOf(tx, clinic, request.patient());
        if (!history.ok()) return history.status();
        for (int i = history->decisions_size(); i-- > 0;) {
          response->add_decisions()->Swap(history->mutable_decisions(i)->mutable_decision());
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
