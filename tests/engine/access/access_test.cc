#include "scheduler/engine/access/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AccessTest : public ::testing::Test {
 protected:
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(void (Access::*method)(const CallPtr&, const Request&, Response*, Done),
                                const std::string& text, const Caller& caller = Operator()) {
    return world_.Call(&Engine::access, method, FromText<Request>(text), caller);
  }
  // Makes a token, and returns its secret.
  std::string MakeToken(const std::string& text) { return Good(Call(&Access::CreateToken, text)).secret(); }
  void Bind(const std::string& text) { Good(Call(&Access::BindRole, absl::StrCat("binding { ", text, " }"))); }

  // `principal role clinic` of each binding. Pages of two are joined by `|`.
  std::vector<std::string> Bindings() {
    std::vector<std::string> lines;
    v1::ListRoleBindingsRequest request;
    request.set_page_size(2);
    do {
      const auto page = Good(world_.Call(&Engine::access, &Access::ListRoleBindings, request));
      for (const v1::RoleBinding& binding : page.bindings()) {
        lines.push_back(
            absl::StrCat(binding.principal(), " ", v1::Role_Name(binding.role()), " ", binding.clinic()));
      }
      request.set_page_token(page.next_page_token());
      if (!request.page_token().empty()) lines.push_back("|");
    } while (!request.page_token().empty());
    return lines;
  }
  std::vector<v1::Token> Tokens() {
    const auto listed = Good(Call(&Access::ListTokens, ""));
    return {listed.tokens().begin(), listed.tokens().end()};
  }
  static std::string FieldsOf(const absl::Status& status) { return absl::StrJoin(BadFields(status), " "); }
  // Whose token it is, or the error.
  std::string PrincipalOf(const std::string& secret) {
    const auto caller = world_.engine().access.CallerOfToken(secret);
    return caller.ok() ? caller->principal : ErrorOf(caller.status());
  }

  World world_{At("2029-03-01T08:00")};
};

TEST_F(AccessTest, ATokenIsKnownByItsSecretUntilItExpires) {
  const auto made = Good(Call(&Access::CreateToken, "principal: 'gateway-1' ttl { seconds: 3600 }"));
  EXPECT_EQ(made.token().principal(), "gateway-1");
  EXPECT_EQ(made.token().creator(), Operator().principal);
  EXPECT_EQ(plan::ToTime(made.token().create_time()), At("2029-03-01T08:00"));
  EXPECT_EQ(plan::ToTime(made.token().expire_time()), At("2029-03-01T09:00"));
  EXPECT_EQ(PrincipalOf(made.secret()), "gateway-1");
  world_.clock().Set(At("2029-03-01T08:59"));
  EXPECT_EQ(PrincipalOf(made.secret()), "gateway-1");
  world_.clock().Set(At("2029-03-01T09:00"));
  EXPECT_EQ(PrincipalOf(made.secret()), "UNAUTHENTICATED/UNAUTHENTICATED");
}

TEST_F(AccessTest, ATokenLastsNinetyDaysUnlessAskedOtherwise) {
  const auto made = Good(Call(&Access::CreateToken, "principal: 'p'"));
  EXPECT_EQ(plan::ToTime(made.token().expire_time()), At("2029-03-01T08:00") + absl::Hours(90 * 24));
}

TEST_F(AccessTest, ASecretThatIsNotWholeIsNobodys) {
  std::string secret = MakeToken("principal: 'p'");
  EXPECT_EQ(PrincipalOf(""), "UNAUTHENTICATED/UNAUTHENTICATED");
  EXPECT_EQ(PrincipalOf(secret.substr(0, secret.size() - 1)), "UNAUTHENTICATED/UNAUTHENTICATED");
  EXPECT_EQ(PrincipalOf(secret + "x"), "UNAUTHENTICATED/UNAUTHENTICATED");
  secret.back() = secret.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(PrincipalOf(secret), "UNAUTHENTICATED/UNAUTHENTICATED");
}

TEST_F(AccessTest, ARevokedTokenIsRefusedFromThenOnAlsoAfterARestart) {
  const std::string secret = MakeToken("principal: 'p'");
  const std::string kept = MakeToken("principal: 'q'");
  const std::string name = Tokens()[0].name();
  Good(Call(&Access::RevokeToken, absl::StrCat("name: '", name, "'")));
  EXPECT_EQ(PrincipalOf(secret), "UNAUTHENTICATED/UNAUTHENTICATED");
  EXPECT_EQ(ErrorOf(Call(&Access::RevokeToken, absl::StrCat("name: '", name, "'")).status()),
            "NOT_FOUND/TOKEN_NOT_FOUND");
  world_.Stop();
  world_.Start();
  EXPECT_EQ(PrincipalOf(secret), "UNAUTHENTICATED/UNAUTHENTICATED");
  EXPECT_EQ(PrincipalOf(kept), "q");
}

TEST_F(AccessTest, TheStoreHasNoSecret) {
  const std::string secret = MakeToken("principal: 'p'");
  const std::string random = secret.substr(secret.rfind('_') + 1);
  world_.Stop();
  for (const char* suffix : {"", "-wal"}) {
    EXPECT_FALSE(absl::StrContains(ReadFile(world_.database() + suffix), random)) << suffix;
  }
  world_.Start();
}

TEST_F(AccessTest, AnUnusedTokenSaysSoAndAUsedOneSaysWhen) {
  const std::string secret = MakeToken("principal: 'p'");
  EXPECT_FALSE(Tokens()[0].has_last_use_time());
  world_.clock().Set(At("2029-03-01T10:00"));
  PrincipalOf(secret);
  world_.Drain();
  EXPECT_EQ(plan::ToTime(Tokens()[0].last_use_time()), At("2029-03-01T10:00"));
  world_.clock().Set(At("2029-03-01T10:30"));
  PrincipalOf(secret);
  world_.Drain();
  EXPECT_EQ(plan::ToTime(Tokens()[0].last_use_time()), At("2029-03-01T10:00")) << "not again within the hour";
  world_.clock().Set(At("2029-03-01T11:30"));
  PrincipalOf(secret);
  world_.Drain();
  EXPECT_EQ(plan::ToTime(Tokens()[0].last_use_time()), At("2029-03-01T11:30"));
}

TEST_F(AccessTest, EveryBadFieldOfATokenIsNamed) {
  for (const char* principal : {"", "-p", "two words", "p\\n", "local-operator"}) {
    const auto refused =
        Call(&Access::CreateToken, absl::StrCat("principal: '", principal, "' ttl { seconds: 59 }")).status();
    EXPECT_EQ(FieldsOf(refused), "principal ttl") << principal;
  }
  EXPECT_EQ(FieldsOf(Call(&Access::CreateToken, absl::StrCat("principal: '", std::string(101, 'a'), "'")).status()),
            "principal");
  EXPECT_EQ(FieldsOf(Call(&Access::CreateToken, "principal: 'p' ttl { seconds: 316224001 }").status()), "ttl");
  EXPECT_EQ(FieldsOf(Call(&Access::RevokeToken, "name: 'tokens/'").status()), "name");
  EXPECT_THAT(Tokens(), IsEmpty());
}

TEST_F(AccessTest, RolesAreListedByPrincipalInPages) {
  world_.CreateClinic("north");
  Bind("principal: 'b' role: ROLE_READER clinic: 'clinics/north'");
  Bind("principal: 'b' role: ROLE_GATEWAY clinic: 'clinics/-'");
  Bind("principal: 'a' role: ROLE_ADMIN clinic: 'clinics/-'");
  Bind("principal: 'b' role: ROLE_READER clinic: 'clinics/north'");
  EXPECT_THAT(Bindings(), ElementsAre("a ROLE_ADMIN clinics/-", "b ROLE_GATEWAY clinics/-", "|",
                                      "b ROLE_READER clinics/north"));
}

TEST_F(AccessTest, WhoBoundARoleAndWhenStays) {
  Bind("principal: 'b' role: ROLE_READER clinic: 'clinics/-'");
  world_.clock().Set(At("2029-03-02T08:00"));
  const auto again = Good(Call(&Access::BindRole, "binding { principal: 'b' role: ROLE_READER clinic: 'clinics/-' }"));
  EXPECT_EQ(plan::ToTime(again.binding().create_time()), At("2029-03-01T08:00"));
  EXPECT_EQ(again.binding().creator(), Operator().principal);
}

TEST_F(AccessTest, ARoleIsTakenAwayOnce) {
  Bind("principal: 'b' role: ROLE_READER clinic: 'clinics/-'");
  const char* const binding = "binding { principal: 'b' role: ROLE_READER clinic: 'clinics/-' }";
  Good(Call(&Access::UnbindRole, binding));
  EXPECT_EQ(ErrorOf(Call(&Access::UnbindRole, binding).status()), "NOT_FOUND/ROLE_NOT_BOUND");
  EXPECT_THAT(Bindings(), IsEmpty());
}

TEST_F(AccessTest, EveryBadFieldOfABindingIsNamed) {
  const auto refused = Call(&Access::BindRole, "binding { principal: '?' clinic: 'north' }").status();
  EXPECT_EQ(FieldsOf(refused), "binding.principal binding.role binding.clinic");
  EXPECT_EQ(FieldsOf(Call(&Access::UnbindRole, "").status()), "binding.principal binding.role binding.clinic");
  const char* const nowhere = "binding { principal: 'b' role: ROLE_READER clinic: 'clinics/north' }";
  EXPECT_EQ(ErrorOf(Call(&Access::BindRole, nowhere).status()), "NOT_FOUND/CLINIC_NOT_FOUND");
}

TEST_F(AccessTest, ThereIsAMostOfTokensAndOfBindings) {
  world_.Write([](store::WriteTransaction& tx) {
    const absl::Time time = At("2029-03-01T08:00");
    absl::Status status;
    for (int i = 0; status.ok() && i < 9'999; ++i) {
      status = tx.InsertToken({absl::StrCat("t", i), "p", "hash", time, "root", time});
    }
    for (int i = 0; status.ok() && i < 99'999; ++i) {
      status = tx.InsertRoleBinding({absl::StrCat("p", i), "-", v1::ROLE_READER, time, "root"}).status();
    }
    return status;
  });
  Good(Call(&Access::CreateToken, "principal: 'last'"));
  EXPECT_EQ(ErrorOf(Call(&Access::CreateToken, "principal: 'more'").status()), "FAILED_PRECONDITION/TOO_MANY_TOKENS");
  Bind("principal: 'last' role: ROLE_READER clinic: 'clinics/-'");
  const char* const more = "binding { principal: 'more' role: ROLE_READER clinic: 'clinics/-' }";
  EXPECT_EQ(ErrorOf(Call(&Access::BindRole, more).status()), "FAILED_PRECONDITION/TOO_MANY_ROLE_BINDINGS");
}

TEST_F(AccessTest, OnlyAnAdministratorOfAllClinicsManagesAccess) {
  world_.CreateClinic("north");
  Bind("principal: 'chief' role: ROLE_ADMIN clinic: 'clinics/-'");
  Bind("principal: 'head' role: ROLE_ADMIN clinic: 'clinics/north'");
  Bind("principal: 'clinic' role: ROLE_CLINIC clinic: 'clinics/-'");
  for (const char* name : {"chief", "head", "clinic", "nobody"}) {
    const Caller caller = Access::CallerOfCertificate(name).value();
    const absl::Status made = Call(&Access::CreateToken, "principal: 'p'", caller).status();
    const absl::Status listed = Call(&Access::ListRoleBindings, "", caller).status();
    EXPECT_EQ(made.ok(), name == std::string("chief")) << name;
    EXPECT_EQ(listed.ok(), name == std::string("chief")) << name;
    EXPECT_TRUE(made.ok() || absl::IsPermissionDenied(made)) << made;
  }
}

TEST_F(AccessTest, ACertificateIsOfThePrincipalThatItNames) {
  EXPECT_EQ(Access::CallerOfCertificate("spiffe://clinic/gateway").value().principal, "spiffe://clinic/gateway");
  for (const char* name : {"", "local-operator", "O=Clinic, CN=x", "\xFF"}) {
    EXPECT_EQ(ErrorOf(Access::CallerOfCertificate(name).status()), "UNAUTHENTICATED/UNAUTHENTICATED") << name;
  }
}

}  // namespace
}  // namespace aftercare::engine
