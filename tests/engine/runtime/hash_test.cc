#include "scheduler/engine/runtime/hash.h"

#include <gtest/gtest.h>

#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"

namespace aftercare::engine {
namespace {

TEST(HashTest, TheStableHashIsTheSameInEveryProcess) {
  EXPECT_EQ(StableHash(""), 0x141cfc9842c4b0e3u);  // the first bytes of SHA-256 of nothing
  EXPECT_NE(StableHash("a"), StableHash("b"));
}

TEST(HashTest, AFingerprintDependsOnTypeAndFieldsButNotOnTheOrderOfAMap) {
  v1::Enrollment one, same;
  (*one.mutable_factors())["severity"] = "severe";
  (*one.mutable_factors())["smoker"] = "true";
  (*same.mutable_factors())["smoker"] = "true";
  (*same.mutable_factors())["severity"] = "severe";
  EXPECT_EQ(Fingerprint(one), Fingerprint(same));
  (*same.mutable_factors())["smoker"] = "false";
  EXPECT_NE(Fingerprint(one), Fingerprint(same));
  EXPECT_NE(Fingerprint(v1::Enrollment()), Fingerprint(v1::Clinic()));
}

}  // namespace
}  // namespace aftercare::engine
