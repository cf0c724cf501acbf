#include "scheduler/engine/runtime/permissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;

constexpr Permission kAll[] = {Permission::kCreateClinics, Permission::kReadClinic,     Permission::kManageClinic,
                               Permission::kReadPatients,  Permission::kManagePatients, Permission::kDeliver,
                               Permission::kRecordReplies, Permission::kManageDelivery, Permission::kManageAccess};

std::vector<std::string> PermissionsOf(Role role) {
  std::vector<std::string> names;
  for (const Permission permission : kAll) {
    if (RoleHas(role, permission)) names.emplace_back(PermissionName(permission));
  }
  return names;
}

TEST(PermissionsTest, EachRoleHasWhatItsWorkTakes) {
  EXPECT_EQ(PermissionsOf(Role::kAdmin).size(), std::size(kAll));
  EXPECT_THAT(PermissionsOf(Role::kClinic),
              ElementsAre("READ_CLINIC", "MANAGE_CLINIC", "READ_PATIENTS", "MANAGE_PATIENTS", "DELIVER",
                          "RECORD_REPLIES", "MANAGE_DELIVERY"));
  EXPECT_THAT(PermissionsOf(Role::kGateway), ElementsAre("DELIVER", "RECORD_REPLIES"));
  EXPECT_THAT(PermissionsOf(Role::kReader), ElementsAre("READ_CLINIC", "READ_PATIENTS"));
}

TEST(PermissionsTest, WhatIsForTheWholeServerTakesTheRoleInAllClinics) {
  std::vector<std::string> names;
  for (const Permission permission : kAll) {
    if (NeedsAllClinics(permission)) names.emplace_back(PermissionName(permission));
  }
  EXPECT_THAT(names, ElementsAre("CREATE_CLINICS", "MANAGE_ACCESS"));
}

TEST(PermissionsTest, AMethodIsFoundByItsName) {
  EXPECT_EQ(MethodNamed("aftercare.v1.ReminderService/WatchEvents").permission, Permission::kReadPatients);
  EXPECT_EQ(MethodNamed("aftercare.v1.ClinicService/CreateClinic").permission, Permission::kCreateClinics);
}

TEST(PermissionsDeathTest, AMethodThatIsNotInTheTableEndsTheProgram) {
  EXPECT_DEATH(MethodNamed("aftercare.v1.ClinicService/DropEverything"), "DropEverything");
}

}  // namespace
}  // namespace aftercare::engine
