#include "services/client/json.h"

#include "google/protobuf/util/json_util.h"

namespace aftercare::client {

std::string ToJson(const google::protobuf::Message& message) {
  std::string json;
  // Only a message that holds an Any of an unknown type cannot be written, and none of ours holds one.
  if (!google::protobuf::util::MessageToJsonString(message, &json).ok()) return "{}";
  return json;
}

}  // namespace aftercare::client
