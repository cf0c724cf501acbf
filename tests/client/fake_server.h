#ifndef AFTERCARE_TESTS_CLIENT_FAKE_SERVER_H_
#define AFTERCARE_TESTS_CLIENT_FAKE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "aftercare/v1/access_service.grpc.pb.h"
#include "aftercare/v1/clinic_service.grpc.pb.h"
#include "aftercare/v1/enrollment_service.grpc.pb.h"
#include "aftercare/v1/pathway_service.grpc.pb.h"
#include "aftercare/v1/reply_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "scheduler/sync.h"
#include "tests/client/output.h"
#include "tests/support/process.h"

namespace aftercare::client {

// A server on loopback that keeps every request and answers what the test told it, by the type of the answer. An answer
// that the test did not tell is empty. Thread safe.
class FakeServer final : public v1::AccessService::Service,
                         public v1::ClinicService::Service,
                         public v1::EnrollmentService::Service,
                         public v1::PathwayService::Service,
                         public v1::ReplyService::Service {
 public:
  FakeServer();
  ~FakeServer() override { server_->Shutdown(); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // From now on, calls with this type of answer get this one.
  template <typename Response>
  void Answer(const Response& response) ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(mutex_);
    answers_[Response::descriptor()->name()] = response.SerializeAsString();
  }

  // From now on, calls with this type of answer fail, with an ErrorInfo of this reason.
  template <typename Response>
  void Refuse(grpc::StatusCode code, const std::string& reason) ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(mutex_);
    refusals_[Response::descriptor()->name()] = Refusal(code, reason);
  }

  // Returns all requests of this type so far.
  template <typename Request>
  std::vector<Request> All() const ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(mutex_);
    std::vector<Request> all;
    const auto found = requests_.find(Request::descriptor()->name());
    if (found == requests_.end()) return all;
    for (const std::string& bytes : found->second) EXPECT_TRUE(all.emplace_back().ParseFromString(bytes));
    return all;
  }

  // Returns the last request of this type. Fails the test if there was none.
  template <typename Request>
  Request Last() const {
    const std::vector<Request> all = All<Request>();
    EXPECT_FALSE(all.empty()) << Request::descriptor()->name();
    return all.empty() ? Request() : all.back();
  }

  grpc::Status CreateToken(grpc::ServerContext* context, const v1::CreateTokenRequest* request,
                           v1::CreateTokenResponse* response) override;
  grpc::Status ListTokens(grpc::ServerContext* context, const v1::ListTokensRequest* request,
                          v1::ListTokensResponse* response) override;
  grpc::Status RevokeToken(grpc::ServerContext* context, const v1::RevokeTokenRequest* request,
                           v1::RevokeTokenResponse* response) override;
  grpc::Status BindRole(grpc::ServerContext* context, const v1::BindRoleRequest* request,
                        v1::BindRoleResponse* response) override;
  grpc::Status UnbindRole(grpc::ServerContext* context, const v1::UnbindRoleRequest* request,
                          v1::UnbindRoleResponse* response) override;
  grpc::Status ListRoleBindings(grpc::ServerContext* context, const v1::ListRoleBindingsRequest* request,
                                v1::ListRoleBindingsResponse* response) override;
  grpc::Status CreateClinic(grpc::ServerContext* context, const v1::CreateClinicRequest* request,
                            v1::CreateClinicResponse* response) override;
  grpc::Status GetClinic(grpc::ServerContext* context, const v1::GetClinicRequest* request,
                         v1::GetClinicResponse* response) override;
  grpc::Status UpdateClinic(grpc::ServerContext* context, const v1::UpdateClinicRequest* request,
                            v1::UpdateClinicResponse* response) override;
  grpc::Status GetEnrollment(grpc::ServerContext* context, const v1::GetEnrollmentRequest* request,
                             v1::GetEnrollmentResponse* response) override;
  grpc::Status ListEnrollments(grpc::ServerContext* context, const v1::ListEnrollmentsRequest* request,
                               v1::ListEnrollmentsResponse* response) override;
  grpc::Status GetAdherence(grpc::ServerContext* context, const v1::GetAdherenceRequest* request,
                            v1::GetAdherenceResponse* response) override;
  grpc::Status GetPathway(grpc::ServerContext* context, const v1::GetPathwayRequest* request,
                          v1::GetPathwayResponse* response) override;
  grpc::Status RecordReply(grpc::ServerContext* context, const v1::RecordReplyRequest* request,
                           v1::RecordReplyResponse* response) override;
  grpc::Status ListReplies(grpc::ServerContext* context, const v1::ListRepliesRequest* request,
                           v1::ListRepliesResponse* response) override;
  grpc::Status AssignReply(grpc::ServerContext* context, const v1::AssignReplyRequest* request,
                           v1::AssignReplyResponse* response) override;
  grpc::Status DecideReply(grpc::ServerContext* context, const v1::DecideReplyRequest* request,
                           v1::DecideReplyResponse* response) override;

 private:
  static grpc::Status Refusal(grpc::StatusCode code, const std::string& reason);

  // Keeps the request, and answers it.
  grpc::Status Handle(const google::protobuf::Message& request, google::protobuf::Message* response)
      ABSL_LOCKS_EXCLUDED(mutex_);

  mutable Mutex mutex_;
  // By the name of the message.
  std::map<std::string, std::string> answers_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, grpc::Status> refusals_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<std::string>> requests_ ABSL_GUARDED_BY(mutex_);
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// Runs the program `aftercare` against a FakeServer, as a user does.
class FakeServerFixture : public testing::Test {
 protected:
  // Runs `aftercare` and waits for its end.
  ProcessResult Aftercare(const std::vector<std::string>& arguments) const;

  // Runs `aftercare` and fails the test unless it ends with exit code 0. Returns what it printed.
  std::string Must(const std::vector<std::string>& arguments) const;

  FakeServer server_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_TESTS_CLIENT_FAKE_SERVER_H_
