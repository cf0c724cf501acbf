#include "tests/bench/running.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"

namespace aftercare::bench {
namespace {

class NoOp : public v1::ClinicService::WithRawCallbackMethod_GetClinic<v1::ClinicService::Service> {
  grpc::ServerUnaryReactor* GetClinic(grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                                      grpc::ByteBuffer* response) override {
    const grpc::Slice empty;
    *response = grpc::ByteBuffer(&empty, 1);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

Running::Running(const std::vector<std::string>& command) : process(command, {.inherits_stderr = true}) {
  const auto start = std::chrono::steady_clock::now();
  const int port = AwaitPort(process);
  ready_after = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (port == 0) std::exit(1);
  address = absl::StrCat("127.0.0.1:", port);
  client = std::make_unique<e2e::Client>(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
}

int Serve(grpc::ServerBuilder& builder) {
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  auto server = builder.BuildAndStart();
  std::cout << "serving on port " << port << std::endl;
  server->Wait();
  return 0;
}

int ServeNoOp() {
  NoOp service;
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  return Serve(builder);
}

int MainForEnrollments(const std::string& name, int argc, char** argv,
                       int (*run)(const std::string& self, int enrollments)) {
  if (argc > 1 && std::string(argv[1]) == kNoOpFlag) return ServeNoOp();
  const int enrollments = argc > 1 ? std::atoi(argv[1]) : 100000;
  if (enrollments >= 1) return run(argv[0], enrollments);
  std::cerr << name << ": how many enrollments? A number from 1" << std::endl;
  return 2;
}

void Fail(const std::string& why) {
  std::cerr << why << std::endl;
  std::exit(1);
}

std::vector<std::string> EnrolAll(e2e::Client& client, const std::string& clinic, int patients,
                                  const std::string& procedure_date) {
  std::vector<v1::CreateEnrollmentRequest> requests;
  for (int i = 0; i < patients; ++i) {
    requests.push_back(e2e::Patient(clinic, absl::StrCat("p", i), procedure_date));
    requests.back().clear_enrollment_id();
  }
  const auto enrolled = CallAll<v1::CreateEnrollmentRequest, v1::CreateEnrollmentResponse>(
      requests, [&](auto... call) { client.enrollments->async()->CreateEnrollment(call...); });
  std::vector<std::string> names;
  for (const v1::CreateEnrollmentResponse& response : enrolled) names.push_back(response.enrollment().name());
  return names;
}

int64_t ResidentBytes(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  std::string word;
  while (status >> word) {
    if (word == "VmRSS:" && status >> word) return std::atoll(word.c_str()) * 1024;
  }
  return 0;
}

}  // namespace aftercare::bench
