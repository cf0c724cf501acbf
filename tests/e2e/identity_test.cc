// Who calls, and what that lets them do: TLS, client certificates, tokens and roles, on a server that asks for them.
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/permissions.h"
#include "tests/e2e/every_rpc.h"
#include "tests/e2e/harness.h"
#include "tests/e2e/identity.h"

namespace aftercare::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kPhone[] = "contact_points { channel: CHANNEL_SMS address: '+15550100' }";

class IdentityTest : public Service {
 protected:
  // The local operator makes two clinics, without TLS. Then the server speaks TLS, and an administrator has a token.
  IdentityTest() {
    for (const char* clinic : {"south", "north"}) CreateClinic(*client, clinic, "2026-03-01T09:00:00-05:00");
    CreatePathway(*client, "south", "knee", KneePathway());
    Enroll(*client, Patient("south", "e", "2026-03-01", kPhone));
    Advance(*client, "south", "2026-03-03T23:00:00-05:00");
    lease_id_ = LeaseAll(*client, "south")[0].lease_id();
    Bind("admin", v1::ROLE_ADMIN, "-");
    admin_ = MakeToken("admin").secret();
    options_.transport = TransportOf(certificates_);
    Start();
    tls_ = ConnectAnew(address(), Trusting(certificates_));
  }

  std::string address() const { return absl::StrCat("localhost:", server->port()); }

  void Bind(const std::string& principal, v1::Role role, const std::string& clinic) {
    v1::BindRoleRequest request;
    request.mutable_binding()->set_principal(principal);
    request.mutable_binding()->set_role(role);
    request.mutable_binding()->set_clinic("clinics/" + clinic);
    Administer(&v1::AccessService::Stub::BindRole, request);
  }
  v1::CreateTokenResponse MakeToken(const std::string& principal) {
    v1::CreateTokenRequest request;
    request.set_principal(principal);
    return Administer(&v1::AccessService::Stub::CreateToken, request);
  }
  // Makes a call as the local operator, or later as the administrator.
  template <typename Request, typename Response>
  Response Administer(grpc::Status (v1::AccessService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request) {
    grpc::ClientContext context;
    if (!admin_.empty()) context.AddMetadata("authorization", "Bearer " + admin_);
    Response response;
    const auto stub = v1::AccessService::NewStub(admin_.empty() ? client->channel : tls_);
    const grpc::Status status = (*stub.*method)(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  // Calls an RPC about `south` over TLS. Returns the reason of the refusal of the call, or of its only item; empty if
  // it was not refused for who calls.
  std::string RefusalOf(const std::string& name, const std::multimap<std::string, std::string>& metadata) {
    std::string answer;
    const grpc::Status status = CallOnce(tls_, name, RequestOf(name, lease_id_), metadata, &answer);
    const bool is_refused = status.error_code() == grpc::StatusCode::PERMISSION_DENIED ||
                            status.error_code() == grpc::StatusCode::UNAUTHENTICATED;
    if (is_refused) return ReasonOf(status);
    for (const char* reason : {"CLINIC_NOT_YOURS", "ROLE_NOT_ALLOWED", "UNAUTHENTICATED"}) {
      if (absl::StrContains(answer, reason)) return reason;
    }
    return "";
  }
  grpc::Status GetClinic(const std::shared_ptr<grpc::Channel>& channel, const std::string& clinic = "south",
                         const std::multimap<std::string, std::string>& metadata = {}) {
    v1::GetClinicRequest request;
    request.set_name("clinics/" + clinic);
    std::string answer;
    return CallOnce(channel, "ClinicService/GetClinic", request.SerializeAsString(), metadata, &answer);
  }

  Certificates certificates_;
  std::string lease_id_;
  std::string admin_;  // the secret of the administrator's token
  std::shared_ptr<grpc::Channel> tls_;
};

TEST_F(IdentityTest, EveryRpcAsksWhoCalls) {
  for (const std::string& name : AllMethods()) {
    EXPECT_EQ(RefusalOf(name, {}), "UNAUTHENTICATED") << name;
    EXPECT_EQ(RefusalOf(name, Bearer("aftercare_x_" + std::string(43, 'A'))), "UNAUTHENTICATED") << name;
  }
}

TEST_F(IdentityTest, AStreamOfNobodyIsNotKeptOpen) {
  const Client nobody(tls_);
  grpc::ClientContext stream_context, import_context;
  for (grpc::ClientContext* context : {&stream_context, &import_context}) {
    context->set_deadline(std::chrono::system_clock::now() + kPatience);
  }
  const auto stream = nobody.deliveries->StreamReminders(&stream_context);
  v1::StreamRemindersResponse response;
  EXPECT_FALSE(stream->Read(&response)) << "though nothing was sent";
  EXPECT_EQ(ReasonOf(stream->Finish()), "UNAUTHENTICATED");
  v1::ImportEnrollmentsResponse imported;
  const auto import = nobody.enrollments->ImportEnrollments(&import_context, &imported);
  EXPECT_EQ(ReasonOf(import->Finish()), "UNAUTHENTICATED");
}

TEST_F(IdentityTest, EveryRpcRefusesWhoHasNoRoleInTheClinic) {
  Bind("visitor", v1::ROLE_ADMIN, "north");
  const auto visitor = Bearer(MakeToken("visitor").secret());
  for (const std::string& name : AllMethods()) {
    if (name == "ClinicService/ListClinics") continue;
    const bool is_for_server = absl::StartsWith(name, "AccessService/");
    EXPECT_EQ(RefusalOf(name, visitor), is_for_server ? "ROLE_NOT_ALLOWED" : "CLINIC_NOT_YOURS") << name;
  }
}

TEST_F(IdentityTest, EveryRoleDoesWhatItMayAndNothingElse) {
  const std::pair<v1::Role, engine::Role> roles[] = {{v1::ROLE_READER, engine::Role::kReader},
                                                     {v1::ROLE_GATEWAY, engine::Role::kGateway},
                                                     {v1::ROLE_CLINIC, engine::Role::kClinic}};
  for (const auto& [role, own] : roles) {
    const std::string principal = v1::Role_Name(role);
    Bind(principal, role, "south");
    const auto caller = Bearer(MakeToken(principal).secret());
    for (const engine::Method& method : engine::Methods()) {
      const std::string name(method.name.substr(method.name.rfind('.') + 1));
      EXPECT_EQ(RefusalOf(name, caller), engine::RoleHas(own, method.permission) ? "" : "ROLE_NOT_ALLOWED")
          << principal << " " << name;
    }
  }
}

TEST_F(IdentityTest, ListsOverAllClinicsShowTheCallersOnly) {
  Bind("visitor", v1::ROLE_READER, "north");
  grpc::ClientContext context;
  context.AddMetadata("authorization", "bearer " + MakeToken("visitor").secret());  // the scheme in any case
  v1::ListClinicsResponse clinics;
  const auto stub = v1::ClinicService::NewStub(tls_);
  ASSERT_TRUE(stub->ListClinics(&context, {}, &clinics).ok());
  ASSERT_THAT(clinics.clinics(), SizeIs(1));
  EXPECT_EQ(clinics.clinics(0).name(), "clinics/north");
}

TEST_F(IdentityTest, CredentialsThatAreNotWholeAreRefusedWithoutAHint) {
  const std::string good = MakeToken("p").secret();
  const grpc::Status unknown = GetClinic(tls_, "south", Bearer(good + "x"));
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  const std::multimap<std::string, std::string> bad[] = {
      {},
      Bearer(""),
      Bearer(good.substr(1)),
      Bearer(good + " "),
      {{"authorization", good}},
      {{"authorization", "Basic " + good}},
      {{"authorization", "Bearer " + good}, {"authorization", "Bearer " + good}},
      // JSON web tokens are not accepted, signed or not.
      Bearer("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
  };
  for (const auto& metadata : bad) {
    const grpc::Status status = GetClinic(tls_, "south", metadata);
    EXPECT_EQ(status.error_code(), unknown.error_code());
    EXPECT_EQ(status.error_message(), unknown.error_message());
    EXPECT_EQ(status.error_details(), unknown.error_details());
  }
  const auto other = ConnectAnew(address(), Trusting(certificates_));
  EXPECT_FALSE(GetClinic(other, "south", Bearer(std::string(1 << 20, 'a'))).ok());
  EXPECT_EQ(GetClinic(tls_, "south", Bearer(good)).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(IdentityTest, AForeignClinicLooksLikeOneThatDoesNotExist) {
  Bind("visitor", v1::ROLE_READER, "north");
  const auto visitor = Bearer(MakeToken("visitor").secret());
  const grpc::Status foreign = GetClinic(tls_, "south", visitor);
  const grpc::Status missing = GetClinic(tls_, "wests", visitor);
  EXPECT_EQ(foreign.error_code(), missing.error_code());
  EXPECT_EQ(ReasonOf(foreign), ReasonOf(missing));
}

TEST_F(IdentityTest, AClientCertificateIsItsCommonName) {
  certificates_.MakeClient("backend");
  Bind("backend", v1::ROLE_READER, "south");
  const auto channel = ConnectAnew(address(), Trusting(certificates_, "backend"));
  EXPECT_TRUE(GetClinic(channel).ok());
  EXPECT_EQ(ReasonOf(GetClinic(channel, "north")), "CLINIC_NOT_YOURS");
  EXPECT_TRUE(GetClinic(channel, "north", Bearer(admin_)).ok()) << "a token says more than the certificate";
  EXPECT_EQ(ReasonOf(GetClinic(channel, "south", Bearer("x"))), "UNAUTHENTICATED");
}

TEST_F(IdentityTest, ACertificateWithoutTheFieldOfThePrincipalIsRefused) {
  options_.transport.principal_from = "uri";
  Start();
  certificates_.MakeClient("backend");
  const auto channel = ConnectAnew(address(), Trusting(certificates_, "backend"));
  EXPECT_EQ(ReasonOf(GetClinic(channel)), "UNAUTHENTICATED");
}

TEST_F(IdentityTest, ACertificateOfAnotherAuthorityIsNoConnection) {
  Certificates others;
  others.MakeClient("backend");
  grpc::SslCredentialsOptions mixed;
  mixed.pem_root_certs = certificates_.Content("ca.pem");
  mixed.pem_cert_chain = others.Content("backend.pem");
  mixed.pem_private_key = others.Content("backend-key.pem");
  EXPECT_EQ(GetClinic(ConnectAnew(address(), grpc::SslCredentials(mixed))).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(GetClinic(ConnectAnew(address(), Trusting(others))).error_code(), grpc::StatusCode::UNAVAILABLE)
      << "and the client does not take a server of another authority";
}

TEST_F(IdentityTest, PlainTextIsNotAnswered) {
  EXPECT_EQ(GetClinic(ConnectAnew(address(), grpc::InsecureChannelCredentials())).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

// Opens a watch, a stream and a long poll, and expects that all end with `reason` after `withdraw`.
TEST_F(IdentityTest, WhatIsOpenEndsWhenATokenIsRevokedOrARoleIsTakenAway) {
  for (const bool by_token : {true, false}) {
    Bind("clinic", v1::ROLE_CLINIC, "north");
    const v1::CreateTokenResponse token = MakeToken("clinic");
    const Client caller(tls_);
    grpc::ClientContext watch_context, stream_context, poll_context;
    for (grpc::ClientContext* context : {&watch_context, &stream_context, &poll_context}) {
      context->AddMetadata("authorization", "Bearer " + token.secret());
    }
    v1::WatchEventsRequest watch;
    watch.set_parent("clinics/north");
    const auto events = caller.reminders->WatchEvents(&watch_context, watch);
    v1::StreamRemindersRequest configuration;
    configuration.mutable_configuration()->set_parent("clinics/north");
    configuration.mutable_configuration()->set_max_outstanding(1);
    const auto stream = caller.deliveries->StreamReminders(&stream_context);
    ASSERT_TRUE(stream->Write(configuration));
    v1::LeaseRemindersRequest poll;
    poll.set_parent("clinics/north");
    poll.mutable_wait()->set_seconds(60);
    auto polled = std::async(std::launch::async, [&] {
      v1::LeaseRemindersResponse response;
      return caller.deliveries->LeaseReminders(&poll_context, poll, &response);
    });
    if (by_token) {
      v1::RevokeTokenRequest revoke;
      revoke.set_name(token.token().name());
      Administer(&v1::AccessService::Stub::RevokeToken, revoke);
    } else {
      v1::UnbindRoleRequest unbind;
      unbind.mutable_binding()->set_principal("clinic");
      unbind.mutable_binding()->set_role(v1::ROLE_CLINIC);
      unbind.mutable_binding()->set_clinic("clinics/north");
      Administer(&v1::AccessService::Stub::UnbindRole, unbind);
    }
    const std::string reason = by_token ? "UNAUTHENTICATED" : "CLINIC_NOT_YOURS";
    v1::WatchEventsResponse event;
    while (events->Read(&event)) continue;
    EXPECT_EQ(ReasonOf(events->Finish()), reason);
    v1::StreamRemindersResponse response;
    while (stream->Read(&response)) continue;
    EXPECT_EQ(ReasonOf(stream->Finish()), reason);
    EXPECT_EQ(ReasonOf(polled.get()), reason);
  }
}

// Returns the certificate that the server shows on a new connection.
std::string CertificateShown(const std::string& address, const Certificates& certificates) {
  const auto stub = v1::ClinicService::NewStub(ConnectAnew(address, Trusting(certificates)));
  grpc::ClientContext context;
  v1::GetClinicResponse response;
  stub->GetClinic(&context, {}, &response);
  const auto shown = context.auth_context()->FindPropertyValues("x509_pem_cert");
  return shown.empty() ? "" : std::string(shown[0].data(), shown[0].size());
}

TEST_F(IdentityTest, ARenewedCertificateIsShownWithoutAFailedCall) {
  std::atomic<bool> over = false;
  std::atomic<int> failed = 0;
  std::thread caller([&] {
    while (!over) {
      const auto channel = ConnectAnew(address(), Trusting(certificates_));
      if (!GetClinic(channel, "south", Bearer(admin_)).ok() || !GetClinic(tls_, "south", Bearer(admin_)).ok()) ++failed;
    }
  });
  const std::string before = CertificateShown(address(), certificates_);
  EXPECT_THAT(before, HasSubstr("BEGIN CERTIFICATE"));
  certificates_.MakeServer({"localhost"});
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (CertificateShown(address(), certificates_) == before && std::chrono::steady_clock::now() < deadline) continue;
  EXPECT_NE(CertificateShown(address(), certificates_), before);
  over = true;
  caller.join();
  EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace aftercare::e2e
