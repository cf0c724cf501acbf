#include "scheduler/engine/clinics/clinics.h"

#include <limits>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/clinics/care_teams.h"
#include "scheduler/engine/clinics/clinic_events.h"
#include "scheduler/engine/clinics/sandbox_clock.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/planning/replanning.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"
#include "scheduler/engine/runtime/update_mask.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/clinic_calendar.h"
#include "scheduler/plan/input/phone_numbers.h"
#include "scheduler/plan/input/replies.h"
#include "scheduler/plan/input/text_validation.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMaxMessagesPerMinute = 1'000'000;
constexpr absl::string_view kTokenQuery = "list-clinics";

constexpr absl::string_view kUpdatableFields[] = {
    "display_name", "phone", "time_zone", "contact_hours", "closed_weekdays", "holidays", "max_messages_per_minute",
    "reply_words",  "region", "decision_time", "message_cap", "care_teams", "quote_patients"};

void CheckText(absl::string_view field, absl::string_view text, size_t min, size_t max, plan::FieldErrors* errors) {
  if (!plan::IsCleanText(text, /*allow_newline=*/false)) {
    errors->push_back({std::string(field), "must be valid UTF-8 without control characters"});
  } else if (plan::CountCharacters(text) > max || text.size() < min || (min > 0 && plan::IsBlank(text))) {
    errors->push_back({std::string(field), absl::StrCat("must have ", min, " to ", max, " characters")});
  }
}

void CheckDecisionTime(const v1::Clinic& clinic, plan::FieldErrors* errors) {
  if (!clinic.has_decision_time()) return;
  const google::protobuf::Duration& time = clinic.decision_time();
  const bool is_in_range = time.seconds() >= 60 && time.seconds() <= 30 * 24 * 3600;
  if (time.nanos() == 0 && is_in_range) return;
  errors->push_back({"clinic.decision_time", "must be 1 minute to 30 days, in whole seconds"});
}

void CheckClinicFields(const v1::Clinic& clinic, plan::FieldErrors* errors) {
  CheckText("clinic.display_name", clinic.display_name(), 1, 100, errors);
  CheckText("clinic.phone", clinic.phone(), 0, 40, errors);
  if (!plan::FindZone(clinic.time_zone())) {
    errors->push_back({"clinic.time_zone", "must be an IANA time zone, like Europe/Madrid"});
  }
  if (clinic.max_messages_per_minute() < 0 || clinic.max_messages_per_minute() > kMaxMessagesPerMinute) {
    errors->push_back({"clinic.max_messages_per_minute", absl::StrCat("must be 0 to ", kMaxMessagesPerMinute)});
  }
  if (!clinic.region().empty() && !plan::IsRegion(clinic.region())) {
    errors->push_back({"clinic.region", "must be an ISO 3166-1 code of two upper-case letters, like US"});
  }
  CheckDecisionTime(clinic, errors);
  plan::FieldErrors found;
  plan::ReadCalendar(clinic, &found);
  plan::CheckReplyWords(clinic, &found);
  CheckCareTeams(clinic, &found);
  AddPrefixed("clinic", found, errors);
}

void CheckTestClock(const google::protobuf::Timestamp& time, absl::string_view field, plan::FieldErrors* errors) {
  if (time.seconds() < 0 || time.seconds() >= kEndOfTestClocks || time.nanos() < 0 || time.nanos() > 999'999'999) {
    errors->push_back({std::string(field), "must be an instant from 1970 to 2199"});
  }
}

// Changes `clinic` as the request asks.
void ApplyUpdate(const v1::UpdateClinicRequest& request, v1::Clinic* clinic) {
  const v1::Clinic& data = request.clinic();
  const auto sets = [&request](absl::string_view field, bool is_set) {
    return IsUpdated(request.update_mask(), field, is_set);
  };
  if (sets("display_name", !data.display_name().empty())) clinic->set_display_name(data.display_name());
  if (sets("phone", !data.phone().empty())) clinic->set_phone(data.phone());
  if (sets("time_zone", !data.time_zone().empty())) clinic->set_time_zone(data.time_zone());
  if (sets("contact_hours", data.has_contact_hours())) {
    clinic->clear_contact_hours();
    if (data.has_contact_hours()) *clinic->mutable_contact_hours() = data.contact_hours();
  }
  if (sets("closed_weekdays", !data.closed_weekdays().empty())) {
    *clinic->mutable_closed_weekdays() = data.closed_weekdays();
  }
  if (sets("max_messages_per_minute", data.max_messages_per_minute() != 0)) {
    clinic->set_max_messages_per_minute(data.max_messages_per_minute());
  }
  if (sets("reply_words", !data.reply_words().empty())) *clinic->mutable_reply_words() = data.reply_words();
  if (sets("region", !data.region().empty())) clinic->set_region(data.region());
  if (sets("decision_time", data.has_decision_time())) {
    clinic->clear_decision_time();
    if (data.has_decision_time()) *clinic->mutable_decision_time() = data.decision_time();
  }
  if (sets("message_cap", data.has_message_cap())) {
    *clinic->mutable_message_cap() = data.message_cap();
    if (data.message_cap().ByteSizeLong() == 0) clinic->clear_message_cap();
  }
  if (sets("holidays", !data.holidays().empty())) *clinic->mutable_holidays() = data.holidays();
  if (sets("quote_patients", data.quote_patients())) clinic->set_quote_patients(data.quote_patients());
  if (sets("care_teams", !data.care_teams().empty())) {
    *clinic->mutable_care_teams() = data.care_teams();
    NormalizeCareTeams(clinic);
  }
}

// Stores and logs the changed row. If its calendar has changed, begins to plan the clinic's enrollments anew, which the
// sweeper continues.
absl::Status StoreUpdated(EngineContext& engine, store::WriteTransaction& tx, store::ClinicRow* row) {
  absl::Status status = LogClinic(tx, *row, v1::EVENT_TYPE_CLINIC_UPDATED, engine.Now(*row));
  if (!status.ok()) return status;
  const int64_t fingerprint = CalendarFingerprint(row->data);
  const bool calendar_changed = fingerprint != row->calendar_fingerprint;
  row->calendar_fingerprint = fingerprint;
  if (calendar_changed) row->replan_after = "";
  status = tx.UpdateClinic(*row);
  return status.ok() && calendar_changed ? ReplanStaleEnrollments(engine, tx, kReplannedPerMutation, row) : status;
}

// Takes back the leases whose texts are not true any more, since the clinic's name, telephone or time zone has changed.
absl::Status RecallUntrueLeases(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& row) {
  store::ReminderQuery query;
  query.clinic = row.clinic;
  query.states = {v1::REMINDER_STATE_LEASED};
  query.limit = std::numeric_limits<int>::max();
  auto leased = tx.ListReminders(query);
  if (!leased.ok()) return leased.status();
  std::set<std::string> enrollments;
  for (const store::ReminderRow& reminder : *leased) enrollments.insert(reminder.key.enrollment);
  for (const std::string& enrollment : enrollments) {
    auto context = RequireEnrollmentContext(engine, tx, row.clinic, enrollment);
    if (!context.ok()) return context.status();
    auto replanned = Replan(tx, &*context, engine.Now(row), Occasion::kOther, &row.data);
    if (!replanned.ok()) return replanned.status();
  }
  return absl::OkStatus();
}

bool TextsChange(const v1::Clinic& before, const v1::Clinic& after) {
  return before.display_name() != after.display_name() || before.phone() != after.phone() ||
         before.time_zone() != after.time_zone();
}

}  // namespace

void Clinics::Create(const CallPtr& call, const v1::CreateClinicRequest& request, v1::CreateClinicResponse* response,
                     Done done) {
  plan::FieldErrors errors;
  v1::Clinic data = request.clinic();
  NormalizeCareTeams(&data);
  if (!IsClinicId(request.clinic_id())) {
    errors.push_back({"clinic_id", "must be 1 to 40 lower-case letters, digits or '-', beginning with a letter"});
  }
  CheckClinicFields(data, &errors);
  if (request.clinic().has_test_clock_time()) {
    CheckTestClock(request.clinic().test_clock_time(), "clinic.test_clock_time", &errors);
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));

  call->Mutate(
      request, request.clinic_id(), request.request_id(), response,
      [this, &request, data = std::move(data), response](store::WriteTransaction& tx) -> absl::Status {
        store::ClinicRow row{request.clinic_id(), 1, data, CalendarFingerprint(data)};
        row.data.clear_name();
        row.data.clear_etag();
        if (row.data.has_test_clock_time()) {
          // The store keeps instants in microseconds.
          row.data.mutable_test_clock_time()->set_nanos(row.data.test_clock_time().nanos() / 1000 * 1000);
        }
        plan::SetTimestamp(engine_.clock().Now(), row.data.mutable_create_time());
        absl::Status status = tx.InsertClinic(row);
        if (status.code() == absl::StatusCode::kAlreadyExists) {
          return MakeError(status.code(), "CLINIC_EXISTS", absl::StrCat(ClinicNameOf(row.clinic), " exists already"));
        }
        *response->mutable_clinic() = ClinicToProto(row);
        return status;
      },
      std::move(done));
}

void Clinics::Get(const CallPtr& call, const v1::GetClinicRequest& request, v1::GetClinicResponse* response,
                  Done done) {
  const auto clinic = ParseClinicName(request.name());
  if (!clinic) return done(InvalidField("name", "must be clinics/{clinic}"));
  call->Read(
      *clinic,
      [clinic = *clinic, response](store::ReadTransaction& tx) -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        *response->mutable_clinic() = ClinicToProto(*row);
        return absl::OkStatus();
      },
      std::move(done));
}

void Clinics::List(const CallPtr& call, const v1::ListClinicsRequest& request, v1::ListClinicsResponse* response,
                   Done done) {
  plan::FieldErrors errors;
  const int page_size = PageSize(request.page_size(), &errors);
  std::string after = OpenPageToken(engine_.tokens(), kTokenQuery, request.page_token(), &errors).value_or("");
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      kAllClinics,
      [this, page_size, after = std::move(after), response](store::ReadTransaction& tx) -> absl::Status {
        auto rows = tx.ListClinics(after, page_size + 1);
        if (!rows.ok()) return rows.status();
        PageBudget budget(page_size);
        for (const store::ClinicRow& row : *rows) {
          v1::Clinic clinic = ClinicToProto(row);
          if (!budget.Take(clinic)) {
            const std::string& last = (*rows)[response->clinics_size() - 1].clinic;
            response->set_next_page_token(SealPageToken(engine_.tokens(), kTokenQuery, last));
            break;
          }
          *response->add_clinics() = std::move(clinic);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

void Clinics::Update(const CallPtr& call, const v1::UpdateClinicRequest& request, v1::UpdateClinicResponse* response,
                     Done done) {
  const auto clinic = ParseClinicName(request.clinic().name());
  plan::FieldErrors errors;
  if (!clinic) errors.push_back({"clinic.name", "must be clinics/{clinic}"});
  CheckUpdateMask(request.update_mask(), kUpdatableFields, &errors);
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));

  call->Mutate(
      request, *clinic, request.request_id(), response,
      [this, clinic = *clinic, &request, response](store::WriteTransaction& tx) -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        absl::Status status = CheckEtag(request.clinic().etag(), row->version, ClinicNameOf(clinic));
        if (!status.ok()) return status;
        const v1::Clinic before = row->data;
        ApplyUpdate(request, &row->data);
        plan::FieldErrors errors;
        CheckClinicFields(row->data, &errors);
        if (!errors.empty()) return InvalidFields(errors);
        if (google::protobuf::util::MessageDifferencer::Equals(before, row->data)) {
          *response->mutable_clinic() = ClinicToProto(*row);
          return absl::OkStatus();
        }
        ++row->version;
        *response->mutable_clinic() = ClinicToProto(*row);
        tx.NoteLeasable(clinic);  // its send rate may have risen
        status = StoreUpdated(engine_, tx, &*row);
        return status.ok() && TextsChange(before, row->data) ? RecallUntrueLeases(engine_, tx, *row) : status;
      },
      std::move(done));
}

void Clinics::AdvanceTestClock(const CallPtr& call, const v1::AdvanceTestClockRequest& request,
                               v1::AdvanceTestClockResponse* response, Done done) {
  engine::AdvanceTestClock(engine_, cache_, call, request, response, std::move(done));
}

}  // namespace aftercare::engine
