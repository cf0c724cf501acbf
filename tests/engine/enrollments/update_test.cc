// Changing the facts of an enrollment: what the difference says, and that it is what happens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kEnrollment[] = "clinics/box/enrollments/e";

std::string Shown(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%m-%dT%H:%M", plan::ToTime(time), absl::UTCTimeZone());
}

// `MOVED msg.2029-03-02 03-02T09:00 > 03-09T09:00`.
std::vector<std::string> Lines(const v1::PlanDiff& diff) {
  std::vector<std::string> lines;
  for (const v1::PlanChange& change : diff.changes()) {
    lines.push_back(absl::StrCat(absl::StripPrefix(v1::PlanChangeKind_Name(change.kind()), "PLAN_CHANGE_KIND_"), " ",
                                 absl::StripPrefix(change.name(), absl::StrCat(kEnrollment, "/reminders/")), " ",
                                 change.has_old_due_time() ? Shown(change.old_due_time()) : "-", " > ",
                                 change.has_new_due_time() ? Shown(change.new_due_time()) : "-"));
  }
  return lines;
}

class UpdateTest : public SandboxFixture {
 protected:
  UpdateTest() : SandboxFixture({.pathway_id = "days", .pathway = DaysPathway()}) {
    world_.Enrol("box", "e", DaysPatient("box"));
  }

  std::string Of(const std::string& reminder) {
    const auto found = world_.Get(Name(reminder));
    if (!found.ok()) return ErrorOf(found.status());
    return absl::StrCat(StateAndReason(*found), " ", Shown(found->due_time()));
  }

  absl::StatusOr<v1::UpdateEnrollmentResponse> Update(const std::string& request_text) {
    v1::UpdateEnrollmentRequest request = FromText<v1::UpdateEnrollmentRequest>(request_text);
    if (request.enrollment().name().empty()) request.mutable_enrollment()->set_name(kEnrollment);
    return world_.Update(request);
  }

  void NewRevision(const std::string& without) {
    v1::Pathway pathway = DaysPathway();
    pathway.set_name("clinics/box/pathways/days");
    pathway.set_description(absl::StrCat("Without ", without));
    for (int i = pathway.rules_size() - 1; i >= 0; --i) {
      if (pathway.rules(i).id() == without) pathway.mutable_rules()->DeleteSubrange(i, 1);
    }
    v1::UpdatePathwayRequest request;
    *request.mutable_pathway() = pathway;
    ASSERT_TRUE(world_.Call(&Engine::pathways, &Pathways::Update, request).ok());
  }
};

TEST_F(UpdateTest, APostponedProcedureHasItsOwnDaysAndTheDifferenceSaysWhatIsSentAgain) {
  Until("2029-03-02T09:00");
  world_.SendAll("box");
  Until("2029-03-03T09:00");
  world_.SendAll("box");
  const v1::PlanDiff diff = world_.Update(kEnrollment, "procedure_date: '2029-03-08'");
  EXPECT_THAT(Lines(diff), ElementsAre("SENT_AGAIN msg.2029-03-09 03-02T09:00 > 03-09T09:00",
                                       "SENT_AGAIN msg.2029-03-10 03-03T09:00 > 03-10T09:00",
                                       "MOVED msg.2029-03-11 03-04T09:00 > 03-11T09:00",
                                       "MOVED msg.2029-03-12 03-05T09:00 > 03-12T09:00",
                                       "MOVED task.2029-03-09 03-02T10:00 > 03-09T10:00",
                                       "MOVED task.2029-03-10 03-03T10:00 > 03-10T10:00",
                                       "MOVED task.2029-03-11 03-04T10:00 > 03-11T10:00",
                                       "MOVED task.2029-03-12 03-05T10:00 > 03-12T10:00"));
  EXPECT_EQ(diff.moved_count(), 6);
  EXPECT_EQ(diff.sent_again_count(), 2);
  EXPECT_EQ(diff.already_sent_count(), 0);
  EXPECT_EQ(diff.changes(0).old_name(), Name("msg.2029-03-02"));
  EXPECT_EQ(diff.changes(2).old_name(), Name("msg.2029-03-04"));
  EXPECT_THAT(All("msg"), ElementsAre("SENT 2029-03-02T09:00", "SENT 2029-03-03T09:00", "SCHEDULED 2029-03-09T09:00",
                                      "SCHEDULED 2029-03-10T09:00", "SCHEDULED 2029-03-11T09:00",
                                      "SCHEDULED 2029-03-12T09:00"));
  world_.ExpectListsAgree("box");
  Until("2029-03-09T09:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-09"));
  Until("2029-03-10T09:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-10"));
  Until("2029-03-11T09:00");
  const std::vector<v1::Lease> leased = world_.Lease("box");
  ASSERT_THAT(leased, SizeIs(1));
  EXPECT_EQ(leased[0].reminder(), Name("msg.2029-03-11"));
  world_.ExpectListsAgree("box");
  Until("2029-04-01T00:00");
  EXPECT_THAT(All("msg"), ElementsAre("SENT 2029-03-02T09:00", "SENT 2029-03-03T09:00", "SENT 2029-03-09T09:00",
                                      "SENT 2029-03-10T09:00", "EXPIRED/WINDOW_CLOSED 2029-03-11T09:00",
                                      "EXPIRED/WINDOW_CLOSED 2029-03-12T09:00"));
  world_.ExpectListsAgree("box");
}

TEST_F(UpdateTest, WhatWasSentIsNotSentAgainWhereTheNewPlanHasItAndTheRestFollowsThePlan) {
  Until("2029-03-02T09:00");
  world_.SendAll("box");
  Until("2029-03-03T09:00");
  world_.SendAll("box");
  const v1::PlanDiff diff = world_.Update(kEnrollment, "procedure_date: '2029-02-28'");  // 1 to 4 March
  EXPECT_THAT(Lines(diff), ElementsAre("DROPPED msg.2029-03-05 03-05T09:00 > -",
                                       "DROPPED task.2029-03-05 03-05T10:00 > -"));
  EXPECT_THAT(All("msg"), ElementsAre("EXPIRED/SUPERSEDED 2029-03-03T09:00", "SENT 2029-03-02T09:00",
                                      "SENT 2029-03-03T09:00", "SCHEDULED 2029-03-04T09:00"));
  world_.ExpectListsAgree("box");
  Until("2029-03-04T08:59");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  Until("2029-03-04T09:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-04"));
  Until("2029-04-01T00:00");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  world_.ExpectListsAgree("box");
}

TEST_F(UpdateTest, ValidateOnlySaysWhatWouldHappenAndChangesNothing) {
  Until("2029-03-02T09:30");
  const auto before = world_.Timeline(kEnrollment);
  const auto preview = Good(Update("enrollment { procedure_date: '2029-03-08' } validate_only: true"));
  EXPECT_EQ(preview.enrollment().procedure_date(), "2029-03-08");
  EXPECT_EQ(world_.Timeline(kEnrollment).SerializeAsString(), before.SerializeAsString());
  EXPECT_EQ(Good(Update("enrollment { procedure_date: '2029-03-08' }")).diff().DebugString(),
            preview.diff().DebugString());
}

TEST_F(UpdateTest, WhatIsDueOrLeasedIsTakenBackIfItIsToComeLater) {
  Until("2029-03-02T10:00");
  const std::vector<v1::Lease> leased = world_.Lease("box");
  ASSERT_THAT(leased, SizeIs(1));
  world_.Update(kEnrollment, "procedure_date: '2029-03-08'");
  EXPECT_EQ(Of("msg.2029-03-02"), "CANCELLED/MOVED_BY_REANCHOR 03-02T09:00");
  EXPECT_EQ(Of("msg.2029-03-09"), "SCHEDULED 03-09T09:00");
  EXPECT_EQ(Of("task.2029-03-02"), "CANCELLED/MOVED_BY_REANCHOR 03-02T10:00");
  EXPECT_EQ(Of("task.2029-03-09"), "SCHEDULED 03-09T10:00");
  world_.ExpectListsAgree("box");
  EXPECT_EQ(ErrorOf(world_.Report(leased[0].lease_id(), v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE).status()),
            "FAILED_PRECONDITION/LEASE_LOST");
  Until("2029-03-09T09:00");
  const std::vector<v1::Lease> again = world_.Lease("box");
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].reminder(), Name("msg.2029-03-09"));
  EXPECT_EQ(again[0].attempt(), 1);
  EXPECT_NE(again[0].idempotency_key(), leased[0].idempotency_key());
  EXPECT_EQ(ErrorOf(world_.Report(leased[0].lease_id(), v1::DELIVERY_OUTCOME_RELEASED).status()),
            "FAILED_PRECONDITION/LEASE_LOST")
      << "the lease of before stays fenced";
}

TEST_F(UpdateTest, SentIsAcceptedOfALeaseThatWasTakenBackAndTheNewDayIsToldToo) {
  Until("2029-03-02T09:00");
  const std::vector<v1::Lease> leased = world_.Lease("box");
  world_.Update(kEnrollment, "procedure_date: '2029-03-08'");
  EXPECT_EQ(ErrorOf(world_.Report(leased.at(0).lease_id(), v1::DELIVERY_OUTCOME_SENT).status()), "OK");
  Until("2029-03-09T12:00");
  EXPECT_EQ(Of("msg.2029-03-02"), "SENT 03-02T09:00");
  EXPECT_EQ(Of("msg.2029-03-09"), "DUE 03-09T09:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-09"));
  world_.ExpectListsAgree("box");
}

TEST_F(UpdateTest, WhatEndedUnsentStaysSoAndTheReminderOfTheNewPlanComes) {
  Until("2029-03-05T00:00");
  EXPECT_EQ(Of("msg.2029-03-02"), "EXPIRED/WINDOW_CLOSED 03-02T09:00");
  const v1::PlanDiff diff = world_.Update(kEnrollment, "procedure_date: '2029-03-08'");
  EXPECT_EQ(Lines(diff)[0], "ADDED msg.2029-03-09 - > 03-09T09:00");
  EXPECT_EQ(Of("msg.2029-03-02"), "EXPIRED/WINDOW_CLOSED 03-02T09:00");
  EXPECT_EQ(Of("msg.2029-03-09"), "SCHEDULED 03-09T09:00");
  world_.ExpectListsAgree("box");
  Until("2029-03-09T09:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-09"));
}

TEST_F(UpdateTest, OfWhatTheNewPlanHasInThePastTheLatestIsDueIfItsWindowIsOpen) {
  Until("2029-03-01T12:00");
  const v1::PlanDiff diff = world_.Update(kEnrollment, "procedure_date: '2029-02-26'");  // 27 Feb to 2 March
  EXPECT_THAT(Lines(diff), ElementsAre("MOVED msg.2029-03-01 03-04T09:00 > 03-01T12:00",
                                       "DROPPED msg.2029-03-03 03-03T09:00 > -",
                                       "DROPPED msg.2029-03-05 03-05T09:00 > -",
                                       "DROPPED task.2029-03-03 03-03T10:00 > -",
                                       "DROPPED task.2029-03-04 03-04T10:00 > -",
                                       "DROPPED task.2029-03-05 03-05T10:00 > -"));
  EXPECT_THAT(All("msg"), ElementsAre("EXPIRED/SUPERSEDED 2029-03-01T12:00", "EXPIRED/SUPERSEDED 2029-03-01T12:00",
                                      "DUE 2029-03-01T12:00", "SCHEDULED 2029-03-02T09:00"));
  EXPECT_EQ(Of("task.2029-03-02"), "SCHEDULED 03-02T10:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-01"));
  world_.ExpectListsAgree("box");
}

TEST_F(UpdateTest, UnsentOccurrencesKeepTheirLocalTimeInTheNewZone) {
  Until("2029-03-02T09:00");
  world_.SendAll("box");
  const v1::PlanDiff diff = world_.Update(kEnrollment, "time_zone: 'America/New_York'");  // UTC-5
  EXPECT_EQ(Of("msg.2029-03-02"), "SENT 03-02T09:00");
  EXPECT_EQ(Of("msg.2029-03-03"), "SCHEDULED 03-03T14:00");
  EXPECT_EQ(Of("task.2029-03-02"), "SCHEDULED 03-02T15:00");
  EXPECT_EQ(Lines(diff)[0], "ALREADY_SENT msg.2029-03-02 03-02T09:00 > 03-02T14:00");
  world_.ExpectListsAgree("box");
  Until("2029-03-02T15:00");
  EXPECT_THAT(world_.Lease("box"), IsEmpty()) << "msg.2029-03-02 was sent";
  EXPECT_EQ(Of("task.2029-03-02"), "DUE 03-02T15:00");
  world_.ExpectListsAgree("box");
}

TEST_F(UpdateTest, ADueReminderThatTheChangeDoesNotConcernStays) {
  Until("2029-03-02T10:00");
  EXPECT_THAT(Lines(world_.Update(kEnrollment, "first_name: 'Maria'")), IsEmpty());
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 03-02T09:00");
  EXPECT_EQ(Of("task.2029-03-02"), "DUE 03-02T10:00");
  EXPECT_THAT(world_.Lease("box").at(0).text(), HasSubstr("Maria"));
}

TEST_F(UpdateTest, AChangeOfContactPointsOrConsentIsThatOfWhatIsQueuedToo) {
  Until("2029-03-02T09:00");
  world_.Update(kEnrollment, "contact_points { channel: CHANNEL_EMAIL address: 'new@example.com' }");
  const std::vector<v1::Lease> leased = world_.Lease("box");
  ASSERT_THAT(leased, SizeIs(1));
  EXPECT_EQ(leased[0].contact_point().address(), "new@example.com");
  world_.Update(kEnrollment, "consent: CONSENT_REFUSED");
  EXPECT_EQ(Of("msg.2029-03-02"), "SUPPRESSED/NO_CONSENT 03-02T09:00");
  Until("2029-03-03T09:00");
  EXPECT_EQ(Of("msg.2029-03-03"), "SUPPRESSED/NO_CONSENT 03-03T09:00");
  world_.Update(kEnrollment, "consent: CONSENT_GRANTED");
  ASSERT_TRUE(Update("update_mask { paths: 'contact_points' }").ok());
  Until("2029-03-04T09:00");
  EXPECT_EQ(Of("msg.2029-03-04"), "SUPPRESSED/NO_CONTACT_POINT 03-04T09:00");
}

TEST_F(UpdateTest, TakingConsentBackAndGivingItAgainNamesEachMessage) {
  const v1::PlanDiff refused = world_.Update(kEnrollment, "consent: CONSENT_REFUSED");
  EXPECT_GT(refused.suppressed_count(), 1);
  EXPECT_EQ(refused.suppressed_count(), refused.changes_size());
  const v1::PlanDiff granted = world_.Update(kEnrollment, "consent: CONSENT_GRANTED");
  EXPECT_EQ(granted.added_count(), refused.suppressed_count());
  EXPECT_EQ(granted.added_count(), granted.changes_size());
}

TEST_F(UpdateTest, ARevisionWithoutARuleThatHasPendingRemindersIsRefusedUnlessToldTo) {
  Until("2029-03-02T10:00");
  world_.SendAll("box");
  NewRevision("task");
  EXPECT_EQ(ErrorOf(Update("enrollment { pathway_revision: 2 }").status()), "FAILED_PRECONDITION/RULES_DROPPED");
  EXPECT_EQ(Of("task.2029-03-02"), "DUE 03-02T10:00");
  const auto preview = Good(Update("enrollment { pathway_revision: 2 } validate_only: true"));
  EXPECT_EQ(preview.diff().dropped_count(), 4);
  ASSERT_TRUE(Update("enrollment { pathway_revision: 2 } allow_drop: true").ok());
  EXPECT_EQ(Of("task.2029-03-02"), "CANCELLED/MOVED_BY_REANCHOR 03-02T10:00") << "of a rule there is no more";
  EXPECT_EQ(Of("task.2029-03-03"), "NOT_FOUND/REMINDER_NOT_FOUND");
  EXPECT_EQ(Of("msg.2029-03-02"), "SENT 03-02T09:00");
  world_.ExpectListsAgree("box");
  world_.Stop();
  world_.Start();
  world_.ExpectListsAgree("box");
}

TEST_F(UpdateTest, WhileItIsPausedNothingFiresWhateverChanges) {
  Until("2029-03-02T08:30");
  ASSERT_TRUE(world_.Pause(kEnrollment).ok());
  Until("2029-03-02T12:00");
  world_.Update(kEnrollment, "procedure_date: '2029-02-28'");  // 1 to 4 March
  EXPECT_EQ(Of("msg.2029-03-01"), "EXPIRED/SUPERSEDED 03-02T12:00") << "only the latest of what has passed is sent";
  EXPECT_EQ(Of("msg.2029-03-02"), "SCHEDULED 03-02T12:00");
  EXPECT_THAT(world_.Lease("box"), IsEmpty());
  world_.ExpectListsAgree("box");
  Until("2029-03-02T13:00");
  ASSERT_TRUE(world_.Resume(kEnrollment).ok());
  EXPECT_EQ(Of("msg.2029-03-02"), "DUE 03-02T13:00");
  EXPECT_THAT(world_.SendAll("box"), ElementsAre("msg.2029-03-02"));
  world_.ExpectListsAgree("box");
}

TEST_F(UpdateTest, ToSayTheSameAgainIsNoChange) {
  const std::string etag = world_.Timeline(kEnrollment).enrollment().etag();
  const auto same = Good(Update("enrollment { procedure_date: '2029-03-01' first_name: 'Ana' }"));
  EXPECT_EQ(same.enrollment().etag(), etag);
  EXPECT_THAT(world_.Events("box"), SizeIs(1)) << "that of the enrollment";
}

TEST_F(UpdateTest, AnUpdateIsLoggedOnceAndCountsInTheEtag) {
  const auto updated = Good(Update("enrollment { procedure_date: '2029-03-08' }"));
  EXPECT_NE(updated.enrollment().etag(), "v1");
  EXPECT_EQ(world_.Events("box").back().type(), v1::EVENT_TYPE_ENROLLMENT_UPDATED);
  EXPECT_EQ(ErrorOf(Update("enrollment { first_name: 'Eva' etag: 'v1' }").status()), "ABORTED/ETAG_MISMATCH");
}

TEST_F(UpdateTest, MaskedFieldsThatAreNotSetBecomeTheirDefaults) {
  NewRevision("none");
  ASSERT_TRUE(Update("enrollment { time_zone: 'Asia/Tokyo' locale: 'en-GB' last_name: 'Roy' "
                     "contact_hours { openings { opens: '08:00' closes: '20:00' } } }")
                  .ok());
  const auto cleared = Good(Update("update_mask { paths: 'time_zone' paths: 'locale' paths: 'last_name' "
                                   "paths: 'contact_hours' paths: 'pathway_revision' }"));
  EXPECT_EQ(cleared.enrollment().time_zone(), "UTC");
  EXPECT_EQ(cleared.enrollment().locale(), "en");
  EXPECT_EQ(cleared.enrollment().last_name(), "");
  EXPECT_FALSE(cleared.enrollment().has_contact_hours());
  EXPECT_EQ(cleared.enrollment().pathway_revision(), 2);
}

TEST_F(UpdateTest, EveryBadFieldIsNamedAtOnceAndNothingChanges) {
  const auto before = world_.Timeline(kEnrollment);
  const absl::Status status = Update("enrollment { patient: 'other' procedure_date: 'soon' time_zone: 'Mars/Base' "
                                     "factors { key: 'x' value: 'y' } consent: 7 pathway: 'clinics/box/pathways/hip' } "
                                     "update_mask { paths: 'procedure_date' paths: 'time_zone' paths: 'factors' "
                                     "paths: 'consent' paths: 'weight' } request_id: '!'")
                                  .status();
  EXPECT_THAT(BadFields(status),
              ElementsAre("update_mask.paths[4]", "request_id", "enrollment.patient", "enrollment.pathway",
                          "enrollment.procedure_date", "enrollment.time_zone", "enrollment.consent",
                          "enrollment.factors[\"x\"]"));
  EXPECT_EQ(ErrorOf(Update("enrollment { pathway_revision: 9 }").status()), "NOT_FOUND/PATHWAY_NOT_FOUND");
  EXPECT_THAT(BadFields(Update("enrollment { name: 'x' first_name: 'y' }").status()), ElementsAre("enrollment.name"));
  EXPECT_EQ(ErrorOf(Update("enrollment { name: 'clinics/box/enrollments/nobody' }").status()),
            "NOT_FOUND/ENROLLMENT_NOT_FOUND");
  EXPECT_EQ(world_.Timeline(kEnrollment).SerializeAsString(), before.SerializeAsString());
  ASSERT_TRUE(world_.End(kEnrollment).ok());
  EXPECT_EQ(ErrorOf(Update("enrollment { first_name: 'Eva' }").status()), "FAILED_PRECONDITION/ENROLLMENT_ENDED");
}

TEST_F(UpdateTest, ARequestIdMakesItHappenOnce) {
  const auto first = Good(Update("enrollment { procedure_date: '2029-03-08' } request_id: 'r1'"));
  const auto again = Good(Update("enrollment { procedure_date: '2029-03-08' } request_id: 'r1'"));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
}

}  // namespace
}  // namespace aftercare::engine
