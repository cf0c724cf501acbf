// Enrollments, on every kind of database.
#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

class EnrollmentsConformance : public StoreSuite {
 protected:
  void Insert(const EnrollmentRow& row) { ASSERT_THAT(Do(&WriteTransaction::InsertEnrollment, row), IsOk()); }
  void Insert(absl::string_view clinic, absl::string_view id, std::optional<absl::Time> next_due,
              absl::string_view clock = "") {
    EnrollmentRow row = MakeEnrollment(clinic, id);
    row.next_due = next_due;
    row.clock = std::string(clock);
    Insert(row);
  }
  absl::Status SetNextDue(const char* clinic, const char* enrollment, std::optional<absl::Time> next_due) {
    EnrollmentRow row = MakeEnrollment(clinic, enrollment);
    row.next_due = next_due;
    return Do(&WriteTransaction::SetNextDue, row);
  }

  bool MoveNextDue(const EnrollmentRow& row, const RowVersion& was) {
    bool moved = false;
    const absl::Status status = Write(store(), [&](WriteTransaction& tx) {
      const auto answer = tx.MoveNextDue(row, was);
      moved = answer.ok() && *answer;
      return answer.status();
    });
    EXPECT_THAT(status, IsOk());
    return moved;
  }
  std::string List(EnrollmentQuery query) {
    query.clinic = "a";
    return Ids(Ask(&ReadTransaction::ListEnrollments, query));
  }
};
INSTANTIATE_FOR_EVERY_DATABASE(EnrollmentsConformance);

TEST_P(EnrollmentsConformance, AnEnrollmentIsReadAsItWasWritten) {
  Insert(MakeEnrollment("a", "e1"));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e1")), Show(MakeEnrollment("a", "e1")));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e2")), "none");
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "b", "e1")), "none");
}

TEST_P(EnrollmentsConformance, WhatIsEmptyStaysEmpty) {
  EnrollmentRow row;
  row.clinic = "a";
  row.enrollment = "e1";
  Insert(row);
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e1")), Show(row));
}

TEST_P(EnrollmentsConformance, APathwayNamedInAnotherFormIsKeptAsItIs) {
  for (const char* name : {"knee", "clinics/b/pathways/knee", "clinics/a/pathways/", "clinics/a"}) {
    EnrollmentRow row = MakeEnrollment("a", std::string("e-") + name);
    row.data.set_pathway(name);
    Insert(row);
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", row.enrollment)), Show(row));
  }
}

TEST_P(EnrollmentsConformance, OutlinesAreOfAllEnrollmentsOfOnePatientById) {
  const auto insert = [&](const char* clinic, const char* id, const char* patient, v1::EnrollmentState state) {
    EnrollmentRow row = MakeEnrollment(clinic, id);
    row.data.set_patient(patient);
    row.data.set_pathway(absl::StrCat("clinics/", clinic, "/pathways/on-", id));
    row.state = state;
    if (state == v1::ENROLLMENT_STATE_ENDED) row.data.set_end_reason(v1::END_REASON_DECEASED);
    Insert(row);
  };
  insert("a", "e2", "p", v1::ENROLLMENT_STATE_ENDED);
  insert("a", "e1", "p", v1::ENROLLMENT_STATE_ACTIVE);
  insert("a", "e3", "p", v1::ENROLLMENT_STATE_PAUSED);
  insert("a", "e4", "q", v1::ENROLLMENT_STATE_ACTIVE);
  insert("b", "e5", "p", v1::ENROLLMENT_STATE_ACTIVE);
  const auto outlines = [&](const char* patient) {
    std::string shown;
    const auto found = Ask(&ReadTransaction::EnrollmentOutlinesOf, "a", patient);
    EXPECT_THAT(found, IsOk());
    if (!found.ok()) return shown;
    for (const EnrollmentOutline& outline : *found) {
      absl::StrAppend(&shown, outline.enrollment, " ", outline.pathway, " ", v1::EnrollmentState_Name(outline.state),
                      " ", v1::EndReason_Name(outline.end_reason), "\n");
    }
    return shown;
  };
  EXPECT_EQ(outlines("p"),
            "e1 on-e1 ENROLLMENT_STATE_ACTIVE END_REASON_UNSPECIFIED\n"
            "e2 on-e2 ENROLLMENT_STATE_ENDED END_REASON_DECEASED\n"
            "e3 on-e3 ENROLLMENT_STATE_PAUSED END_REASON_UNSPECIFIED\n");
  EXPECT_EQ(outlines("nobody"), "");
}

TEST_P(EnrollmentsConformance, AnUpdateReplacesEveryFieldOfOneRow) {
  Insert(MakeEnrollment("a", "e1"));
  Insert(MakeEnrollment("a", "e2"));
  Insert(MakeEnrollment("b", "e1"));
  EnrollmentRow changed = MakeEnrollment("a", "e1");
  changed.clock = "a";
  changed.version = 4;
  changed.state = v1::ENROLLMENT_STATE_ENDED;
  changed.next_due.reset();
  changed.plan_fingerprint = std::numeric_limits<int64_t>::min();
  changed.compare_rows_until = At(5);
  changed.history.set_replan_micros(7);
  changed.history.add_pauses()->set_end_micros(8);
  changed.data.set_patient("another");
  changed.data.set_pathway("clinics/a/pathways/hip");
  changed.data.set_end_reason(v1::END_REASON_WITHDRAWN);
  ASSERT_THAT(Do(&WriteTransaction::UpdateEnrollment, changed), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e1")), Show(changed));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e2")), Show(MakeEnrollment("a", "e2")));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "b", "e1")), Show(MakeEnrollment("b", "e1")));
}

TEST_P(EnrollmentsConformance, AnEnrollmentIsReadWithTheCalendarItsClinicHasNow) {
  Insert(MakeEnrollment("a", "e1"));
  Insert(MakeEnrollment("b", "e1"));
  const auto calendar_of = [this](const char* clinic) {
    return Ask(&ReadTransaction::GetEnrollment, clinic, "e1").value().value().calendar_fingerprint;
  };
  EXPECT_EQ(calendar_of("a"), 0) << "no clinic, no calendar";
  ClinicRow clinic = MakeClinic("a");
  ASSERT_THAT(Do(&WriteTransaction::InsertClinic, clinic), IsOk());
  EXPECT_EQ(calendar_of("a"), clinic.calendar_fingerprint);
  clinic.calendar_fingerprint = 17;
  ASSERT_THAT(Do(&WriteTransaction::UpdateClinic, clinic), IsOk());
  EXPECT_EQ(calendar_of("a"), 17);
  EXPECT_EQ(calendar_of("b"), 0);
  EXPECT_EQ(Ask(&ReadTransaction::DueEnrollments, "", "a", At(0), std::nullopt, 10).value().at(0).calendar_fingerprint, 17);
}

TEST_P(EnrollmentsConformance, SetNextDueChangesNothingElse) {
  Insert(MakeEnrollment("a", "e1"));
  EnrollmentRow expected = MakeEnrollment("a", "e1");
  for (const std::optional<absl::Time> next : {std::optional(At(0.000001)), std::optional<absl::Time>()}) {
    ASSERT_THAT(SetNextDue("a", "e1", next), IsOk());
    expected.next_due = next;
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e1")), Show(expected));
  }
}

TEST_P(EnrollmentsConformance, TheRowVersionReadAloneEqualsThatOfTheRow) {
  EXPECT_EQ(Ask(&ReadTransaction::EnrollmentRowVersion, "a", "e1").value(), RowVersion());
  EnrollmentRow row = MakeEnrollment("a", "e1");
  row.version = 7;
  row.next_due = At(1);
  row.compare_rows_until = At(2);
  row.plan_fingerprint = 3;
  Insert(row);
  EXPECT_EQ(Ask(&ReadTransaction::EnrollmentRowVersion, "a", "e1").value(), row.row_version());
  ClinicRow clinic = MakeClinic("a");
  clinic.calendar_fingerprint = row.calendar_fingerprint = 4;
  ASSERT_THAT(Do(&WriteTransaction::InsertClinic, clinic), IsOk());
  EXPECT_EQ(Ask(&ReadTransaction::EnrollmentRowVersion, "a", "e1").value(), row.row_version());
  EXPECT_EQ(Ask(&ReadTransaction::EnrollmentRowVersion, "a", "e1").value(),
            Ask(&ReadTransaction::GetEnrollment, "a", "e1").value()->row_version());
  row.next_due.reset();
  row.compare_rows_until.reset();
  ASSERT_THAT(Do(&WriteTransaction::UpdateEnrollment, row), IsOk());
  EXPECT_EQ(Ask(&ReadTransaction::EnrollmentRowVersion, "a", "e1").value(), row.row_version());
}

// Whatever part of the stamp is another, next_due stays where it is.
TEST_P(EnrollmentsConformance, NextDueIsMovedOnlyWhereNothingHasChanged) {
  EnrollmentRow row = MakeEnrollment("a", "e1");
  row.next_due = At(1);
  row.plan_fingerprint = 3;
  Insert(row);
  EnrollmentRow moved = row;
  moved.next_due = At(5);
  EXPECT_FALSE(MoveNextDue(MakeEnrollment("a", "e2"), row.row_version()));
  std::vector<RowVersion> others(6, row.row_version());
  others[0].version = 9;
  others[1].next_due = At(2);
  others[2].next_due.reset();
  others[3].compare_rows_until = At(9);
  others[4].plan_fingerprint = 4;
  others[5].calendar_fingerprint = 4;
  for (const RowVersion& other : others) {
    EXPECT_FALSE(MoveNextDue(moved, other));
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e1")), Show(row));
  }
  EXPECT_TRUE(MoveNextDue(moved, row.row_version()));
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e1")), Show(moved));
  EnrollmentRow over = moved;
  over.next_due.reset();
  EXPECT_TRUE(MoveNextDue(over, moved.row_version()));
  EXPECT_TRUE(MoveNextDue(moved, over.row_version())) << "from none";
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e1")), Show(moved));
}

// What is stored beside the enrollments, as ForEachSchedule passes it on.
TEST_P(EnrollmentsConformance, SchedulesAreOfAllEnrollmentsOfAClinicInTheOrderOfEnrolment) {
  EnrollmentRow last = MakeEnrollment("a", "e1");
  last.outline = "o1";
  last.compare_rows_until = At(7);
  Insert("a", "e2", At(2));
  // A clinic with few enrollments among those of others is read in another way than one with many.
  for (int i = 0; i < 40; ++i) Insert("b", absl::StrCat("e", i), At(1));
  Insert("a", "e3", std::nullopt, "a");
  Insert(last);
  const auto schedules = [&](absl::string_view clinic) {
    std::string shown;
    EXPECT_THAT(Read(store(),
                     [&](ReadTransaction& tx) {
                       EXPECT_THAT(tx.ForEachSchedule(clinic,
                                                      [&](const ScheduleRow& row) {
                                                        const auto whole = *tx.GetEnrollment(clinic, "", row.row_id);
                                                        EXPECT_EQ(whole->plan_fingerprint, row.plan_fingerprint);
                                                        EXPECT_EQ(whole->has_outline, !row.outline.empty());
                                                        absl::StrAppend(&shown, whole->enrollment, " ",
                                                                        Show(row.next_due), " ",
                                                                        Show(row.compare_rows_until), " '", row.outline,
                                                                        "'\n");
                                                        return absl::OkStatus();
                                                      }),
                                   IsOk());
                     }),
                IsOk());
    return shown;
  };
  EXPECT_EQ(schedules("a"), absl::StrCat("e2 ", Show(At(2)), " none ''\ne3 none none ''\ne1 ", Show(last.next_due), " ",
                                         Show(At(7)), " 'o1'\n"));
  EXPECT_EQ(schedules("c"), "");
  const std::string of_many = schedules("b");
  EXPECT_EQ(std::count(of_many.begin(), of_many.end(), '\n'), 40);
  last.outline.clear();
  ASSERT_THAT(Do(&WriteTransaction::UpdateEnrollment, last), IsOk());
  EXPECT_THAT(schedules("a"), testing::EndsWith(" ''\n"));
}

TEST_P(EnrollmentsConformance, AnErrorEndsTheSchedules) {
  Insert("a", "e1", At(2));
  Insert("a", "e2", At(2));
  int calls = 0;
  absl::Status status;
  EXPECT_THAT(Read(store(),
                   [&](ReadTransaction& tx) {
                     status = tx.ForEachSchedule("a", [&](const ScheduleRow&) {
                       ++calls;
                       return absl::DataLossError("no");
                     });
                   }),
              IsOk());
  EXPECT_THAT(status, Fails(absl::StatusCode::kDataLoss));
  EXPECT_EQ(calls, 1);
}

TEST_P(EnrollmentsConformance, IdsAreOfAllEnrollmentsOfAClinic) {
  for (const char* id : {"e3", "e1", "e2"}) Insert("a", id, At(1));
  Insert("b", "e4", At(1));
  std::string shown;
  EXPECT_THAT(Read(store(),
                   [&](ReadTransaction& tx) {
                     EXPECT_THAT(tx.ForEachEnrollmentId("a",
                                                        [&](int64_t row_id, absl::string_view id) {
                                                          EXPECT_EQ((*tx.GetEnrollment("a", id))->row_id, row_id);
                                                          absl::StrAppend(&shown, id, " ");
                                                        }),
                                 IsOk());
                   }),
              IsOk());
  EXPECT_EQ(shown, "e1 e2 e3 ");
  EXPECT_EQ(Ask(&ReadTransaction::EstimateEnrollments, "c").value(), 0);
  EXPECT_NEAR(Ask(&ReadTransaction::EstimateEnrollments, "a").value(), 3, 1);
}

// What enrollments have in common is stored once, and none of them is read with what another has.
TEST_P(EnrollmentsConformance, ACohortIsWhatItsEnrollmentsHaveInCommon) {
  std::vector<EnrollmentRow> rows(6, MakeEnrollment("a", "e"));
  rows[1].data.set_first_name("Ana");
  rows[2].data.set_procedure_date("2026-06-02");
  rows[3].data.mutable_contact_hours()->add_openings()->set_opens("09:00");
  rows[4].data.set_consent(v1::CONSENT_GRANTED);
  rows[5].data.set_pathway("clinics/a/pathways/hip");
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].enrollment = absl::StrCat("e", i);
    rows[i].outline = "o";
    Insert(rows[i]);
  }
  for (const EnrollmentRow& row : rows) {
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", row.enrollment)), Show(row));
  }
  std::vector<int64_t> cohorts;
  EXPECT_THAT(Read(store(),
                   [&](ReadTransaction& tx) {
                     EXPECT_THAT(tx.ForEachSchedule("a",
                                                    [&](const ScheduleRow& row) {
                                                      cohorts.push_back(row.cohort);
                                                      return absl::OkStatus();
                                                    }),
                                 IsOk());
                   }),
              IsOk());
  ASSERT_EQ(cohorts.size(), rows.size());
  EXPECT_EQ(cohorts[0], cohorts[1]);
  EXPECT_EQ(std::set<int64_t>(cohorts.begin(), cohorts.end()).size(), 5u);
  const auto hip = Ask(&ReadTransaction::GetCohort, "a", cohorts[5]);
  ASSERT_THAT(hip, IsOk());
  EXPECT_EQ((*hip)->pathway(), "clinics/a/pathways/hip");
  EXPECT_EQ((*hip)->procedure_date(), "2026-06-01");
  EXPECT_EQ((*hip)->first_name(), "");
  EXPECT_FALSE(Ask(&ReadTransaction::GetCohort, "b", cohorts[5]).value().has_value()) << "it is of another clinic";
  EXPECT_FALSE(Ask(&ReadTransaction::GetCohort, "a", cohorts[5] + 1).value().has_value());
  // An update may move an enrollment to another cohort.
  rows[0].data.set_procedure_date("2026-06-02");
  ASSERT_THAT(Do(&WriteTransaction::UpdateEnrollment, rows[0]), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetEnrollment, "a", "e0")), Show(rows[0]));
  EXPECT_EQ(List({.pathway = "hip"}), "e5");
  EXPECT_EQ(Ask(&ReadTransaction::CountRunning, "a", "knee").value(), 5);
}

TEST_P(EnrollmentsConformance, WritesToAMissingRowOrATakenKeyAreRefused) {
  EXPECT_THAT(Do(&WriteTransaction::UpdateEnrollment, MakeEnrollment("a", "e1")), Fails(absl::StatusCode::kInternal));
  EXPECT_THAT(SetNextDue("a", "e1", std::nullopt), Fails(absl::StatusCode::kInternal));
  Insert(MakeEnrollment("a", "e1"));
  EXPECT_THAT(SetNextDue("b", "e1", std::nullopt), Fails(absl::StatusCode::kInternal));
  EXPECT_THAT(Do(&WriteTransaction::InsertEnrollment, MakeEnrollment("a", "e1")),
              Fails(absl::StatusCode::kAlreadyExists));
  Insert(MakeEnrollment("b", "e1"));
}

TEST_P(EnrollmentsConformance, EnrollmentsAreListedByIdInPages) {
  for (const char* id : {"e3", "e1", "e2", "e10"}) Insert(MakeEnrollment("a", id));
  Insert(MakeEnrollment("b", "e0"));
  EXPECT_EQ(List({}), "e1 e10 e2 e3");
  EXPECT_EQ(List({.limit = 3}), "e1 e10 e2");
  EXPECT_EQ(List({.after = "e10", .limit = 1}), "e2");
  EXPECT_EQ(List({.after = "e3"}), "");
}

TEST_P(EnrollmentsConformance, FiltersOfAListingAreAllOfThemMet) {
  for (const char* id : {"e1", "e2", "e3", "e4", "e5"}) {
    EnrollmentRow row = MakeEnrollment("a", id);
    row.data.set_patient(row.enrollment < "e4" ? "p" : "q");
    if (row.enrollment == "e2") row.data.set_pathway("clinics/a/pathways/hip");
    if (row.enrollment == "e3") row.state = v1::ENROLLMENT_STATE_ENDED;
    if (row.enrollment >= "e3") row.next_due.reset();
    Insert(row);
  }
  EXPECT_EQ(List({.patient = "p"}), "e1 e2 e3");
  EXPECT_EQ(List({.patient = "p", .after = "e1", .limit = 1}), "e2");
  EXPECT_EQ(List({.patient = "p", .pathway = "knee"}), "e1 e3");
  EXPECT_EQ(List({.pathway = "hip"}), "e2");
  EXPECT_EQ(List({.pathway = "kne"}), "");
  EXPECT_EQ(List({.state = v1::ENROLLMENT_STATE_ENDED}), "e3");
  EXPECT_EQ(List({.pathway = "knee", .state = v1::ENROLLMENT_STATE_ACTIVE}), "e1 e4 e5");
  EXPECT_EQ(List({.pending_only = true}), "e1 e2");
  EXPECT_EQ(List({.patient = "q", .pending_only = true}), "");
}

TEST_P(EnrollmentsConformance, DueEnrollmentsAreThoseOfTheClinicAndClockUpToAndWithTheInstantInOrder) {
  Insert("b", "late", At(5));
  Insert("a", "second", At(2));
  Insert("b", "a-twin", At(2));
  Insert("a", "first", At(1));
  Insert("a", "another", At(2));
  Insert("a", "after", At(2.000001));
  Insert("a", "never", std::nullopt);
  Insert("t", "sandboxed", At(1), "t");
  const auto due = [this](const char* clock, const char* clinic, double at, int limit = 10) {
    return Ids(Ask(&ReadTransaction::DueEnrollments, clock, clinic, At(at), std::nullopt, limit));
  };
  EXPECT_EQ(due("", "a", 0.999999), "");
  EXPECT_EQ(due("", "a", 1), "first");
  EXPECT_EQ(due("", "a", 2), "first second another") << "at one instant in the order of enrolment";
  EXPECT_EQ(due("", "a", 9), "first second another after");
  EXPECT_EQ(due("", "b", 9), "a-twin late");
  EXPECT_EQ(due("", "a", 9, 2), "first second");
  EXPECT_EQ(due("t", "t", 9), "sandboxed");
  EXPECT_EQ(due("", "t", 9), "");
  EXPECT_EQ(due("u", "a", 9), "");
  const auto clinics = [this](const char* clock, double at) {
    return Ask(&ReadTransaction::ClinicsDue, clock, At(at)).value();
  };
  EXPECT_THAT(clinics("", 0.5), testing::IsEmpty());
  EXPECT_THAT(clinics("", 1), testing::ElementsAre("a"));
  EXPECT_THAT(clinics("", 2), testing::ElementsAre("b", "a")) << "in the order of their first enrollments";
  EXPECT_THAT(clinics("t", 2), testing::ElementsAre("t"));
  EXPECT_EQ(*Ask(&ReadTransaction::NextDue, "", "b"), At(2));
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextDue, "", "t")), "none");
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextDue, "", "nobody")), "none");
}

TEST_P(EnrollmentsConformance, AnEnrollmentComesDueByItsNewestNextDue) {
  Insert("a", "e1", At(1));
  ASSERT_THAT(SetNextDue("a", "e1", At(3)), IsOk());
  EXPECT_EQ(Ids(Ask(&ReadTransaction::DueEnrollments, "", "a", At(2), std::nullopt, 10)), "");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::DueEnrollments, "", "a", At(3), std::nullopt, 10)), "e1");
  ASSERT_THAT(SetNextDue("a", "e1", std::nullopt), IsOk());
  EXPECT_EQ(Ids(Ask(&ReadTransaction::DueEnrollments, "", "a", At(9), std::nullopt, 10)), "");
}

TEST_P(EnrollmentsConformance, TheNextWakeIsTheEarlierOfWhatComesDueAndWhatCloses) {
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextWake, "")), "none");
  Insert("t", "sandboxed", At(0), "t");
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextWake, "")), "none");
  Insert("a", "e1", At(5));
  Insert("a", "e2", At(4));
  EXPECT_EQ(*Ask(&ReadTransaction::NextWake, ""), At(4));
  ReminderRow reminder = MakeReminder("a", "e1", "ice", 1);
  reminder.expire = At(3);
  reminder.closes = At(3);
  ASSERT_TRUE(*InsertReminder(reminder));
  EXPECT_EQ(*Ask(&ReadTransaction::NextWake, ""), At(3));
  ASSERT_THAT(SetNextDue("a", "e1", At(2)), IsOk());
  EXPECT_EQ(*Ask(&ReadTransaction::NextWake, ""), At(2));
  ASSERT_THAT(SetNextDue("a", "e1", std::nullopt), IsOk());
  ASSERT_THAT(SetNextDue("a", "e2", std::nullopt), IsOk());
  EXPECT_EQ(*Ask(&ReadTransaction::NextWake, ""), At(3));
  reminder.closes.reset();
  ASSERT_THAT(Do(&WriteTransaction::UpdateReminder, reminder), IsOk());
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextWake, "")), "none");
  EXPECT_EQ(*Ask(&ReadTransaction::NextWake, "t"), At(0));
}

}  // namespace
}  // namespace aftercare::store
