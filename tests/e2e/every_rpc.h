// Calls every RPC of the API in the same way, by its name: `ClinicService/GetClinic`.
#ifndef AFTERCARE_TESTS_E2E_EVERY_RPC_H_
#define AFTERCARE_TESTS_E2E_EVERY_RPC_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace aftercare::e2e {

// The names of all RPCs, in their order.
std::vector<std::string> AllMethods();

// Returns a valid request of the RPC about the clinic `south`, its pathway `knee` and its enrollment `e`, as bytes.
// `lease_id` is that of a lease that the request may be about. There must be one: see HasRequest.
std::string RequestOf(const std::string& name, const std::string& lease_id);
bool HasRequest(const std::string& name);

// Calls the RPC with one request, and reads until the call ends. Bytes of the last answer, if any, go to `answer`.
grpc::Status CallOnce(const std::shared_ptr<grpc::Channel>& channel, const std::string& name,
                      const std::string& request, const std::multimap<std::string, std::string>& metadata,
                      std::string* answer);

}  // namespace aftercare::e2e

#endif  // AFTERCARE_TESTS_E2E_EVERY_RPC_H_
