#include "scheduler/engine/clinics/clinics.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/replanning.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/clinic_calendar.h"
#include "scheduler/plan/replies.h"
#include "scheduler/plan/text_validation.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kMostMessages = 1'000'000;  // a minute
constexpr absl::string_view kListContext = "list-clinics";

void CheckText(absl::string_view field, absl::string_view text, size_t min, size_t max, plan::FieldErrors* errors) {
  if (!plan::IsCleanText(text, /*allow_newline=*/false)) {
    errors->push_back({std::string(field), "must be valid UTF-8 without control characters"});
  } else if (plan::CountCharacters(text) > max || text.size() < min || (min > 0 && plan::IsBlank(text))) {
    errors->push_back({std::string(field), absl::StrCat("must have ", min, " to ", max, " characters")});
  }
}

void CheckClinicFields(const v1::Clinic& clinic, plan::FieldErrors* errors) {
  CheckText("clinic.display_name", clinic.display_name(), 1, 100, errors);
  CheckText("clinic.phone", clinic.phone(), 0, 40, errors);
  if (!plan::FindZone(clinic.time_zone())) {
    errors->push_back({"clinic.time_zone", "must be an IANA time zone, like Europe/Madrid"});
  }
  if (clinic.max_messages_per_minute() < 0 || clinic.max_messages_per_minute() > kMostMessages) {
    errors->push_back({"clinic.max_messages_per_minute", absl::StrCat("must be 0 to ", kMostMessages)});
  }
  plan::FieldErrors found;
  plan::ReadCalendar(clinic, &found);
  plan::CheckReplyWords(clinic, &found);
  AddPrefixed("clinic", found, errors);
}

void CheckTestClock(const google::protobuf::Timestamp& time, absl::string_view field, plan::FieldErrors* errors) {
  if (time.seconds() < 0 || time.seconds() >= kEndOfTestClocks || time.nanos() < 0 || time.nanos() > 999'999'999) {
    errors->push_back({std::string(field), "must be an instant from 1970 to 2199"});
  }
}

bool Masked(const v1::UpdateClinicRequest& request, absl::string_view path, bool is_set) {
  if (request.update_mask().paths().empty()) return is_set;
  for (const std::string& masked : request.update_mask().paths()) {
    if (masked == path || masked == "*") return true;
  }
  return false;
}

void CheckMask(const v1::UpdateClinicRequest& request, plan::FieldErrors* errors) {
  static constexpr absl::string_view kMaskable[] = {
      "*",        "display_name",            "phone",      "time_zone", "contact_hours", "closed_weekdays",
      "holidays", "max_messages_per_minute", "reply_words"};
  int index = 0;
  for (const std::string& path : request.update_mask().paths()) {
    if (std::find(std::begin(kMaskable), std::end(kMaskable), path) == std::end(kMaskable)) {
      errors->push_back({absl::StrCat("update_mask.paths[", index, "]"),
                         absl::StrCat("must be one of: ", absl::StrJoin(kMaskable, ", "))});
    }
    ++index;
  }
}

void Merge(const v1::UpdateClinicRequest& request, v1::Clinic* stored) {
  const v1::Clinic& wanted = request.clinic();
  if (Masked(request, "display_name", !wanted.display_name().empty())) stored->set_display_name(wanted.display_name());
  if (Masked(request, "phone", !wanted.phone().empty())) stored->set_phone(wanted.phone());
  if (Masked(request, "time_zone", !wanted.time_zone().empty())) stored->set_time_zone(wanted.time_zone());
  if (Masked(request, "contact_hours", wanted.has_contact_hours())) {
    stored->clear_contact_hours();
    if (wanted.has_contact_hours()) *stored->mutable_contact_hours() = wanted.contact_hours();
  }
  if (Masked(request, "closed_weekdays", !wanted.closed_weekdays().empty())) {
    *stored->mutable_closed_weekdays() = wanted.closed_weekdays();
  }
  if (Masked(request, "max_messages_per_minute", wanted.max_messages_per_minute() != 0)) {
    stored->set_max_messages_per_minute(wanted.max_messages_per_minute());
  }
  if (Masked(request, "reply_words", !wanted.reply_words().empty())) {
    *stored->mutable_reply_words() = wanted.reply_words();
  }
  if (Masked(request, "holidays", !wanted.holidays().empty())) *stored->mutable_holidays() = wanted.holidays();
}

// Stores the changed row. With another calendar it begins to plan the clinic's enrollments anew; the sweeper goes on.
absl::Status StoreChanged(EngineContext& engine, store::WriteTransaction& tx, store::ClinicRow* row) {
  const int64_t calendar = CalendarFingerprint(row->data);
  const bool moves = calendar != row->calendar_fingerprint;
  row->calendar_fingerprint = calendar;
  if (moves) row->replan_after = "";
  absl::Status status = tx.UpdateClinic(*row);
  return status.ok() && moves ? ReplanStaleEnrollments(engine, tx, kReplannedPerMutation, row) : status;
}

}  // namespace

void Clinics::Create(const Caller& caller, const v1::CreateClinicRequest& request, v1::CreateClinicResponse* response,
                     Done done) {
  plan::FieldErrors errors;
  if (!IsClinicId(request.clinic_id())) {
    errors.push_back({"clinic_id", "must be 1 to 40 lower-case letters, digits or '-', beginning with a letter"});
  }
  CheckClinicFields(request.clinic(), &errors);
  if (request.clinic().has_test_clock_time()) {
    CheckTestClock(request.clinic().test_clock_time(), "clinic.test_clock_time", &errors);
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, request.clinic_id()); !status.ok()) return done(status);

  engine_.Mutate(
      request, request.clinic_id(), request.request_id(), response,
      [this, &request, response](store::WriteTransaction& tx) -> absl::Status {
        store::ClinicRow row{request.clinic_id(), 1, request.clinic(), CalendarFingerprint(request.clinic())};
        row.data.clear_name();
        row.data.clear_etag();
        if (row.data.has_test_clock_time()) {
          // To the microsecond, which is what the store keeps of instants.
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

void Clinics::Get(const Caller& caller, const v1::GetClinicRequest& request, v1::GetClinicResponse* response,
                  Done done) {
  const auto clinic = ParseClinicName(request.name());
  if (!clinic) return done(InvalidField("name", "must be clinics/{clinic}"));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);
  engine_.Read(
      [clinic = *clinic, response](store::ReadTransaction& tx) -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        *response->mutable_clinic() = ClinicToProto(*row);
        return absl::OkStatus();
      },
      std::move(done));
}

void Clinics::List(const Caller& caller, const v1::ListClinicsRequest& request, v1::ListClinicsResponse* response,
                   Done done) {
  plan::FieldErrors errors;
  const int page = PageSize(request.page_size(), &errors);
  std::string after;
  if (!request.page_token().empty()) {
    const auto opened = engine_.tokens().Open(kListContext, request.page_token());
    if (opened) after = *opened;
    if (!opened) errors.push_back({"page_token", "must come from an answer to the same request"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  engine_.Read(
      [this, caller, page, after, response](store::ReadTransaction& tx) mutable -> absl::Status {
        while (true) {
          auto rows = tx.ListClinics(after, page + 1);
          if (!rows.ok()) return rows.status();
          for (const store::ClinicRow& row : *rows) {
            if (!caller.MayTouch(row.clinic)) continue;
            if (response->clinics_size() == page) {
              response->set_next_page_token(engine_.tokens().Seal(kListContext, after));
              return absl::OkStatus();
            }
            *response->add_clinics() = ClinicToProto(row);
            after = row.clinic;
          }
          if (static_cast<int>(rows->size()) <= page) return absl::OkStatus();
          after = rows->back().clinic;
        }
      },
      std::move(done));
}

void Clinics::Update(const Caller& caller, const v1::UpdateClinicRequest& request, v1::UpdateClinicResponse* response,
                     Done done) {
  const auto clinic = ParseClinicName(request.clinic().name());
  plan::FieldErrors errors;
  if (!clinic) errors.push_back({"clinic.name", "must be clinics/{clinic}"});
  CheckMask(request, &errors);
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);

  engine_.Mutate(
      request, *clinic, request.request_id(), response,
      [this, clinic = *clinic, &request, response](store::WriteTransaction& tx) -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        absl::Status status = CheckEtag(request.clinic().etag(), row->version, ClinicNameOf(clinic));
        if (!status.ok()) return status;
        Merge(request, &row->data);
        plan::FieldErrors merged_errors;
        CheckClinicFields(row->data, &merged_errors);
        if (!merged_errors.empty()) return InvalidFields(merged_errors);
        ++row->version;
        *response->mutable_clinic() = ClinicToProto(*row);
        return StoreChanged(engine_, tx, &*row);
      },
      [this, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(absl::InfinitePast());  // what is planned anew may be due at any time
        done(std::move(status));
      });
}

}  // namespace aftercare::engine
