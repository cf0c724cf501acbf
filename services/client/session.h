#ifndef AFTERCARE_SERVICES_CLIENT_SESSION_H_
#define AFTERCARE_SERVICES_CLIENT_SESSION_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "google/protobuf/message.h"
#include "services/channel/server_access.h"
#include "services/client/common/json.h"
#include "services/client/common/values.h"
#include "services/client/connection.h"

// One run of the program: its options, its connection and its output.
namespace aftercare::client {

// The address of the server if the options name none.
inline constexpr char kDefaultServer[] = "127.0.0.1:50051";

// The options that all commands share.
struct GlobalOptions {
  std::string program = "aftercare";  // The name by which the program was started.
  ServerAccess server = {.address = kDefaultServer};
  std::string clinic = "demo";
  std::string timeout = "30s";  // The limit of one call, as ParseDuration reads it.
  bool json = false;
};

// What users call the settings by which the server is reached.
const ServerAccess& AccessOptionNames();

// Returns the flags by which another run of the program reaches the same server, each with a blank before it. Empty for
// kDefaultServer.
std::string AccessFlags(const ServerAccess& access);

// What a command works with. Not thread safe, except for connection(), which may be used by several threads after Open.
class Session {
 public:
  explicit Session(GlobalOptions options) : options_(std::move(options)) {}

  // Checks the options and makes the connection, without calling the server. Must be called once, before the functions
  // that call the server. Returns a usage error if an option makes no sense. If the options by which the server is
  // reached are at fault, each call returns a usage error: many commands need no server.
  absl::Status Open();

  const GlobalOptions& options() const { return options_; }
  bool json() const { return options_.json; }

  // Returns the resource name of the clinic that --clinic names.
  std::string clinic() const;

  Connection& connection() { return *connection_; }

  // Makes one unary call.
  template <typename Request>
  auto Call(const Request& request) {
    return connection_->Call(request);
  }

  // Asks the server for the clinic of --clinic. Returns its zone and the time there.
  absl::StatusOr<TimeFrame> ClinicFrame();

  // Asks the server for an enrollment. `enrollment` is a short id or a resource name.
  absl::StatusOr<v1::Enrollment> ReadEnrollment(absl::string_view enrollment);

  // Writes text to standard output and flushes it. CheckOutput tells whether that failed.
  void Print(absl::string_view text);

  // Returns OK if everything printed so far was written, else an error for the command line (UsageError).
  static absl::Status CheckOutput();

  // Writes a message or an object to standard output, as JSON on one line.
  void PrintJson(const google::protobuf::Message& message);
  void PrintJson(const JsonObject& object);

  // Writes `result` as JSON with --json, and `text` without it.
  void PrintResult(const google::protobuf::Message& result, absl::string_view text);

  // Writes text that is not part of the result, such as progress or a warning, to standard error.
  void Note(absl::string_view text);

  // Returns the width of lists: the columns of the terminal, or 0 for no limit if the output is not a terminal.
  int list_width() const;

  // Returns whether the output has colours.
  bool colour() const;

 private:
  const GlobalOptions options_;
  std::unique_ptr<Connection> connection_;
};

// Returns the zone of a clinic (UTC if this machine does not know the zone) and the time there. That is the time of the
// clinic's test clock, or the time of this machine if the clinic has none. Thread safe.
TimeFrame FrameOf(const v1::Clinic& clinic);

// What a command does once the command line is parsed. It returns why it failed.
using Action = std::function<absl::Status(Session&)>;

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_SESSION_H_
