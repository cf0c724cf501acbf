#include "scheduler/engine/runtime/update_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;

constexpr absl::string_view kFields[] = {"name", "phone"};

google::protobuf::FieldMask MaskOf(const std::vector<std::string>& paths) {
  google::protobuf::FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return mask;
}

TEST(UpdateMaskTest, WithoutAMaskTheFieldsThatAreSetAreUpdated) {
  EXPECT_TRUE(IsUpdated(MaskOf({}), "name", true));
  EXPECT_FALSE(IsUpdated(MaskOf({}), "name", false));
}

TEST(UpdateMaskTest, WithAMaskItsFieldsAreUpdatedWhetherTheyAreSetOrNot) {
  EXPECT_TRUE(IsUpdated(MaskOf({"phone", "name"}), "name", false));
  EXPECT_FALSE(IsUpdated(MaskOf({"phone"}), "name", true));
}

TEST(UpdateMaskTest, AStarUpdatesEveryField) { EXPECT_TRUE(IsUpdated(MaskOf({"*"}), "name", false)); }

TEST(UpdateMaskTest, EveryPathThatIsNoFieldIsNamed) {
  plan::FieldErrors errors;
  CheckUpdateMask(MaskOf({"phone", "nme", "*", ""}), kFields, &errors);
  std::vector<std::string> texts;
  for (const auto& error : errors) texts.push_back(error.field + " " + error.description);
  EXPECT_THAT(texts, ElementsAre("update_mask.paths[1] must be one of: *, name, phone",
                                 "update_mask.paths[3] must be one of: *, name, phone"));
}

}  // namespace
}  // namespace aftercare::engine
