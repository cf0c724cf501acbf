#include "scheduler/engine/lifecycle/enrollment_cache.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ContextPtr = std::shared_ptr<const EnrollmentContext>;

class EnrollmentCacheTest : public SandboxFixture {
 protected:
  EnrollmentCacheTest() { world_.Enrol("box", "e", KneePatient("box")); }
  ContextPtr Require() {
    ContextPtr context;
    world_.Read([&](store::ReadTransaction& tx) {
      auto found = cache_.Require(world_.engine().context, tx, "box", "e");
      if (found.ok()) context = *found;
      return found.status();
    });
    return context;
  }
  ContextPtr RequireAndPut() {
    ContextPtr context = Require();
    cache_.Put(context);
    return context;
  }

  EnrollmentCache cache_;
};

TEST_F(EnrollmentCacheTest, OnlyWhatWasPutIsGivenAgain) {
  const ContextPtr first = Require();
  EXPECT_NE(Require(), first);
  cache_.Put(first);
  EXPECT_EQ(Require(), first);
  EXPECT_EQ(Require(), first);
}

TEST_F(EnrollmentCacheTest, WhatHasChangedIsReadAnew) {
  const std::string name = "clinics/box/enrollments/e";
  ContextPtr before = RequireAndPut();
  const auto changed = [&] {
    const ContextPtr after = RequireAndPut();
    const bool another = after != before;
    before = after;
    return another;
  };
  EXPECT_FALSE(changed());
  world_.Update(name, "first_name: 'Bo'");
  EXPECT_TRUE(changed());
  EXPECT_EQ(before->row.data.first_name(), "Bo");
  ASSERT_TRUE(world_.Pause(name).ok());
  EXPECT_TRUE(changed());
  ASSERT_TRUE(world_.Resume(name).ok());
  EXPECT_TRUE(changed());
  ASSERT_TRUE(world_.Move(name + "/reminders/ice.2029-03-02-1500", At("2029-03-04T09:00")).ok());
  EXPECT_TRUE(changed());
  world_.Advance("box", At("2029-03-02T09:00"));
  EXPECT_TRUE(changed()) << "next_due has moved on";
  v1::SetConsentRequest consent;
  consent.set_parent("clinics/box");
  consent.set_patient("p-1");
  consent.mutable_decision()->set_channel(v1::CHANNEL_SMS);
  consent.mutable_decision()->set_consent(v1::CONSENT_REFUSED);
  ASSERT_TRUE(world_.Call(&Engine::consents, &Consents::Set, consent).ok());
  EXPECT_TRUE(changed());
  EXPECT_FALSE(changed());
}

TEST_F(EnrollmentCacheTest, WhatAMutationHasChangedAndNotCommittedIsSeenInIt) {
  const ContextPtr before = RequireAndPut();
  world_.Write([&](store::WriteTransaction& tx) -> absl::Status {
    store::EnrollmentRow row = before->row;
    row.data.set_first_name("Bo");
    ++row.version;
    if (absl::Status status = tx.UpdateEnrollment(row); !status.ok()) return status;
    auto inside = cache_.Require(world_.engine().context, tx, "box", "e");
    EXPECT_EQ((*inside)->row.data.first_name(), "Bo");
    row.version = before->row.version;
    row.data = before->row.data;
    return tx.UpdateEnrollment(row);
  });
  EXPECT_EQ(Require(), before) << "what was taken back has left no trace";
}

TEST_F(EnrollmentCacheTest, TheOldestAreForgotten) {
  const ContextPtr first = RequireAndPut();
  EnrollmentContext other = *first;
  for (size_t i = 0; i < 2 * EnrollmentCache::kCapacity; ++i) {
    other.row.enrollment = absl::StrCat("other", i);
    cache_.Put(std::make_shared<const EnrollmentContext>(other));
  }
  EXPECT_NE(Require(), first);
}

}  // namespace
}  // namespace aftercare::engine
