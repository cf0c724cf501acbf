#include "services/client/session.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/common/host_clock.h"

namespace aftercare::client {

std::string Session::clinic() const { return ClinicName(options_.clinic); }

absl::Status Session::Open() {
  const absl::StatusOr<absl::Duration> timeout = ParseDuration(options_.timeout);
  if (!timeout.ok() || *timeout <= absl::ZeroDuration()) {
    return UsageError(absl::StrCat("--timeout \"", options_.timeout, "\": write a duration such as 30s or 2m"));
  }
  connection_ = Connection::Create(options_.server, *timeout);
  return absl::OkStatus();
}

absl::StatusOr<TimeFrame> Session::ClinicFrame() {
  v1::GetClinicRequest request;
  request.set_name(clinic());
  const auto response = Call(request);
  if (!response.ok()) return response.status();
  return FrameOf(response->clinic());
}

absl::StatusOr<v1::Enrollment> Session::ReadEnrollment(absl::string_view enrollment) {
  v1::GetEnrollmentRequest request;
  request.set_name(EnrollmentName(clinic(), enrollment));
  const auto response = Call(request);
  if (!response.ok()) return response.status();
  return response->enrollment();
}

// Flushing lets the reader of a pipe see an event when it happens.
void Session::Print(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

absl::Status Session::CheckOutput() {
  return std::ferror(stdout) == 0 ? absl::OkStatus() : UsageError("cannot write standard output");
}

void Session::PrintJson(const google::protobuf::Message& message) { Print(absl::StrCat(ToJson(message), "\n")); }

void Session::PrintJson(const JsonObject& object) { Print(absl::StrCat(object.Line(), "\n")); }

void Session::PrintResult(const google::protobuf::Message& result, absl::string_view text) {
  if (json()) {
    PrintJson(result);
  } else {
    Print(text);
  }
}

void Session::Note(absl::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

int Session::list_width() const { return IsTerminal() ? TerminalWidth() : 0; }

bool Session::colour() const { return WantsColour(); }

TimeFrame FrameOf(const v1::Clinic& clinic) {
  TimeFrame frame;
  frame.zone = ZoneOrUtc(clinic.time_zone());
  frame.now = clinic.has_test_clock_time() ? plan::ToTime(clinic.test_clock_time()) : HostNow();
  return frame;
}

}  // namespace aftercare::client
