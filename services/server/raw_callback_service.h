// A service of the API as a table: each method is named once, with the use case that answers it.
#ifndef AFTERCARE_SERVICES_SERVER_RAW_CALLBACK_SERVICE_H_
#define AFTERCARE_SERVICES_SERVER_RAW_CALLBACK_SERVICE_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/permissions.h"
#include "services/server/server_call.h"
#include "services/server/unary_call.h"

namespace aftercare::server {

// Ends the program and says why: a table that differs from the API is a mistake in the program.
[[noreturn]] void RefuseTable(absl::string_view problem);

// The service `Api` (a class that protoc generates, such as v1::ClinicService) with handlers that are added by method
// name. Handlers take and give bytes ("raw"), so that a request that cannot be parsed is answered with what is wrong in
// it, and they answer by callbacks, so that no thread waits.
//
// Fill the table before the service is registered; the program ends where a name or a type is not that of the API.
// After that the service is constant, and thread safe.
template <typename Api>
class RawCallbackService : public Api::Service {
 public:
  using Bytes = grpc::ByteBuffer;
  using Context = grpc::CallbackServerContext;

  explicit RawCallbackService(const CallEnvironment& environment) : environment_(environment) {}

  // A method that is answered by one use case. `use_cases` must outlive the service.
  template <typename UseCases, typename Request, typename Response>
  void Unary(absl::string_view method, UseCases& use_cases,
             void (UseCases::*use_case)(const engine::CallPtr&, const Request&, Response*, engine::Done)) {
    const google::protobuf::MethodDescriptor& found = Find(method, /*client_streams=*/false, /*server_streams=*/false);
    if (found.input_type() != Request::descriptor() || found.output_type() != Response::descriptor()) {
      Refuse(method, "has other messages than its use case");
    }
    Unary(method, [&use_cases, use_case](const CallEnvironment& environment, const engine::Method& named,
                                         Context* context, const Bytes* in, Bytes* out) {
      return UnaryCall<Request, Response>::Start(environment, named, context, in, out,
                                                 std::bind_front(use_case, &use_cases));
    });
  }

  // Methods with a call class of their own: `start` makes the call, which deletes itself. It is called with
  // (environment, method, context), then the request if there is one, then the response if there is one.
  template <typename Start>
  void Unary(absl::string_view method, Start start) {
    Handle(Find(method, false, false),
           new grpc::internal::CallbackUnaryHandler<Bytes, Bytes>(
               std::bind_front(std::move(start), environment_, std::cref(engine::MethodNamed(FullName(method))))));
  }
  template <typename Start>
  void ClientStream(absl::string_view method, Start start) {
    Handle(Find(method, true, false),
           new grpc::internal::CallbackClientStreamingHandler<Bytes, Bytes>(
               std::bind_front(std::move(start), environment_, std::cref(engine::MethodNamed(FullName(method))))));
  }
  template <typename Start>
  void ServerStream(absl::string_view method, Start start) {
    Handle(Find(method, false, true),
           new grpc::internal::CallbackServerStreamingHandler<Bytes, Bytes>(
               std::bind_front(std::move(start), environment_, std::cref(engine::MethodNamed(FullName(method))))));
  }
  template <typename Start>
  void BidiStream(absl::string_view method, Start start) {
    Handle(Find(method, true, true),
           new grpc::internal::CallbackBidiHandler<Bytes, Bytes>(
               std::bind_front(std::move(start), environment_, std::cref(engine::MethodNamed(FullName(method))))));
  }

 private:
  static std::string FullName(absl::string_view method) { return absl::StrCat(Api::service_full_name(), "/", method); }

  static const google::protobuf::ServiceDescriptor& Descriptor() {
    return *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(Api::service_full_name());
  }

  static const google::protobuf::MethodDescriptor& Find(absl::string_view name, bool client_streams,
                                                        bool server_streams) {
    const google::protobuf::MethodDescriptor* method = Descriptor().FindMethodByName(std::string(name));
    if (method == nullptr) Refuse(name, "is not in the API");
    if (method->client_streaming() != client_streams || method->server_streaming() != server_streams) {
      Refuse(name, "streams otherwise in the API");
    }
    return *method;
  }

  [[noreturn]] static void Refuse(absl::string_view method, absl::string_view problem) {
    RefuseTable(absl::StrCat(Api::service_full_name(), ".", method, " ", problem));
  }

  // The generated base class has the methods in the order of the API. Takes ownership of `handler`.
  void Handle(const google::protobuf::MethodDescriptor& method, grpc::internal::MethodHandler* handler) {
    this->MarkMethodRawCallback(method.index(), handler);
  }

  const CallEnvironment environment_;
};

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_RAW_CALLBACK_SERVICE_H_
