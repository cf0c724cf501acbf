#include "scheduler/engine/access/access_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/access/access.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

class AccessTableTest : public ::testing::Test {
 protected:
  AccessTableTest() {
    for (const char* clinic : {"north", "south"}) world_.CreateClinic(clinic);
  }

  void Bind(const std::string& principal, const std::string& role, const std::string& clinic) {
    Good(world_.Call(&Engine::access, &Access::BindRole, BindingOf<v1::BindRoleRequest>(principal, role, clinic)));
  }
  void Unbind(const std::string& principal, const std::string& role, const std::string& clinic) {
    Good(world_.Call(&Engine::access, &Access::UnbindRole, BindingOf<v1::UnbindRoleRequest>(principal, role, clinic)));
  }
  template <typename Request>
  static Request BindingOf(const std::string& principal, const std::string& role, const std::string& clinic) {
    return FromText<Request>(absl::StrCat("binding { principal: '", principal, "' role: ROLE_", role,
                                          " clinic: 'clinics/", clinic, "' }"));
  }
  // `ok`, or the reason why not.
  std::string May(const std::string& principal, Permission permission, const std::string& clinic) {
    return May(Access::CallerOfCertificate(principal).value(), permission, clinic);
  }
  std::string May(const Caller& caller, Permission permission, const std::string& clinic) {
    const absl::Status status = table().Authorize(caller, permission, clinic);
    return status.ok() ? "ok" : ErrorOf(status);
  }
  AccessTable& table() { return world_.engine().access_table; }

  World world_{At("2029-03-01T08:00")};
};

constexpr char kNotYours[] = "PERMISSION_DENIED/CLINIC_NOT_YOURS";
constexpr char kNotAllowed[] = "PERMISSION_DENIED/ROLE_NOT_ALLOWED";

TEST_F(AccessTableTest, ARoleCountsInItsClinicOnly) {
  Bind("p", "READER", "north");
  EXPECT_EQ(May("p", Permission::kReadPatients, "north"), "ok");
  EXPECT_EQ(May("p", Permission::kManagePatients, "north"), kNotAllowed);
  EXPECT_EQ(May("p", Permission::kReadPatients, "south"), kNotYours);
  EXPECT_EQ(May("p", Permission::kReadPatients, "no-such-clinic"), kNotYours) << "as of one that exists";
  EXPECT_EQ(May("p", Permission::kReadPatients, ""), "ok") << "somewhere";
  EXPECT_EQ(May("q", Permission::kReadPatients, "north"), kNotYours);
  EXPECT_EQ(May("q", Permission::kReadPatients, ""), kNotAllowed);
}

TEST_F(AccessTableTest, RolesOfAPrincipalAddUp) {
  Bind("p", "READER", "-");
  Bind("p", "GATEWAY", "north");
  EXPECT_EQ(May("p", Permission::kDeliver, "north"), "ok");
  EXPECT_EQ(May("p", Permission::kDeliver, "south"), kNotAllowed);
  EXPECT_EQ(May("p", Permission::kReadPatients, "south"), "ok");
}

TEST_F(AccessTableTest, AnAdministratorOfOneClinicMakesNoOther) {
  Bind("head", "ADMIN", "north");
  Bind("chief", "ADMIN", "-");
  EXPECT_EQ(May("head", Permission::kManageClinic, "north"), "ok");
  EXPECT_EQ(May("head", Permission::kCreateClinics, "north"), kNotAllowed);
  EXPECT_EQ(May("head", Permission::kManageAccess, ""), kNotAllowed);
  EXPECT_EQ(May("chief", Permission::kCreateClinics, "new"), "ok");
  EXPECT_EQ(May("chief", Permission::kManageAccess, ""), "ok");
}

TEST_F(AccessTableTest, ARoleThatIsTakenAwayChangesTheGeneration) {
  Bind("p", "READER", "north");
  const uint64_t before = table().Generation();
  EXPECT_EQ(table().Generation(), before);
  Unbind("p", "READER", "north");
  EXPECT_NE(table().Generation(), before);
  EXPECT_EQ(May("p", Permission::kReadPatients, "north"), kNotYours);
}

TEST_F(AccessTableTest, ATokenThatExpiresOrIsRevokedTakesItsRightsAlong) {
  Bind("p", "READER", "-");
  const auto create = [&](const std::string& ttl) {
    const std::string text = absl::StrCat("principal: 'p' ttl { seconds: ", ttl, " }");
    return Good(world_.Call(&Engine::access, &Access::CreateToken, FromText<v1::CreateTokenRequest>(text)));
  };
  const auto short_lived = create("60");
  const auto long_lived = create("6000");
  const Caller early = table().CallerOfToken(short_lived.secret()).value();
  const Caller late = table().CallerOfToken(long_lived.secret()).value();
  EXPECT_EQ(May(early, Permission::kReadPatients, "north"), "ok");
  uint64_t generation = table().Generation();
  world_.clock().Set(At("2029-03-01T08:01"));
  EXPECT_NE(table().Generation(), generation);
  EXPECT_EQ(May(early, Permission::kReadPatients, "north"), "UNAUTHENTICATED/UNAUTHENTICATED");
  EXPECT_EQ(May(late, Permission::kReadPatients, "north"), "ok");
  generation = table().Generation();
  v1::RevokeTokenRequest revoke;
  revoke.set_name(long_lived.token().name());
  Good(world_.Call(&Engine::access, &Access::RevokeToken, revoke));
  EXPECT_NE(table().Generation(), generation);
  EXPECT_EQ(May(late, Permission::kReadPatients, "north"), "UNAUTHENTICATED/UNAUTHENTICATED");
}

TEST_F(AccessTableTest, WhoseRightsAreTheirOwnNeedNoBinding) {
  EXPECT_EQ(May(LocalOperator(), Permission::kCreateClinics, "new"), "ok");
  EXPECT_EQ(May(Caller(), Permission::kReadPatients, "north"), kNotYours);
}

TEST_F(AccessTableTest, RightsOutliveARestart) {
  Bind("p", "READER", "north");
  world_.Stop();
  world_.Start();
  world_.Drain();
  EXPECT_EQ(May("p", Permission::kReadPatients, "north"), "ok");
  EXPECT_EQ(May("p", Permission::kReadPatients, "south"), kNotYours);
}

}  // namespace
}  // namespace aftercare::engine
