#ifndef AFTERCARE_SERVICES_CLIENT_JSON_H_
#define AFTERCARE_SERVICES_CLIENT_JSON_H_

#include <string>

#include "google/protobuf/message.h"

namespace aftercare::client {

// The message as protobuf JSON on one line, without a line feed. Fields without a value are left out. Thread safe.
std::string ToJson(const google::protobuf::Message& message);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_JSON_H_
