// The event log, on every kind of database.
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;

class EventsConformance : public StoreSuite {
 protected:
  void Append(absl::string_view clinic, const v1::Event& event) {
    ASSERT_THAT(Do(&WriteTransaction::AppendEvent, clinic, event), IsOk());
  }
  std::vector<EventRow> List(absl::string_view clinic, int64_t after = 0, int limit = 1000) {
    return Ask(&ReadTransaction::ListEvents, clinic, after, limit).value();
  }
  std::vector<std::string> Patients(const std::vector<EventRow>& events) {
    std::vector<std::string> patients;
    for (const EventRow& event : events) patients.push_back(event.data.patient());
    return patients;
  }
  v1::Event EventOf(absl::string_view clinic, absl::string_view patient) {
    v1::Event event = MakeEvent(clinic, "e1");
    event.set_patient(std::string(patient));
    return event;
  }
};
INSTANTIATE_FOR_EVERY_DATABASE(EventsConformance);

TEST_P(EventsConformance, AnEventIsReadAsItWasAppendedWithoutItsToken) {
  v1::Event event = MakeEvent("a", "e1");
  Append("a", event);
  v1::Event tokened = event;
  tokened.set_resume_token("token");
  Append("a", tokened);
  const std::vector<EventRow> events = List("a");
  ASSERT_EQ(events.size(), 2);
  EXPECT_EQ(events[0].clinic, "a");
  EXPECT_EQ(events[0].data.ShortDebugString(), event.ShortDebugString());
  EXPECT_EQ(events[1].data.ShortDebugString(), event.ShortDebugString());
}

TEST_P(EventsConformance, NamesOfEveryFormAreReadAsTheyWereAppended) {
  const auto with = [](const char* enrollment, const char* reminder) {
    v1::Event event = MakeEvent("a", "e1");
    event.set_enrollment(enrollment);
    event.clear_reminder();
    if (reminder != nullptr) event.mutable_reminder()->set_name(reminder);
    return event;
  };
  const std::vector<v1::Event> events = {
      v1::Event(),
      with("", ""),
      with("clinics/a/enrollments/e1", nullptr),
      with("clinics/a/enrollments/e1", ""),
      with("clinics/a/enrollments/e1", "clinics/a/enrollments/e2/reminders/ice.1"),
      with("clinics/a/enrollments/e1", "clinics/a/enrollments/e1/reminders/"),
      with("clinics/a/enrollments/", "clinics/a/enrollments//reminders/ice.1"),
      with("clinics/b/enrollments/e1", "clinics/b/enrollments/e1/reminders/ice.1"),
      with("clinics/ab/enrollments/e1", "x"),
      with("e1", "ice.1"),
  };
  for (const v1::Event& event : events) Append("a", event);
  const std::vector<EventRow> rows = List("a");
  ASSERT_EQ(rows.size(), events.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].data.SerializeAsString(), events[i].SerializeAsString()) << events[i].ShortDebugString();
  }
}

TEST_P(EventsConformance, EventsOfAClinicAreListedInOrderInPages) {
  Append("a", EventOf("a", "1"));
  Append("b", EventOf("b", "2"));
  Apply([&](WriteTransaction& tx) {
    for (const char* patient : {"3", "4", "5"}) {
      if (absl::Status status = tx.AppendEvent("a", EventOf("a", patient)); !status.ok()) return status;
    }
    return absl::OkStatus();
  });
  const std::vector<EventRow> all = List("a");
  EXPECT_THAT(Patients(all), ElementsAre("1", "3", "4", "5"));
  for (size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1].seq, all[i].seq);
  EXPECT_THAT(Patients(List("a", 0, 2)), ElementsAre("1", "3"));
  EXPECT_THAT(Patients(List("a", all[1].seq, 2)), ElementsAre("4", "5"));
  EXPECT_THAT(Patients(List("a", all[3].seq, 2)), ElementsAre());
  EXPECT_THAT(Patients(List("b", all[0].seq)), ElementsAre("2"));
  EXPECT_THAT(Patients(List("c")), ElementsAre());
}

// More than one block of each clinic.
TEST_P(EventsConformance, EventsOfOneCommitAreListedFromAnyOfThemOn) {
  constexpr int kEvents = 300;
  Apply([&](WriteTransaction& tx) {
    for (int i = 0; i < kEvents; ++i) {
      const std::string clinic = i % 3 == 0 ? "b" : "a";
      absl::Status status = tx.AppendEvent(clinic, MakeEvent(clinic, absl::StrCat("e", i)));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  });
  const std::vector<EventRow> all = List("a");
  ASSERT_EQ(all.size(), 200u);
  ASSERT_EQ(List("b").size(), 100u);
  for (size_t from = 0; from < all.size(); from += 7) {
    const std::vector<EventRow> page = List("a", all[from].seq, 50);
    ASSERT_EQ(page.size(), std::min<size_t>(50, all.size() - from - 1));
    for (size_t i = 0; i < page.size(); ++i) EXPECT_EQ(Show(page[i]), Show(all[from + 1 + i]));
    EXPECT_EQ(Ask(&ReadTransaction::EnrollmentsInLog, "a", all[from].seq, 50).value().size(), page.size());
  }
}

TEST_P(EventsConformance, TheLastSeqIsThatOfTheNewestEventOfTheWholeStore) {
  EXPECT_EQ(*Ask(&ReadTransaction::LastEventSeq), 0);
  Append("a", EventOf("a", "1"));
  EXPECT_EQ(*Ask(&ReadTransaction::LastEventSeq), List("a").back().seq);
  Append("b", EventOf("b", "2"));
  EXPECT_EQ(*Ask(&ReadTransaction::LastEventSeq), List("b").back().seq);
  EXPECT_GT(List("b").back().seq, List("a").back().seq);
}

TEST_P(EventsConformance, AMutationCountsItsOwnEvents) {
  Append("a", EventOf("a", "1"));
  int64_t before = 0, after = 0;
  Apply([&](WriteTransaction& tx) {
    before = *tx.LastEventSeq();
    const absl::Status status = tx.AppendEvent("a", EventOf("a", "2"));
    after = *tx.LastEventSeq();
    return status;
  });
  EXPECT_EQ(before, List("a")[0].seq);
  EXPECT_EQ(after, List("a")[1].seq);
}

TEST_P(EventsConformance, NoNumberComesTwiceNotEvenAfterAReopening) {
  Append("a", EventOf("a", "1"));
  EXPECT_THAT(Write(store(),
                    [&](WriteTransaction& tx) {
                      EXPECT_THAT(tx.AppendEvent("a", EventOf("a", "lost")), IsOk());
                      return absl::AbortedError("no");
                    }),
              Fails(absl::StatusCode::kAborted));
  const int64_t last = *Ask(&ReadTransaction::LastEventSeq);
  EXPECT_EQ(last, List("a").back().seq) << "the lost event does not count";
  Open();
  EXPECT_EQ(*Ask(&ReadTransaction::LastEventSeq), last);
  Append("a", EventOf("a", "2"));
  EXPECT_THAT(Patients(List("a")), ElementsAre("1", "2"));
  EXPECT_GT(List("a").back().seq, last);
}

class LogTrimming : public EventsConformance {
 protected:
  void Mark(double at) { ASSERT_THAT(Do(&WriteTransaction::MarkLog, At(at)), IsOk()); }
  // Whether anything was given up.
  bool GiveUp(double before) {
    bool given_up = false;
    Apply([&](WriteTransaction& tx) {
      absl::StatusOr<bool> answer = tx.GiveUpEventsOf(At(before));
      given_up = answer.ok() && *answer;
      return answer.status();
    });
    return given_up;
  }
  DeletedEvents Delete(absl::string_view after, int limit) {
    DeletedEvents deleted;
    Apply([&](WriteTransaction& tx) {
      absl::StatusOr<DeletedEvents> answer = tx.DeleteGivenUpEvents(after, limit);
      if (answer.ok()) deleted = *answer;
      return answer.status();
    });
    return deleted;
  }
  int64_t Trimmed() { return *Ask(&ReadTransaction::TrimmedSeq); }
};
INSTANTIATE_FOR_EVERY_DATABASE(LogTrimming);

TEST_P(LogTrimming, EventsAreGivenUpByTheNewestMarkThatIsOldEnough) {
  EXPECT_EQ(Trimmed(), 0);
  Append("a", EventOf("a", "1"));
  Mark(10);
  Append("a", EventOf("a", "2"));
  Mark(20);
  Append("a", EventOf("a", "3"));
  const std::vector<EventRow> all = List("a");
  EXPECT_FALSE(GiveUp(9));
  EXPECT_EQ(Trimmed(), 0);
  EXPECT_TRUE(GiveUp(19));
  EXPECT_EQ(Trimmed(), all[0].seq);
  EXPECT_TRUE(GiveUp(20));
  EXPECT_EQ(Trimmed(), all[1].seq);
  EXPECT_FALSE(GiveUp(1000)) << "the third has no mark yet";
  EXPECT_THAT(Patients(List("a")), ElementsAre("1", "2", "3")) << "giving up deletes nothing yet";
}

TEST_P(LogTrimming, AMarkSaysHowOldTheLogIsAndIsNotRepeatedWhileNothingHappens) {
  Mark(5);
  Append("a", EventOf("a", "1"));
  Mark(10);
  Mark(20);
  EXPECT_TRUE(GiveUp(10)) << "what was there at 10 was not made younger at 20";
  EXPECT_EQ(Trimmed(), List("a")[0].seq);
}

TEST_P(LogTrimming, EventsOfTheSameCommitWaitForTheNextMark) {
  Apply([&](WriteTransaction& tx) {
    if (absl::Status status = tx.AppendEvent("a", EventOf("a", "1")); !status.ok()) return status;
    return tx.MarkLog(At(10));
  });
  EXPECT_FALSE(GiveUp(1000));
  Mark(20);
  EXPECT_TRUE(GiveUp(20));
}

TEST_P(LogTrimming, NumbersThatWereRolledBackAreNotGivenUp) {
  Append("a", EventOf("a", "1"));
  Write(store(), [&](WriteTransaction& tx) {
    tx.AppendEvent("a", EventOf("a", "lost")).IgnoreError();
    return absl::AbortedError("no");
  }).IgnoreError();
  Mark(10);
  EXPECT_TRUE(GiveUp(10));
  EXPECT_LE(Trimmed(), *Ask(&ReadTransaction::LastEventSeq)) << "else the end of the log would be an expired place";
}

TEST_P(LogTrimming, MarksOfAClockThatWasSetBackSinceCountAsNew) {
  Append("a", EventOf("a", "1"));
  Mark(1000);
  Mark(10);
  EXPECT_FALSE(GiveUp(9));
  EXPECT_TRUE(GiveUp(10));
  EXPECT_EQ(Trimmed(), List("a")[0].seq);
}

TEST_P(LogTrimming, WhatIsGivenUpIsDeletedClinicByClinicSomeAtATime) {
  for (const char* patient : {"1", "2", "3"}) Append("a", EventOf("a", patient));
  Append("b", EventOf("b", "4"));
  Mark(10);
  Append("b", EventOf("b", "5"));
  EXPECT_EQ(Delete("", 2).count, 0) << "nothing is given up yet";
  ASSERT_TRUE(GiveUp(10));
  DeletedEvents deleted = Delete("", 2);
  EXPECT_EQ(deleted.clinic, "a");
  EXPECT_EQ(deleted.count, 2);
  EXPECT_THAT(Patients(List("a")), ElementsAre("3"));
  EXPECT_EQ(Delete("", 2).count, 1);
  deleted = Delete("a", 2);
  EXPECT_EQ(deleted.clinic, "b");
  EXPECT_EQ(deleted.count, 1);
  EXPECT_THAT(Patients(List("b")), ElementsAre("5"));
  EXPECT_EQ(Delete("b", 2).clinic, "");
}

TEST_P(LogTrimming, WhatIsGivenUpStaysSoAfterAReopening) {
  Append("a", EventOf("a", "1"));
  Mark(10);
  ASSERT_TRUE(GiveUp(10));
  const int64_t trimmed = Trimmed();
  Open();
  EXPECT_EQ(Trimmed(), trimmed);
  EXPECT_EQ(Delete("", 10).count, 1);
  Append("a", EventOf("a", "2"));
  EXPECT_GT(List("a")[0].seq, trimmed) << "numbers go on after those of deleted events";
}

TEST_P(EventsConformance, AMutationReadsItsOwnWrites) {
  std::string reminder, enrollment, clinic, events;
  Apply([&](WriteTransaction& tx) {
    EXPECT_THAT(tx.InsertClinic(MakeClinic("a")), IsOk());
    EXPECT_THAT(tx.InsertEnrollment(MakeEnrollment("a", "e1")), IsOk());
    EXPECT_THAT(tx.InsertReminder(MakeReminder("a", "e1", "ice", 1)), IsOk());
    EXPECT_THAT(tx.AppendEvent("a", EventOf("a", "p1")), IsOk());
    clinic = Ids(tx.ListClinics("", 9));
    enrollment = Ids(tx.DueEnrollments("", "a", At(0), {}, 9));
    reminder = Ids(tx.LeasableReminders({"", v1::CHANNEL_SMS, "a"}, At(0), {}, 9));
    events = Show(tx.ListEvents("a", 0, 9));
    return absl::OkStatus();
  });
  EXPECT_EQ(clinic, "a");
  EXPECT_EQ(enrollment, "e1");
  EXPECT_EQ(reminder, "e1/ice.1");
  EXPECT_EQ(events, Show(List("a")));
}

}  // namespace
}  // namespace aftercare::store
