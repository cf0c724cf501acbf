#include "tests/engine/testing.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"

namespace aftercare::engine {

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  const bool seconds = text.size() > std::string("2029-03-01T09:00").size();
  EXPECT_TRUE(absl::ParseTime(seconds ? "%Y-%m-%dT%H:%M:%E*S" : "%Y-%m-%dT%H:%M", text, &time, &error)) << error;
  return time;
}

std::string StateAndReason(v1::ReminderState state, v1::ReminderReason reason) {
  const std::string name(absl::StripPrefix(v1::ReminderState_Name(state), "REMINDER_STATE_"));
  if (reason == v1::REMINDER_REASON_UNSPECIFIED) return name;
  return absl::StrCat(name, "/", absl::StripPrefix(v1::ReminderReason_Name(reason), "REMINDER_REASON_"));
}

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

std::string ErrorOf(const absl::Status& status) {
  if (status.ok()) return "OK";
  return absl::StrCat(absl::StatusCodeToString(status.code()), "/", ReasonOf(status));
}

std::string ErrorOf(const google::rpc::Status& status) {
  absl::Status same(static_cast<absl::StatusCode>(status.code()), status.message());
  for (const auto& detail : status.details()) same.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  return ErrorOf(same);
}

std::vector<std::string> BadFields(const absl::Status& status) {
  std::vector<std::string> fields;
  google::rpc::BadRequest bad;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  EXPECT_TRUE(!payload || bad.ParseFromString(std::string(*payload)));
  for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
  return fields;
}

Caller Operator() { return {.principal = "operator", .role = Role::kAdmin, .all_clinics = true}; }

}  // namespace aftercare::engine
