// Moving a pathway's enrollments to another revision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/enrollments/diff_counts.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Five patients on revision 1, e0 to e4, of whom e4 has ended.
class MigrateTest : public SandboxFixture {
 protected:
  MigrateTest() : SandboxFixture({.pathway_id = "days", .pathway = DaysPathway()}) {
    for (int i = 0; i < 5; ++i) {
      world_.Enrol("box", absl::StrCat("e", i), DaysPatient("box", absl::StrCat("p-", i)));
    }
    EXPECT_TRUE(world_.End("clinics/box/enrollments/e4").ok());
  }

  // The next revision: messages an hour later.
  static v1::Pathway Later() {
    v1::Pathway pathway = DaysPathway();
    pathway.set_name("clinics/box/pathways/days");
    pathway.mutable_rules(0)->mutable_schedule()->set_times(0, "10:00");
    return pathway;
  }

  void Update(const v1::Pathway& pathway) {
    v1::UpdatePathwayRequest request;
    *request.mutable_pathway() = pathway;
    ASSERT_TRUE(world_.Call(&Engine::pathways, &Pathways::Update, request).ok());
  }

  absl::StatusOr<v1::MigrateEnrollmentsResponse> Migrate(const std::string& text = "") {
    v1::MigrateEnrollmentsRequest request = FromText<v1::MigrateEnrollmentsRequest>(text);
    if (request.pathway().empty()) request.set_pathway("clinics/box/pathways/days");
    return world_.Call(&Engine::enrollments, &Enrollments::Migrate, request);
  }

  int Revision(const std::string& id) {
    return world_.Timeline("clinics/box/enrollments/" + id).enrollment().pathway_revision();
  }
};

TEST_F(MigrateTest, AMessageOfAnEarlierRevisionThatIsMovedByHandIsSentByItsOwnRule) {
  world_.Advance("box", At("2029-03-02T09:30"));
  // It fails at every contact point.
  for (int i = 0; i < 2; ++i) {
    for (const v1::Lease& lease : world_.Lease("box")) {
      world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
    }
  }
  const std::string failed = "clinics/box/enrollments/e0/reminders/msg.2029-03-02";
  ASSERT_EQ(world_.StateOf(failed), "FAILED/REJECTED_BY_CHANNEL");
  v1::Pathway swapped = Later();
  swapped.mutable_rules()->SwapElements(0, 1);  // where the rule of the message was, there is that of the task
  Update(swapped);
  Good(Migrate());
  v1::RedriveRemindersRequest redrive;
  redrive.set_parent("clinics/box");
  redrive.add_names(failed);
  Good(world_.Call(&Engine::deliveries, &Deliveries::Redrive, redrive));
  ASSERT_TRUE(world_.Move(failed, At("2029-03-02T12:00")).ok());
  world_.Advance("box", At("2029-03-02T12:00"));
  EXPECT_THAT(world_.SendAll("box"), ::testing::Contains("msg.2029-03-02"));
}

TEST_F(MigrateTest, TheRunningEnrollmentsMoveInBatchesAndWithThemWhatIsStillToCome) {
  world_.Advance("box", At("2029-03-02T09:30"));
  for (const v1::Lease& lease : world_.Lease("box")) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
  Update(Later());
  auto batch = Good(Migrate("page_size: 2"));
  EXPECT_EQ(batch.revision(), 2);
  EXPECT_EQ(batch.total_count(), 4);
  EXPECT_EQ(batch.migrated_count(), 2);
  EXPECT_EQ(batch.diff().moved_count(), 6) << "three messages each";
  EXPECT_EQ(batch.diff().already_sent_count(), 2);
  EXPECT_EQ(Revision("e1"), 2);
  EXPECT_EQ(Revision("e2"), 1);
  world_.ExpectListsAgree("box");
  batch = Good(Migrate(absl::StrCat("page_size: 2 page_token: '", batch.next_page_token(), "'")));
  EXPECT_EQ(batch.migrated_count(), 2);
  batch = Good(Migrate(absl::StrCat("page_size: 2 page_token: '", batch.next_page_token(), "'")));
  EXPECT_EQ(batch.migrated_count(), 0);
  EXPECT_EQ(batch.next_page_token(), "");
  EXPECT_EQ(Revision("e4"), 1) << "it has ended";
  EXPECT_EQ(StateOf("msg.2029-03-02", "e0"), "SENT");
  world_.ExpectListsAgree("box");
  world_.Advance("box", At("2029-03-03T09:30"));
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  world_.Advance("box", At("2029-03-03T10:00"));
  EXPECT_THAT(world_.Lease("box"), SizeIs(4));
  world_.ExpectListsAgree("box");
}

TEST_F(MigrateTest, BegunAgainItLeavesAloneWhatIsThere) {
  Update(Later());
  Good(Migrate("page_size: 3"));
  const auto again = Good(Migrate());
  EXPECT_EQ(again.unchanged_count(), 3);
  EXPECT_EQ(again.migrated_count(), 1);
  EXPECT_EQ(Good(Migrate()).unchanged_count(), 4);
}

TEST_F(MigrateTest, TheRevisionOfTheFirstBatchIsThatOfAll) {
  Update(Later());
  const auto first = Good(Migrate("page_size: 2"));
  v1::Pathway third = Later();
  third.set_description("newer");
  Update(third);
  const auto second = Good(Migrate(absl::StrCat("page_size: 2 page_token: '", first.next_page_token(), "'")));
  EXPECT_EQ(second.revision(), 2);
}

TEST_F(MigrateTest, ValidateOnlyCountsAndChangesNothing) {
  Update(Later());
  const auto counted = Good(Migrate("validate_only: true"));
  EXPECT_EQ(counted.migrated_count(), 4);
  EXPECT_EQ(counted.diff().moved_count(), 16);
  EXPECT_EQ(Revision("e0"), 1);
  const auto done = Good(Migrate());
  EXPECT_EQ(done.diff().SerializeAsString(), counted.diff().SerializeAsString());
}

TEST_F(MigrateTest, ARevisionWithoutARuleThatHasPendingRemindersIsRefusedUnlessToldTo) {
  v1::Pathway without = Later();
  without.mutable_rules()->DeleteSubrange(1, 1);
  Update(without);
  const auto counted = Good(Migrate("validate_only: true"));
  EXPECT_EQ(counted.diff().dropped_count(), 16);
  EXPECT_THAT(counted.dropped_rules(), ElementsAre("task"));
  EXPECT_EQ(ErrorOf(Migrate().status()), "FAILED_PRECONDITION/RULES_DROPPED");
  EXPECT_EQ(Revision("e0"), 1);
  EXPECT_EQ(Good(Migrate("allow_drop: true")).migrated_count(), 4);
  world_.ExpectListsAgree("box");
}

TEST_F(MigrateTest, WhoDoesNotFitTheRevisionStaysAndIsNamed) {
  v1::Pathway with_factor = Later();
  *with_factor.add_factors() = FromText<v1::Factor>("id: 'side' values: ['left', 'right'] default_value: 'left'");
  Update(with_factor);
  Good(Migrate());
  world_.Update("clinics/box/enrollments/e1", "factors { key: 'side' value: 'right' }");
  EXPECT_EQ(Good(Migrate("revision: 1")).failures_size(), 1);
  const auto back = Good(Migrate("revision: 1"));
  ASSERT_THAT(back.failures(), SizeIs(1));
  EXPECT_EQ(back.failures(0).enrollment(), "clinics/box/enrollments/e1");
  EXPECT_EQ(ErrorOf(back.failures(0).status()), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_EQ(Revision("e1"), 2);
  EXPECT_EQ(Revision("e0"), 1);
}

TEST_F(MigrateTest, OlderRevisionsGoOnWorkingAlsoAfterARestart) {
  world_.Advance("box", At("2029-03-02T10:30"));
  v1::Pathway without = Later();
  without.mutable_rules()->DeleteSubrange(1, 1);
  Update(without);
  Good(Migrate("allow_drop: true page_size: 2"));
  world_.Stop();
  world_.Start();
  EXPECT_EQ(StateOf("task.2029-03-02", "e0"), "CANCELLED/MOVED_BY_REANCHOR");
  EXPECT_EQ(StateOf("task.2029-03-02", "e2"), "DUE");
  world_.Advance("box", At("2029-03-03T10:00"));
  EXPECT_EQ(StateOf("task.2029-03-03", "e2"), "DUE");
  world_.ExpectListsAgree("box");
}

TEST_F(MigrateTest, BadRequestsSayWhatIsWrong) {
  EXPECT_THAT(BadFields(Migrate("pathway: 'x' revision: -1 page_size: -1 page_token: 'nonsense'").status()),
              ElementsAre("pathway", "revision", "page_size", "page_token"));
  EXPECT_EQ(ErrorOf(Migrate("pathway: 'clinics/box/pathways/none'").status()), "NOT_FOUND/PATHWAY_NOT_FOUND");
  EXPECT_EQ(ErrorOf(Migrate("revision: 7").status()), "NOT_FOUND/PATHWAY_NOT_FOUND");
  EXPECT_EQ(Migrate("revision: 7").status().message(), "clinics/box/pathways/days revision 7 does not exist");
  EXPECT_EQ(ErrorOf(Migrate("pathway: 'clinics/none/pathways/days'").status()), "NOT_FOUND/CLINIC_NOT_FOUND");
}

TEST(MigrateCountsTest, EveryCountOfADiffIsAdded) {
  v1::PlanDiff one;
  v1::PlanDiff twice;
  const auto* fields = v1::PlanDiff::descriptor();
  for (int i = 0; i < fields->field_count(); ++i) {
    const auto* field = fields->field(i);
    if (field->is_repeated()) continue;
    one.GetReflection()->SetInt64(&one, field, field->number());
    twice.GetReflection()->SetInt64(&twice, field, 2 * field->number());
  }
  v1::PlanDiff all;
  AddCounts(one, &all);
  AddCounts(one, &all);
  EXPECT_EQ(all.DebugString(), twice.DebugString());
}

}  // namespace
}  // namespace aftercare::engine
