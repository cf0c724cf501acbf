#include "services/client/session.h"

#include <cstdio>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/common/host_clock.h"

namespace aftercare::client {

std::string Session::clinic() const { return ClinicName(options_.clinic); }

const ServerAccess& AccessOptionNames() {
  static const ServerAccess& names = *new ServerAccess{.address = "--server",
                                                       .ca_file = "--ca-file",
                                                       .cert_file = "--cert-file",
                                                       .key_file = "--key-file",
                                                       .token_file = "--token-file"};
  return names;
}

std::string AccessFlags(const ServerAccess& access) {
  const ServerAccess& names = AccessOptionNames();
  std::string flags;
  const auto add = [&flags](const std::string& name, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&flags, " ", name, " ", value);
  };
  if (access.address != kDefaultServer) add(names.address, access.address);
  add(names.ca_file, access.ca_file);
  add(names.cert_file, access.cert_file);
  add(names.key_file, access.key_file);
  add(names.token_file, access.token_file);
  return flags;
}

absl::Status Session::Open() {
  const absl::StatusOr<absl::Duration> timeout = ParseDuration(options_.timeout);
  if (!timeout.ok() || *timeout <= absl::ZeroDuration()) {
    return UsageError(absl::StrCat("--timeout \"", options_.timeout, "\": write a duration such as 30s or 2m"));
  }
  std::vector<std::string> lines;
  for (const AccessFault& fault : FaultsOf(options_.server, AccessOptionNames())) {
    lines.push_back(absl::StrCat(fault.setting, ": ", fault.what));
  }
  const absl::Status usable = lines.empty() ? absl::OkStatus() : UsageError(absl::StrJoin(lines, "\n  "));
  connection_ = Connection::Create(options_.server, usable, *timeout);
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
