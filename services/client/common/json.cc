#include "services/client/common/json.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/wrappers.pb.h"

namespace aftercare::client {

std::string ToJson(const google::protobuf::Message& message) {
  std::string json;
  // Fails only for a message with an Any of an unknown type. Our messages have none.
  if (!google::protobuf::util::MessageToJsonString(message, &json).ok()) return "{}";
  return json;
}

void JsonObject::AddRaw(absl::string_view name, absl::string_view json) {
  absl::StrAppend(&members_, members_.empty() ? "" : ",", "\"", name, "\":", json);
}

JsonObject& JsonObject::Add(absl::string_view name, absl::string_view value) {
  google::protobuf::StringValue text;
  text.set_value(std::string(value));
  AddRaw(name, ToJson(text));
  return *this;
}

JsonObject& JsonObject::Add(absl::string_view name, int64_t value) {
  AddRaw(name, absl::StrCat(value));
  return *this;
}

}  // namespace aftercare::client
