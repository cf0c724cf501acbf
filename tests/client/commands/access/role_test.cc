// What `aftercare role` asks a server, and what it prints.
#include "gmock/gmock.h"
#include "tests/client/fake_server.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

class RoleTest : public FakeServerFixture {
 protected:
  // Runs `aftercare` where AFTERCARE_CLINIC is set.
  ProcessResult AtClinic(const std::string& clinic, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), AFTERCARE_CLIENT);
    return RunProgram(arguments,
                      {.environment = {"AFTERCARE_SERVER=" + server_.address(), "AFTERCARE_CLINIC=" + clinic}});
  }
};

TEST_F(RoleTest, ARoleIsGivenInAClinic) {
  EXPECT_EQ(Must({"role", "bind", "backend", "clinic", "--clinic", "riverside"}),
            "backend has the role clinic in riverside.\n");
  const v1::RoleBinding binding = server_.Last<v1::BindRoleRequest>().binding();
  EXPECT_EQ(binding.principal(), "backend");
  EXPECT_EQ(binding.role(), v1::ROLE_CLINIC);
  EXPECT_EQ(binding.clinic(), "clinics/riverside");
}

TEST_F(RoleTest, ARoleIsGivenInAllClinicsAndTakenAway) {
  EXPECT_EQ(Must({"role", "bind", "sms", "gateway", "--all-clinics"}), "sms has the role gateway in all clinics.\n");
  EXPECT_EQ(server_.Last<v1::BindRoleRequest>().binding().clinic(), "clinics/-");
  EXPECT_EQ(Must({"role", "unbind", "sms", "GATEWAY", "--all-clinics"}),
            "sms no longer has the role gateway in all clinics.\n");
  const v1::RoleBinding binding = server_.Last<v1::UnbindRoleRequest>().binding();
  EXPECT_EQ(binding.principal(), "sms");
  EXPECT_EQ(binding.role(), v1::ROLE_GATEWAY);
  EXPECT_EQ(binding.clinic(), "clinics/-");
}

TEST_F(RoleTest, WhereARoleCountsIsNeverGuessed) {
  const ProcessResult nowhere = Aftercare({"role", "bind", "backend", "clinic"});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_EQ(nowhere.err, "aftercare: say where: --clinic ID, or --all-clinics\n");
  const ProcessResult both = Aftercare({"role", "unbind", "backend", "clinic", "--clinic", "a", "--all-clinics"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_EQ(both.err, "aftercare: say either --clinic or --all-clinics\n");
  EXPECT_TRUE(server_.All<v1::BindRoleRequest>().empty());
  EXPECT_TRUE(server_.All<v1::UnbindRoleRequest>().empty());
}

TEST_F(RoleTest, TheUsualClinicOfTheEnvironmentCountsUnlessAllAreMeant) {
  EXPECT_EQ(AtClinic("riverside", {"role", "bind", "backend", "reader"}).exit_code, 0);
  EXPECT_EQ(server_.Last<v1::BindRoleRequest>().binding().clinic(), "clinics/riverside");
  EXPECT_EQ(AtClinic("riverside", {"role", "bind", "backend", "reader", "--all-clinics"}).exit_code, 0);
  EXPECT_EQ(server_.Last<v1::BindRoleRequest>().binding().clinic(), "clinics/-");
}

TEST_F(RoleTest, WhatIsNoRoleIsRefusedWithThoseThereAre) {
  const ProcessResult refused = Aftercare({"role", "bind", "backend", "king", "--clinic", "a"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("admin, clinic, gateway, reader"));
}

TEST_F(RoleTest, RolesAreListed) {
  EXPECT_THAT(Must({"role", "list"}), HasSubstr("Nobody has a role yet."));
  server_.Answer(FromText<v1::ListRoleBindingsResponse>(R"pb(
    bindings {
      principal: "backend" role: ROLE_CLINIC clinic: "clinics/riverside" creator: "admin"
      create_time { seconds: 1772442000 }
    }
    bindings { principal: "sms" role: ROLE_GATEWAY clinic: "clinics/-" creator: "admin" })pb"));
  EXPECT_EQ(Must({"role", "list"}),
            "PRINCIPAL  ROLE     CLINIC     SINCE (UTC)       BY\n"
            "backend    clinic   riverside  2026-03-02 09:00  admin\n"
            "sms        gateway  all                          admin\n");
  EXPECT_EQ(ObjectsOf(Must({"role", "list", "--json"})).size(), 2u);
}

}  // namespace
}  // namespace aftercare::client
