#include "tests/client/fake_server.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace aftercare::client {

FakeServer::FakeServer() {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(static_cast<v1::AccessService::Service*>(this));
  builder.RegisterService(static_cast<v1::ClinicService::Service*>(this));
  builder.RegisterService(static_cast<v1::EnrollmentService::Service*>(this));
  builder.RegisterService(static_cast<v1::PathwayService::Service*>(this));
  builder.RegisterService(static_cast<v1::ReplyService::Service*>(this));
  server_ = builder.BuildAndStart();
}

grpc::Status FakeServer::Refusal(grpc::StatusCode code, const std::string& reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("aftercare");
  google::rpc::Status details;
  details.set_code(code);
  details.add_details()->PackFrom(info);
  return {code, "refused", details.SerializeAsString()};
}

grpc::Status FakeServer::Handle(const google::protobuf::Message& request, google::protobuf::Message* response) {
  MutexLock lock(mutex_);
  requests_[request.GetDescriptor()->name()].push_back(request.SerializeAsString());
  const std::string& name = response->GetDescriptor()->name();
  if (const auto refused = refusals_.find(name); refused != refusals_.end()) return refused->second;
  if (const auto answer = answers_.find(name); answer != answers_.end()) response->ParseFromString(answer->second);
  return grpc::Status::OK;
}

grpc::Status FakeServer::CreateToken(grpc::ServerContext* /*context*/, const v1::CreateTokenRequest* request,
                                     v1::CreateTokenResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::ListTokens(grpc::ServerContext* /*context*/, const v1::ListTokensRequest* request,
                                    v1::ListTokensResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::RevokeToken(grpc::ServerContext* /*context*/, const v1::RevokeTokenRequest* request,
                                     v1::RevokeTokenResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::BindRole(grpc::ServerContext* /*context*/, const v1::BindRoleRequest* request,
                                  v1::BindRoleResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::UnbindRole(grpc::ServerContext* /*context*/, const v1::UnbindRoleRequest* request,
                                    v1::UnbindRoleResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::ListRoleBindings(grpc::ServerContext* /*context*/, const v1::ListRoleBindingsRequest* request,
                                          v1::ListRoleBindingsResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::CreateClinic(grpc::ServerContext* /*context*/, const v1::CreateClinicRequest* request,
                                      v1::CreateClinicResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::GetClinic(grpc::ServerContext* /*context*/, const v1::GetClinicRequest* request,
                                   v1::GetClinicResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::UpdateClinic(grpc::ServerContext* /*context*/, const v1::UpdateClinicRequest* request,
                                      v1::UpdateClinicResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::GetEnrollment(grpc::ServerContext* /*context*/, const v1::GetEnrollmentRequest* request,
                                       v1::GetEnrollmentResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::ListEnrollments(grpc::ServerContext* /*context*/, const v1::ListEnrollmentsRequest* request,
                                         v1::ListEnrollmentsResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::GetAdherence(grpc::ServerContext* /*context*/, const v1::GetAdherenceRequest* request,
                                      v1::GetAdherenceResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::GetPathway(grpc::ServerContext* /*context*/, const v1::GetPathwayRequest* request,
                                    v1::GetPathwayResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::RecordReply(grpc::ServerContext* /*context*/, const v1::RecordReplyRequest* request,
                                     v1::RecordReplyResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::ListReplies(grpc::ServerContext* /*context*/, const v1::ListRepliesRequest* request,
                                     v1::ListRepliesResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::AssignReply(grpc::ServerContext* /*context*/, const v1::AssignReplyRequest* request,
                                     v1::AssignReplyResponse* response) {
  return Handle(*request, response);
}

grpc::Status FakeServer::DecideReply(grpc::ServerContext* /*context*/, const v1::DecideReplyRequest* request,
                                     v1::DecideReplyResponse* response) {
  return Handle(*request, response);
}

ProcessResult FakeServerFixture::Aftercare(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command = {AFTERCARE_CLIENT};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return RunProgram(command, {.environment = {"AFTERCARE_SERVER=" + server_.address()}});
}

std::string FakeServerFixture::Must(const std::vector<std::string>& arguments) const {
  const ProcessResult outcome = Aftercare(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << testing::PrintToString(arguments) << "\n" << outcome.err;
  return outcome.out;
}

}  // namespace aftercare::client
