#ifndef AFTERCARE_SERVICES_CLIENT_COMMON_JSON_H_
#define AFTERCARE_SERVICES_CLIENT_COMMON_JSON_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace aftercare::client {

// The message as protobuf JSON on one line, without a line feed. Fields without a value are left out. Thread safe.
std::string ToJson(const google::protobuf::Message& message);

// A JSON object on one line, for what no message describes. Members stand in the order they were added; names must need
// no escaping. Not thread safe.
class JsonObject {
 public:
  JsonObject& Add(absl::string_view name, absl::string_view value);
  JsonObject& Add(absl::string_view name, int64_t value);

  // Without a line feed.
  std::string Line() const { return "{" + members_ + "}"; }

 private:
  void AddRaw(absl::string_view name, absl::string_view json);

  std::string members_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMON_JSON_H_
