#ifndef AFTERCARE_SERVICES_CHANNEL_TLS_PROBE_H_
#define AFTERCARE_SERVICES_CHANNEL_TLS_PROBE_H_

#include <string>

#include "services/channel/server_access.h"

namespace aftercare {

// Finds out why no connection to the server comes about, where TLS is the reason. gRPC only says that it failed. So
// this connects once more by itself, with the same settings, and takes a few seconds at most. Returns a sentence
// without its end, with the names of settings by which it can be mended, such as `the server does not speak TLS: do not
// set --ca-file`. Returns an empty string if TLS is not the reason. `access` must have no faults;
// `names` as for FaultsOf. Thread safe.
std::string ExplainTlsFailure(const ServerAccess& access, const ServerAccess& names);

}  // namespace aftercare

#endif  // AFTERCARE_SERVICES_CHANNEL_TLS_PROBE_H_
