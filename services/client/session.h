#ifndef AFTERCARE_SERVICES_CLIENT_SESSION_H_
#define AFTERCARE_SERVICES_CLIENT_SESSION_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/clinic.pb.h"
#include "google/protobuf/message.h"
#include "services/client/common/json.h"
#include "services/client/common/values.h"
#include "services/client/connection.h"

namespace aftercare::client {

// Where a server listens unless it is told otherwise.
inline constexpr char kDefaultServer[] = "127.0.0.1:50051";

// What every command is given by the options before it.
struct GlobalOptions {
  std::string program = "aftercare";  // As it was called.
  std::string server = kDefaultServer;
  std::string clinic = "demo";
  std::string timeout = "30s";
  bool json = false;
};

// One run of the program: where it talks to and where it prints. Not thread safe, except StopWaiting of its connection.
class Session {
 public:
  explicit Session(GlobalOptions options) : options_(std::move(options)) {}

  const GlobalOptions& options() const { return options_; }
  bool json() const { return options_.json; }

  // `clinics/{clinic}` of the --clinic option.
  std::string clinic() const;

  // Reads the options that can be wrong and makes the connection; nothing is sent yet. To be called before
  // connection().
  absl::Status Open();

  Connection& connection() { return *connection_; }

  // One unary call.
  template <typename Request>
  auto Call(const Request& request) {
    return connection_->Call(request);
  }

  // The zone of the clinic of the options, and what time it is there.
  absl::StatusOr<TimeFrame> ClinicFrame();

  // Writes to standard output; PrintJson one message or object on one line.
  void Print(absl::string_view text);
  void PrintJson(const google::protobuf::Message& message);
  void PrintJson(const JsonObject& object);

  // For what is not a result: notes on standard error.
  void Note(absl::string_view text);

  // How wide lists may be: as the terminal, or 0 for no limit where it goes elsewhere; whether output has colours.
  int list_width() const;
  bool colour() const;

 private:
  const GlobalOptions options_;
  std::unique_ptr<Connection> connection_;
};

// The zone of a clinic, and what time it is there: its test clock's, or the host's. UTC if this machine lacks the zone.
TimeFrame FrameOf(const v1::Clinic& clinic);

// What a command does once the command line is read. Returns why it failed, for the user and the exit code.
using Action = std::function<absl::Status(Session&)>;

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_SESSION_H_
