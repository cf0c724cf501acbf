#ifndef AFTERCARE_SERVICES_COMMON_LOG_H_
#define AFTERCARE_SERVICES_COMMON_LOG_H_

#include <string>

namespace aftercare {

// Makes every log line one JSON object on standard output, from `level` (debug, info, warn or error) up, those of gRPC
// included. What protobuf has to say of a bad request is not logged: the client is told. Call once, before serving.
void SetUpLog(const std::string& level);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_COMMON_LOG_H_
