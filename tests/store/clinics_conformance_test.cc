// Clinics, pathways and requests, on every kind of database.
#include <limits>

#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

class ClinicsConformance : public StoreSuite {};
INSTANTIATE_FOR_EVERY_DATABASE(ClinicsConformance);

TEST_P(ClinicsConformance, AClinicIsReadAsItWasWritten) {
  ASSERT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetClinic, "a")), Show(MakeClinic("a")));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetClinic, "b")), "none");
}

TEST_P(ClinicsConformance, AnUpdatedClinicReplacesTheRowAndNoOther) {
  ASSERT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  ASSERT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("b")), IsOk());
  ClinicRow changed = MakeClinic("a");
  changed.version = 8;
  changed.data.set_phone("+34 600 000 000");
  changed.data.clear_time_zone();
  changed.calendar_fingerprint = std::numeric_limits<int64_t>::max();
  changed.replan_after = "";
  ASSERT_THAT(Do(&WriteTransaction::UpdateClinic, changed), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetClinic, "a")), Show(changed));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetClinic, "b")), Show(MakeClinic("b")));
}

TEST_P(ClinicsConformance, ClinicsToPlanAnewAreFoundWhileThereAreAny) {
  for (const char* id : {"a", "b", "c"}) ASSERT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic(id)), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::FirstToReplan)), "none");
  for (const char* id : {"c", "b"}) {
    ClinicRow row = MakeClinic(id);
    row.replan_after = "e7";
    ASSERT_THAT(Do(&WriteTransaction::UpdateClinic, row), IsOk());
    EXPECT_EQ(Show(Ask(&ReadTransaction::FirstToReplan)), Show(row));
  }
  ASSERT_THAT(Do(&WriteTransaction::UpdateClinic, MakeClinic("b")), IsOk());
  ClinicRow last = MakeClinic("c");
  last.replan_after = "e7";
  EXPECT_EQ(Show(Ask(&ReadTransaction::FirstToReplan)), Show(last));
}

TEST_P(ClinicsConformance, OtherTimeZonesHaveEveryClinicPlannedAnewFromItsFirstEnrollment) {
  ClinicRow under_way = MakeClinic("a");
  under_way.replan_after = "e7";
  ASSERT_THAT(Do(&WriteTransaction::InsertClinic, under_way), IsOk());
  ASSERT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("b")), IsOk());
  EXPECT_EQ(*Ask(&ReadTransaction::ZoneDatabase), 0);
  for (const int64_t zones : {std::numeric_limits<int64_t>::min(), int64_t{7}}) {
    ASSERT_THAT(Do(&WriteTransaction::ReplanAll, zones), IsOk());
    EXPECT_EQ(*Ask(&ReadTransaction::ZoneDatabase), zones);
    for (const char* id : {"a", "b"}) {
      ClinicRow marked = MakeClinic(id);
      marked.replan_after = "";
      EXPECT_EQ(Show(Ask(&ReadTransaction::GetClinic, id)), Show(marked));
    }
  }
  Open();
  EXPECT_EQ(*Ask(&ReadTransaction::ZoneDatabase), 7);
}

TEST_P(ClinicsConformance, ATakenKeyIsRefusedAndItsRowLeftAlone) {
  ASSERT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic("a")), IsOk());
  ClinicRow other = MakeClinic("a");
  other.version = 9;
  EXPECT_THAT(Do(&WriteTransaction::InsertClinic, other), Fails(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetClinic, "a")), Show(MakeClinic("a")));
}

TEST_P(ClinicsConformance, AnUpdateOfARowThatIsNotThereIsAnInternalError) {
  EXPECT_THAT(Do(&WriteTransaction::UpdateClinic, MakeClinic("a")), Fails(absl::StatusCode::kInternal));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetClinic, "a")), "none");
}

TEST_P(ClinicsConformance, ClinicsAreListedByTheBytesOfTheirIdsInPages) {
  for (const char* id : {"b", "a", "Z", "c-1", "c", "c1", "é"}) {
    ASSERT_THAT(Do(&WriteTransaction::InsertClinic, MakeClinic(id)), IsOk());
  }
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListClinics, "", 100)), "Z a b c c-1 c1 é");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListClinics, "", 2)), "Z a");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListClinics, "a", 2)), "b c");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListClinics, "bb", 2)), "c c-1");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListClinics, "é", 2)), "");
}

TEST_P(ClinicsConformance, APathwayRevisionIsReadAsItWasWritten) {
  ASSERT_THAT(Do(&WriteTransaction::InsertPathwayRevision, MakePathway("a", "knee", 1)), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetPathway, "a", "knee", 1)), Show(MakePathway("a", "knee", 1)));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetPathway, "a", "knee", 2)), "none");
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetPathway, "a", "hip", 0)), "none");
  EXPECT_THAT(Do(&WriteTransaction::InsertPathwayRevision, MakePathway("a", "knee", 1)),
              Fails(absl::StatusCode::kAlreadyExists));
}

TEST_P(ClinicsConformance, TheNewestRevisionIsTheGreatestNumber) {
  for (const int revision : {9, 10, 2}) {
    ASSERT_THAT(Do(&WriteTransaction::InsertPathwayRevision, MakePathway("a", "knee", revision)), IsOk());
  }
  EXPECT_EQ(*Ask(&ReadTransaction::NewestRevision, "a", "knee"), 10);
  EXPECT_EQ(*Ask(&ReadTransaction::NewestRevision, "a", "hip"), 0);
  EXPECT_EQ(*Ask(&ReadTransaction::NewestRevision, "b", "knee"), 0);
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetPathway, "a", "knee", 0)), Show(MakePathway("a", "knee", 10)));
}

TEST_P(ClinicsConformance, PathwaysAreListedOnceEachAtTheirNewestRevision) {
  for (const int revision : {1, 2, 3}) {
    ASSERT_THAT(Do(&WriteTransaction::InsertPathwayRevision, MakePathway("a", "knee", revision)), IsOk());
  }
  ASSERT_THAT(Do(&WriteTransaction::InsertPathwayRevision, MakePathway("a", "hip", 5)), IsOk());
  ASSERT_THAT(Do(&WriteTransaction::InsertPathwayRevision, MakePathway("a", "spine", 1)), IsOk());
  ASSERT_THAT(Do(&WriteTransaction::InsertPathwayRevision, MakePathway("b", "knee", 9)), IsOk());
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListPathways, "a", "", 10)), "hip.5 knee.3 spine.1");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListPathways, "a", "", 2)), "hip.5 knee.3");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListPathways, "a", "hip", 1)), "knee.3");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListPathways, "b", "", 10)), "knee.9");
  EXPECT_EQ(Show(Ask(&ReadTransaction::ListPathways, "b", "", 10)), Show(MakePathway("b", "knee", 9)) + "\n");
}

TEST_P(ClinicsConformance, RevisionsAreListedNewestFirst) {
  for (const int revision : {1, 2, 3, 10}) {
    ASSERT_THAT(Do(&WriteTransaction::InsertPathwayRevision, MakePathway("a", "knee", revision)), IsOk());
  }
  ASSERT_THAT(Do(&WriteTransaction::InsertPathwayRevision, MakePathway("a", "knee-b", 4)), IsOk());
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListPathwayRevisions, "a", "knee", 0, 100)), "knee.10 knee.3 knee.2 knee.1");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListPathwayRevisions, "a", "knee", 0, 2)), "knee.10 knee.3");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListPathwayRevisions, "a", "knee", 3, 100)), "knee.2 knee.1");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ListPathwayRevisions, "a", "knee", 1, 100)), "");
}

TEST_P(ClinicsConformance, ARequestIsReadAsItWasWrittenByItsClinicOnly) {
  ASSERT_THAT(Do(&WriteTransaction::InsertRequest, MakeRequest("a", "r1")), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetRequest, "a", "r1")), Show(MakeRequest("a", "r1")));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetRequest, "b", "r1")), "none");
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetRequest, "a", "r2")), "none");
}

TEST_P(ClinicsConformance, ARequestIdIsTakenWithinItsClinicOnly) {
  ASSERT_THAT(Do(&WriteTransaction::InsertRequest, MakeRequest("a", "r1")), IsOk());
  RequestRow other = MakeRequest("a", "r1");
  other.response = "other";
  EXPECT_THAT(Do(&WriteTransaction::InsertRequest, other), Fails(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Do(&WriteTransaction::InsertRequest, MakeRequest("b", "r1")), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetRequest, "a", "r1")), Show(MakeRequest("a", "r1")));
}

TEST_P(ClinicsConformance, AResponseOfNoBytesIsKept) {
  RequestRow row = MakeRequest("a", "r1");
  row.response.clear();
  ASSERT_THAT(Do(&WriteTransaction::InsertRequest, row), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetRequest, "a", "r1")), Show(row));
}

TEST_P(ClinicsConformance, OldRequestsAreDeletedFromTheOnesStoredFirst) {
  for (int i = 0; i < 6; ++i) {
    RequestRow row = MakeRequest(i % 2 == 0 ? "a" : "b", "r" + std::to_string(i));
    row.time = At(i);
    ASSERT_THAT(Do(&WriteTransaction::InsertRequest, row), IsOk());
  }
  const auto left = [this] {
    std::string ids;
    for (int i = 0; i < 6; ++i) {
      const std::string id = std::to_string(i);
      if (Ask(&ReadTransaction::GetRequest, i % 2 == 0 ? "a" : "b", "r" + id)->has_value()) ids += id;
    }
    return ids;
  };
  ASSERT_THAT(Do(&WriteTransaction::DeleteRequestsOutside, At(-1), At(6), 100), IsOk());
  EXPECT_EQ(left(), "012345");
  ASSERT_THAT(Do(&WriteTransaction::DeleteRequestsOutside, At(3), At(6), 2), IsOk());
  EXPECT_EQ(left(), "2345");
  ASSERT_THAT(Do(&WriteTransaction::DeleteRequestsOutside, At(2), At(5), 100), IsOk());
  EXPECT_EQ(left(), "34") << "neither bound is inside";
  EXPECT_THAT(Do(&WriteTransaction::InsertRequest, MakeRequest("a", "r0")), IsOk());
}

TEST_P(ClinicsConformance, ARequestIsDeletedByItsClinicAndIdAndMayComeAgain) {
  for (const char* clinic : {"a", "b"}) {
    ASSERT_THAT(Do(&WriteTransaction::InsertRequest, MakeRequest(clinic, "r1")), IsOk());
  }
  ASSERT_THAT(Do(&WriteTransaction::DeleteRequest, "a", "r1"), IsOk());
  EXPECT_THAT(Do(&WriteTransaction::DeleteRequest, "a", "r1"), IsOk()) << "there is none";
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetRequest, "a", "r1")), "none");
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetRequest, "b", "r1")), Show(MakeRequest("b", "r1")));
  EXPECT_THAT(Do(&WriteTransaction::InsertRequest, MakeRequest("a", "r1")), IsOk());
}

// Two clinics that give everything the same names.
TEST_P(ClinicsConformance, NoClinicSeesAnythingOfAnother) {
  for (const std::string clinic : {"a", "b"}) {
    Apply([&](WriteTransaction& tx) {
      EXPECT_THAT(tx.InsertClinic(MakeClinic(clinic)), IsOk());
      EXPECT_THAT(tx.InsertPathwayRevision(MakePathway(clinic, "knee", 1)), IsOk());
      EXPECT_THAT(tx.InsertEnrollment(MakeEnrollment(clinic, "e1")), IsOk());
      EXPECT_THAT(tx.InsertReminder(MakeReminder(clinic, "e1", "ice", 1)), IsOk());
      EXPECT_THAT(tx.AppendEvent(clinic, MakeEvent(clinic, "e1")), IsOk());
      return tx.InsertRequest(MakeRequest(clinic, "r1"));
    });
  }
  for (const std::string clinic : {"a", "b"}) {
    const std::string reminder = Show(MakeReminder(clinic, "e1", "ice", 1));
    EXPECT_EQ(Show(Ask(&ReadTransaction::ListPathways, clinic, "", 9)), Show(MakePathway(clinic, "knee", 1)) + "\n");
    EXPECT_EQ(Show(Ask(&ReadTransaction::ListPathwayRevisions, clinic, "knee", 0, 9)),
              Show(MakePathway(clinic, "knee", 1)) + "\n");
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, clinic, "e1")), Show(MakeEnrollment(clinic, "e1")));
    EXPECT_EQ(Show(Ask(&ReadTransaction::ListEnrollments, EnrollmentQuery{.clinic = clinic})),
              Show(MakeEnrollment(clinic, "e1")) + "\n");
    EXPECT_EQ(Show(Ask(&ReadTransaction::ListEnrollments, EnrollmentQuery{.clinic = clinic, .patient = "patient-e1"})),
              Show(MakeEnrollment(clinic, "e1")) + "\n");
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetReminder, ReminderKey{clinic, "e1", "ice", 1})), reminder);
    EXPECT_EQ(Show(Ask(&ReadTransaction::ListReminders, ReminderQuery{.clinic = clinic})), reminder + "\n");
    EXPECT_EQ(Show(Ask(&ReadTransaction::ListReminders, ReminderQuery{.clinic = clinic, .enrollment = "e1"})),
              reminder + "\n");
    EXPECT_EQ(
        Show(Ask(&ReadTransaction::LeasableReminders, LeaseQueue{"", v1::CHANNEL_SMS, clinic}, At(5), std::nullopt, 9)),
        reminder + "\n");
    EXPECT_EQ(Ask(&ReadTransaction::ListEvents, clinic, 0, 9)->size(), 1);
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetRequest, clinic, "r1")), Show(MakeRequest(clinic, "r1")));
  }
}

TEST_P(ClinicsConformance, TheSecretIsSixteenBytesAndStaysWithTheDatabase) {
  const std::string secret = store().secret();
  EXPECT_EQ(secret.size(), 16);
  EXPECT_EQ(*Ask(&ReadTransaction::Secret), secret);
  Open();
  EXPECT_EQ(store().secret(), secret);
  const std::unique_ptr<TestDatabase> other = GetParam().make();
  EXPECT_NE((*Store::Open(*other->Connect(), StoreOptions()))->secret(), secret);
}

}  // namespace
}  // namespace aftercare::store
