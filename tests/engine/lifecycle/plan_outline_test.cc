// The outlines that indexes are made of. That an index made of them gives what the rows give is tested in
// listing_index_test.cc.
#include "scheduler/engine/lifecycle/plan_outline.h"

#include "tests/engine/pathways.h"
#include "tests/engine/testing.h"
#include "tests/engine/world.h"

namespace aftercare::engine {
namespace {

TEST(PlanOutlineTest, RulesAreReadAsTheyWereWritten) {
  plan::RuleSet rules;
  EXPECT_EQ(EncodeRules(rules), "");
  EXPECT_EQ(DecodeRules(""), rules);
  for (const size_t rule : {size_t{0}, size_t{7}, size_t{8}, size_t{63}, size_t{64}, rules.size() - 1}) {
    rules.set(rule);
    EXPECT_EQ(DecodeRules(EncodeRules(rules)), rules) << rule;
  }
  EXPECT_EQ(EncodeRules(rules).size(), (rules.size() + 7) / 8);
  EXPECT_EQ(DecodeRules(EncodeRules(rules) + std::string(100, 0)), rules) << "no pathway has so many rules";
}

class StoredOutline : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.CreateSandbox("box", At("2029-03-01T08:00"));
    world_.CreatePathway("box", "days", DaysPathway());
    world_.Enrol("box", "e", DaysPatient("box"));
  }

  // What is stored of the only enrollment. It must be what its row makes.
  record::v1::PlanOutline Stored() {
    record::v1::PlanOutline outline;
    world_.Read([&](store::ReadTransaction& tx) -> absl::Status {
      const auto context = Good(RequireEnrollmentContext(world_.engine().context, tx, "box", "e"));
      return tx.ForEachSchedule("box", [&](const store::ScheduleRow& row) {
        EXPECT_TRUE(outline.ParseFromString(std::string(row.outline)));
        EXPECT_EQ(outline.ShortDebugString(), Good(OutlineOf(tx, context)).ShortDebugString());
        return absl::OkStatus();
      });
    });
    return outline;
  }

  World world_{At("2029-03-01T08:00")};
  const std::string name_ = "clinics/box/enrollments/e";
};

TEST_F(StoredOutline, TellsTheChannelUntilThePatientOptsOut) {
  EXPECT_EQ(Stored().channel(), v1::CHANNEL_SMS);
  EXPECT_FALSE(Stored().needs_rows());
  EXPECT_FALSE(Stored().was_suspended());
  v1::SetConsentRequest request;
  request.set_parent("clinics/box");
  request.set_patient(DaysPatient("box").patient());
  request.mutable_decision()->set_channel(v1::CHANNEL_SMS);
  request.mutable_decision()->set_consent(v1::CONSENT_REFUSED);
  EXPECT_TRUE(world_.Call(&Engine::consents, &Consents::Set, request).ok());
  EXPECT_EQ(Stored().channel(), v1::CHANNEL_EMAIL);
}

TEST_F(StoredOutline, TellsOfAPauseAndThatItIsOver) {
  EXPECT_TRUE(world_.Pause(name_).ok());
  EXPECT_TRUE(Stored().needs_rows());
  world_.Advance("box", At("2029-03-02T12:00"));
  EXPECT_TRUE(world_.Resume(name_).ok());
  EXPECT_TRUE(Stored().was_suspended());
  EXPECT_EQ(absl::FromUnixMicros(Stored().suspended_until()), At("2029-03-02T12:00"));
}

TEST_F(StoredOutline, TellsWhenTheEnrollmentEndedAndWhetherRowsLieAfterThat) {
  world_.Enrol("box", "other", DaysPatient("box", "p-other"));
  EXPECT_TRUE(world_.Complete("clinics/box/enrollments/other/reminders/task.2029-03-03").ok());
  EXPECT_TRUE(world_.End("clinics/box/enrollments/other").ok());
  EXPECT_TRUE(world_.End(name_).ok());
  std::vector<bool> needs_rows;
  world_.Read([&](store::ReadTransaction& tx) {
    return tx.ForEachSchedule("box", [&](const store::ScheduleRow& row) {
      record::v1::PlanOutline outline;
      EXPECT_TRUE(outline.ParseFromString(std::string(row.outline)));
      EXPECT_EQ(absl::FromUnixMicros(outline.end_time()), At("2029-03-01T08:00"));
      needs_rows.push_back(outline.needs_rows());
      return absl::OkStatus();
    });
  });
  EXPECT_EQ(needs_rows, std::vector<bool>({false, true}));
}

}  // namespace
}  // namespace aftercare::engine
