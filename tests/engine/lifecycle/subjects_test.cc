#include "scheduler/engine/lifecycle/subjects.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/subject.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

using SubjectPtr = std::shared_ptr<const Subject>;

class SubjectsTest : public ::testing::Test {
 protected:
  SubjectsTest() {
    world_.CreateSandbox("box", At("2029-03-01T08:00"));
    world_.CreatePathway("box", "knee", KneePathway());
    world_.Enrol("box", "e", KneePatient("box"));
  }
  SubjectPtr Require() {
    SubjectPtr subject;
    world_.Read([&](store::Facts& facts) {
      auto found = subjects_.Require(world_.engine().core, facts, "box", "e");
      if (found.ok()) subject = *found;
      return found.status();
    });
    return subject;
  }
  SubjectPtr RequireAndKeep() {
    SubjectPtr subject = Require();
    subjects_.Keep(subject);
    return subject;
  }

  World world_{At("2029-03-01T08:00")};
  Subjects subjects_;
};

TEST_F(SubjectsTest, OnlyWhatWasKeptIsGivenAgain) {
  const SubjectPtr first = Require();
  EXPECT_NE(Require(), first);
  subjects_.Keep(first);
  EXPECT_EQ(Require(), first);
  EXPECT_EQ(Require(), first);
}

TEST_F(SubjectsTest, WhatHasChangedIsReadAnew) {
  const std::string name = "clinics/box/enrollments/e";
  SubjectPtr before = RequireAndKeep();
  const auto changed = [&] {
    const SubjectPtr after = RequireAndKeep();
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
  ASSERT_TRUE(world_.Move(name + "/reminders/ice.2", At("2029-03-04T09:00")).ok());
  EXPECT_TRUE(changed());
  world_.Advance("box", At("2029-03-02T09:00"));
  EXPECT_TRUE(changed()) << "next_due has moved on";
  v1::SetChannelConsentRequest consent;
  consent.set_parent("clinics/box");
  consent.set_patient("p-1");
  consent.set_channel(v1::CHANNEL_SMS);
  consent.set_consent(v1::CONSENT_REFUSED);
  ASSERT_TRUE(world_.Call(&Engine::consents, &Consents::SetChannel, consent).ok());
  EXPECT_TRUE(changed());
  EXPECT_FALSE(changed());
}

TEST_F(SubjectsTest, WhatAMutationHasChangedAndNotCommittedIsSeenInIt) {
  const SubjectPtr before = RequireAndKeep();
  world_.Write([&](store::Transaction& tx) -> absl::Status {
    store::EnrollmentRow row = before->row;
    row.data.set_first_name("Bo");
    ++row.version;
    if (absl::Status status = tx.UpdateEnrollment(row); !status.ok()) return status;
    auto inside = subjects_.Require(world_.engine().core, tx, "box", "e");
    EXPECT_EQ((*inside)->row.data.first_name(), "Bo");
    row.version = before->row.version;
    row.data = before->row.data;
    return tx.UpdateEnrollment(row);
  });
  EXPECT_EQ(Require(), before) << "what was taken back has left no trace";
}

TEST_F(SubjectsTest, TheOldestAreForgotten) {
  const SubjectPtr first = RequireAndKeep();
  Subject other = *first;
  for (size_t i = 0; i < 2 * Subjects::kKept; ++i) {
    other.row.enrollment = absl::StrCat("other", i);
    subjects_.Keep(std::make_shared<const Subject>(other));
  }
  EXPECT_NE(Require(), first);
}

}  // namespace
}  // namespace aftercare::engine
