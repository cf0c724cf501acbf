#include "scheduler/engine/delivery/dead_letters.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/reminders/due_position.h"
#include "scheduler/engine/reminders/listing.h"
#include "scheduler/engine/reminders/reminder_scan.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/hash.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxNames = 1000;

absl::Status Refusal(absl::string_view reason, const store::ReminderKey& key, absl::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason, absl::StrCat(ReminderNameOf(key), " ", why));
}

// Returns why a reminder must not be redriven; OK if it may be.
absl::Status CheckRedrive(const EnrollmentContext& enrollment, const store::ReminderRow& row, absl::Time now) {
  if (row.state != v1::REMINDER_STATE_FAILED) return InvalidTransition(row.key, row.state);
  if (row.reason == v1::REMINDER_REASON_BOUNCED) {
    return Refusal("ALREADY_SENT", row.key, "was sent, and came back; nothing is sent twice");
  }
  if (absl::Status status = CheckNotEnded(enrollment.row); !status.ok()) return status;
  if (enrollment.row.state == v1::ENROLLMENT_STATE_PAUSED) {
    return Refusal("ENROLLMENT_PAUSED", row.key, "is of an enrollment that is paused");
  }
  if (row.expire <= now) return Refusal("WINDOW_CLOSED", row.key, "is out of its window");
  if (HasRefusedCategory(enrollment, RuleOf(enrollment, row).source().category())) {
    return Refusal("NO_CONTACT_POINT", row.key, "is of a category of which the patient wants no messages");
  }
  if (PermittedContactPoint(enrollment, 0)) return absl::OkStatus();
  return Refusal("NO_CONTACT_POINT", row.key, "has no contact point at which the patient wants messages");
}

absl::Status RedriveOne(EngineContext& engine, store::WriteTransaction& tx, const std::string& name,
                        const store::ClinicRow& clinic) {
  const auto key = ParseReminderName(name);
  if (!key || key->clinic != clinic.clinic) return InvalidField("names", "must be names of reminders of the parent");
  auto found = tx.GetReminder(*key);
  if (!found.ok()) return found.status();
  if (!found->has_value()) {  // it has not come due, or there is no such reminder
    auto shown = ReadReminder(engine, tx, *key);
    if (shown.ok()) return InvalidTransition(*key, shown->state());
    return absl::IsNotFound(shown.status()) ? ReminderNotFound(*key) : shown.status();
  }
  store::ReminderRow row = **std::move(found);
  auto enrollment = RequireEnrollmentContext(engine, tx, key->clinic, key->enrollment);
  if (!enrollment.ok()) return enrollment.status();
  const absl::Time now = engine.Now(clinic);
  if (absl::Status status = CheckRedrive(*enrollment, row, now); !status.ok()) return status;
  SetContactPoint(*enrollment, *PermittedContactPoint(*enrollment, 0), &row);
  row.failures = 0;
  MakeAvailable(*enrollment, now, &row);
  row.closes = row.expire;
  return ChangeReminder(tx, *enrollment, ReminderEvent::kRedrive, v1::REMINDER_REASON_UNSPECIFIED, now, &row);
}

absl::Status FillDeadLetter(EngineContext& engine, store::ReadTransaction& tx, v1::Reminder reminder, absl::Time now,
                            v1::DeadLetter* letter) {
  const auto key = *ParseReminderName(reminder.name());
  auto row = tx.GetReminder(key);
  if (!row.ok()) return row.status();
  auto enrollment = RequireEnrollmentContext(engine, tx, key.clinic, key.enrollment);
  if (!enrollment.ok()) return enrollment.status();
  *letter->mutable_reminder() = std::move(reminder);
  letter->set_error_code((*row)->error_code);
  letter->set_redrivable(CheckRedrive(*enrollment, **row, now).ok());
  return absl::OkStatus();
}

// A list request that was checked.
struct ListQuery {
  std::string clinic;
  Filter filter;
  int page_size;
  std::string token_query;  // what page tokens are bound to
  std::optional<store::DuePosition> after;
};

absl::StatusOr<ListQuery> ReadListRequest(const Tokens& tokens, const v1::ListDeadLettersRequest& request) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (request.filter().states_size() > 0) errors.push_back({"filter.states", "must not be set; what failed is listed"});
  v1::ReminderFilter failed = request.filter();
  failed.clear_states();
  failed.add_states(v1::REMINDER_STATE_FAILED);
  ListQuery query{clinic.value_or(""), Filter::Make(failed, clinic.value_or(""), &errors),
                  PageSize(request.page_size(), &errors),
                  absl::StrCat("dead-letters/", request.parent(), "/", Fingerprint(request.filter())), std::nullopt};
  if (const auto position = OpenPageToken(tokens, query.token_query, request.page_token(), &errors)) {
    query.after = DecodeDuePosition(*position);
    if (!query.after) AddPageTokenError(&errors);
  }
  if (!errors.empty()) return InvalidFields(errors);
  return query;
}

}  // namespace

void ListDeadLetters(DeliveryContext& context, const CallPtr& call, const v1::ListDeadLettersRequest& request,
                     v1::ListDeadLettersResponse* response, Done done) {
  EngineContext& engine = context.engine;
  auto query = ReadListRequest(engine.tokens(), request);
  if (!query.ok()) return done(query.status());
  const std::string clinic_id = query->clinic;
  call->Read(
      clinic_id,
      [&engine, &indexes = context.enrollment_index_cache, query = *std::move(query),
       response](store::ReadTransaction& tx) mutable -> absl::Status {
        auto clinic = RequireClinic(tx, query.clinic);
        if (!clinic.ok()) return clinic.status();
        const absl::Time now = engine.Now(*clinic);
        ReminderScan scan(engine, indexes, tx, *std::move(clinic), std::move(query.filter));
        auto page = ListPage(scan, query.after, query.page_size);
        if (!page.ok()) return page.status();
        for (v1::Reminder& reminder : page->reminders) {
          absl::Status status = FillDeadLetter(engine, tx, std::move(reminder), now, response->add_dead_letters());
          if (!status.ok()) return status;
        }
        if (page->last) {
          response->set_next_page_token(
              SealPageToken(engine.tokens(), query.token_query, EncodeDuePosition(*page->last)));
        }
        return absl::OkStatus();
      },
      std::move(done));
}

void RedriveReminders(DeliveryContext& context, const CallPtr& call, const v1::RedriveRemindersRequest& request,
                      v1::RedriveRemindersResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (request.names().empty() || request.names_size() > kMaxNames) {
    errors.push_back({"names", "must have 1 to 1000 entries"});
  }
  for (int i = 0; i < request.names_size(); ++i) {
    CheckRepeatedText(absl::StrCat("names[", i, "]"), request.names(i), &errors);
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Mutate(
      request, *clinic, request.request_id(), response,
      [&context, clinic = *clinic, &request, response](store::WriteTransaction& tx) -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        for (const std::string& name : request.names()) {
          v1::RedriveResult* result = response->add_results();
          result->set_name(name);
          absl::Status status = RedriveOne(context.engine, tx, name, *row);
          if (absl::IsUnavailable(status) || absl::IsDataLoss(status)) return status;
          *result->mutable_status() = ToStatusProto(status);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
