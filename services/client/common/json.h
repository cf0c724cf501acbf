#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_JSON_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_JSON_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

// JSON as `--json` prints it: one object a line.
namespace aftercare::client {

// Returns the message as protobuf JSON on one line, without a line feed. Fields without a value are left out. Thread
// safe.
std::string ToJson(const google::protobuf::Message& message);

// Builds a JSON object on one line, for output that no message describes. Members keep the order in which they were
// added. Names must need no escaping. Not thread safe.
class JsonObject {
 public:
  JsonObject& Add(absl::string_view name, absl::string_view value);
  JsonObject& Add(absl::string_view name, int64_t value);

  // Returns the object without a line feed.
  std::string Line() const { return "{" + members_ + "}"; }

 private:
  void AddRaw(absl::string_view name, absl::string_view json);

  std::string members_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_JSON_H_
