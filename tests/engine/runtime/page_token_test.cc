#include "scheduler/engine/runtime/page_token.h"

#include <gtest/gtest.h>

namespace aftercare::engine {
namespace {

const Tokens kTokens("a secret of the store");

TEST(PageTokenTest, ATokenHoldsThePositionInItsOwnQuery) {
  plan::FieldErrors errors;
  EXPECT_EQ(OpenPageToken(kTokens, "clinics", SealPageToken(kTokens, "clinics", "north"), &errors), "north");
  EXPECT_EQ(OpenPageToken(kTokens, "clinics", SealPageToken(kTokens, "clinics", ""), &errors), "");
  EXPECT_TRUE(errors.empty());
}

TEST(PageTokenTest, AnEmptyTokenIsTheFirstPageAndNoError) {
  plan::FieldErrors errors;
  EXPECT_EQ(OpenPageToken(kTokens, "clinics", "", &errors), std::nullopt);
  EXPECT_TRUE(errors.empty());
}

TEST(PageTokenTest, ATokenOfAnotherQueryAndWhatIsNoneAreErrors) {
  for (const std::string& token : {SealPageToken(kTokens, "pathways", "knee"), std::string("north")}) {
    plan::FieldErrors errors;
    EXPECT_EQ(OpenPageToken(kTokens, "clinics", token, &errors), std::nullopt);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].field, "page_token");
    EXPECT_EQ(errors[0].description, "must come from an answer to the same request");
  }
}

}  // namespace
}  // namespace aftercare::engine
