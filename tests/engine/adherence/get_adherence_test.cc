// How a patient follows the care plan: what counts as asked and answered, for which day, and from when on.
#include "scheduler/engine/adherence/get_adherence.h"

#include "scheduler/plan/reminder_name.h"
#include "tests/engine/enrollments/told_world.h"
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AdherenceTest : public Replying {
 protected:
  absl::StatusOr<v1::GetAdherenceResponse> TryAdherence(const std::string& name) {
    v1::GetAdherenceRequest request;
    request.set_name(name);
    return world_.Call(&Engine::enrollments, &Enrollments::GetAdherence, request);
  }
  v1::Adherence Adherence(const std::string& name = "clinics/box/enrollments/e") {
    return Good(TryAdherence(name)).adherence();
  }

  // Returns `walk 1/2 answered 1 done 0 not 1/2 days`.
  static std::string Line(const std::string& name, const v1::AdherencePeriod& period) {
    return absl::StrCat(name, " ", period.answered(), "/", period.asked(), " answered ", period.done(), " done ",
                        period.not_done(), " not ", period.days_done(), "/", period.days_asked(), " days");
  }
  // Returns a line for each category, for the last `days` days or the whole time.
  std::vector<std::string> Lines(int days = 0, const std::string& name = "clinics/box/enrollments/e") {
    std::vector<std::string> lines;
    const v1::Adherence adherence = Adherence(name);
    for (const v1::CategoryAdherence& entry : adherence.categories()) {
      for (const v1::AdherencePeriod& period : entry.periods()) {
        if (period.days() != days) continue;
        lines.push_back(Line(entry.category().empty() ? "all" : entry.category(), period));
      }
    }
    return lines;
  }
  // Returns the scores, as `7 of ask.2029-03-02 at 2029-03-02T10:00`.
  std::vector<std::string> Scores() {
    std::vector<std::string> lines;
    const v1::Adherence adherence = Adherence();
    for (const v1::AnsweredScore& score : adherence.scores()) {
      EXPECT_EQ(IdOf(score.reminder()).substr(0, score.rule().size()), score.rule());
      lines.push_back(absl::StrCat(
          score.score(), " of ", IdOf(score.reminder()), " at ",
          absl::FormatTime("%Y-%m-%dT%H:%M", plan::ToTime(score.answer_time()), absl::UTCTimeZone())));
    }
    return lines;
  }

  // Enrols `e` in a zone.
  void Enrol(const std::string& zone = "UTC", const std::string& procedure_date = "2029-03-01") {
    v1::Enrollment patient = Patient();
    patient.set_time_zone(zone);
    patient.set_procedure_date(procedure_date);
    world_.Enrol("box", "e", patient);
  }
  // Sends what is due at `time`, and keeps the leases.
  std::vector<v1::Lease> SendAndKeep(const std::string& time) {
    Until(time);
    std::vector<v1::Lease> leases = world_.Lease("box");
    for (const v1::Lease& lease : leases) world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
    return leases;
  }
};

TEST_F(AdherenceTest, AnEnrollmentWithoutQuestionsHasOneEmptyEntry) {
  world_.CreatePathway("box", "knee", KneePathway());
  world_.Enrol("box", "e", KneePatient("box"));
  SendUntil("2029-03-02T09:00");
  Until("2029-03-03T00:00");
  const v1::Adherence adherence = Adherence();
  EXPECT_EQ(adherence.enrollment(), "clinics/box/enrollments/e");
  EXPECT_EQ(adherence.end_date(), "2029-03-02");
  ASSERT_EQ(adherence.categories_size(), 1);
  ASSERT_EQ(adherence.categories(0).periods_size(), 4);
  for (const v1::AdherencePeriod& period : adherence.categories(0).periods()) {
    EXPECT_EQ(period.asked(), 0);
    EXPECT_FALSE(period.has_rate());
  }
  EXPECT_THAT(adherence.phases(), IsEmpty());
  EXPECT_THAT(adherence.scores(), IsEmpty());
}

TEST_F(AdherenceTest, OnTheDayOfTheEnrollmentNothingIsCounted) {
  Enrol();
  EXPECT_EQ(Adherence().end_date(), "2029-02-28");
  EXPECT_THAT(Lines(), ElementsAre("all 0/0 answered 0 done 0 not 0/0 days"));
}

TEST_F(AdherenceTest, AScoreAndADoneQuestionCountFromTheNextDay) {
  Enrol();
  SendUntil("2029-03-02T09:00");
  EXPECT_EQ(Reply("7"), "ANSWER 7 of ask.2029-03-02 in e");
  SendUntil("2029-03-02T12:00");
  EXPECT_EQ(Reply("done"), "ANSWER of walk.2029-03-02 in e");
  SendUntil("2029-03-02T23:59");
  EXPECT_THAT(Lines(), ElementsAre("all 0/0 answered 0 done 0 not 0/0 days"));
  EXPECT_THAT(Scores(), ElementsAre("7 of ask.2029-03-02 at 2029-03-02T09:00"));
  Until("2029-03-03T00:00");
  // The tip asks for nothing.
  EXPECT_THAT(Lines(), ElementsAre("all 2/2 answered 1 done 0 not 1/1 days", "pain 1/1 answered 0 done 0 not 0/0 days",
                                   "walk 1/1 answered 1 done 0 not 1/1 days"));
  SendUntil("2029-03-03T12:00");
  EXPECT_EQ(Reply("no"), "ANSWER NO of walk.2029-03-03 in e");
  SendUntil("2029-03-04T12:00");
  Until("2029-03-05T00:00");
  const v1::Adherence adherence = Adherence();
  EXPECT_EQ(Line("walk", adherence.categories(2).periods(3)), "walk 2/3 answered 1 done 1 not 1/3 days");
  EXPECT_EQ(adherence.categories(2).periods(3).unanswered(), 1);
  EXPECT_DOUBLE_EQ(adherence.categories(2).periods(3).rate(), 1.0 / 3);
  ASSERT_EQ(adherence.phases_size(), 1);
  EXPECT_EQ(adherence.phases(0).phase(), "p");
  EXPECT_EQ(Line("p", adherence.phases(0).periods(3)), Line("p", adherence.categories(0).periods(3)));
}

TEST_F(AdherenceTest, AnAnswerOfTodayToAnEarlierQuestionCountsTomorrow) {
  Enrol();
  SendUntil("2029-03-02T12:00");
  Until("2029-03-03T08:00");
  EXPECT_EQ(Reply("done"), "ANSWER of walk.2029-03-02 in e");
  EXPECT_THAT(Lines().back(), "walk 0/1 answered 0 done 0 not 0/1 days");
  Until("2029-03-04T00:00");
  EXPECT_THAT(Lines().back(), "walk 1/1 answered 1 done 0 not 1/1 days");
}

TEST_F(AdherenceTest, WhatIsSentAfterItsDueDayCountsForThatDayFromTheNextDayOn) {
  Enrol();
  SendUntil("2029-03-03T00:10");  // All of the second of March, late.
  EXPECT_THAT(Lines(), ElementsAre("all 0/0 answered 0 done 0 not 0/0 days"));
  Until("2029-03-04T00:00");
  EXPECT_THAT(Lines().back(), "walk 0/1 answered 0 done 0 not 0/1 days");
  Until("2029-03-09T12:00");  // The last seven days begin on the second.
  EXPECT_THAT(Lines(7).back(), "walk 0/1 answered 0 done 0 not 0/1 days");
  Until("2029-03-10T12:00");
  EXPECT_THAT(Lines(7).back(), "walk 0/0 answered 0 done 0 not 0/0 days");
  EXPECT_THAT(Lines(14).back(), "walk 0/1 answered 0 done 0 not 0/1 days");
}

TEST_F(AdherenceTest, WhatWasNotSentOrCameBackWasNotAsked) {
  Enrol();
  const auto leases = SendAndKeep("2029-03-02T12:00");
  for (const v1::Lease& lease : leases) {
    if (IdOf(lease.reminder()) == "walk.2029-03-02") world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_BOUNCED);
  }
  EXPECT_EQ(Of("walk.2029-03-02"), "FAILED/BOUNCED");
  Until("2029-03-06T00:00");  // The walk of the third expires unsent.
  EXPECT_EQ(Of("walk.2029-03-03"), "EXPIRED/WINDOW_CLOSED");
  EXPECT_THAT(Lines(),
              ElementsAre("all 0/1 answered 0 done 0 not 0/0 days", "pain 0/1 answered 0 done 0 not 0/0 days"));
}

TEST_F(AdherenceTest, AQuestionAndItsFollowUpAreOneQuestion) {
  Enrol();
  SendUntil("2029-03-02T09:00");
  EXPECT_THAT(SendUntil("2029-03-02T18:00"), testing::Contains("nudge.2029-03-02 by sms"));
  Until("2029-03-03T00:00");
  EXPECT_EQ(Lines()[1], "pain 0/1 answered 0 done 0 not 0/0 days");
  EXPECT_EQ(Reply("4"), "ANSWER 4 of nudge.2029-03-02 in e");
  EXPECT_THAT(Scores(), ElementsAre("4 of nudge.2029-03-02 at 2029-03-03T00:00"));
  Until("2029-03-04T00:00");
  EXPECT_EQ(Lines()[1], "pain 1/1 answered 0 done 0 not 0/0 days");
}

TEST_F(AdherenceTest, WhatTheClinicRecordsAsDoneIsDone) {
  Enrol();
  SendUntil("2029-03-02T09:00");
  SendUntil("2029-03-02T12:00");
  ASSERT_TRUE(world_.Complete(Name("walk.2029-03-02")).ok());
  ASSERT_TRUE(world_.Complete(Name("nudge.2029-03-02")).ok());  // It was not sent, but it answers the question.
  ASSERT_TRUE(world_.Complete(Name("walk.2029-03-03")).ok());   // It was not sent, so it was not asked.
  Until("2029-03-05T00:00");
  EXPECT_THAT(Lines(), ElementsAre("all 2/2 answered 1 done 0 not 1/1 days", "pain 1/1 answered 0 done 0 not 0/0 days",
                                   "walk 1/1 answered 1 done 0 not 1/1 days"));
  EXPECT_THAT(Scores(), IsEmpty());
}

TEST_F(AdherenceTest, EndedAndPausedEnrollmentsAreCountedOn) {
  Enrol();
  world_.Enrol("box", "f", Patient("p-2"));
  SendUntil("2029-03-02T12:00");
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e").ok());
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/f").ok());
  SendUntil("2029-03-12T12:00");
  for (const std::string name : {"clinics/box/enrollments/e", "clinics/box/enrollments/f"}) {
    EXPECT_EQ(Adherence(name).end_date(), "2029-03-11");
    EXPECT_THAT(Lines(0, name).back(), "walk 0/1 answered 0 done 0 not 0/1 days");
    EXPECT_THAT(Lines(7, name).back(), "walk 0/0 answered 0 done 0 not 0/0 days");
  }
}

TEST_F(AdherenceTest, DaysAreThoseOfThePatient) {
  Enrol("Pacific/Auckland");  // 13 hours ahead.
  EXPECT_EQ(Adherence().end_date(), "2029-02-28");
  SendUntil("2029-03-01T23:00");  // 2 March 12:00.
  Until("2029-03-02T10:59");
  EXPECT_EQ(Adherence().end_date(), "2029-03-01");
  EXPECT_THAT(Lines(), ElementsAre("all 0/0 answered 0 done 0 not 0/0 days"));
  Until("2029-03-02T11:00");
  EXPECT_EQ(Adherence().end_date(), "2029-03-02");
  EXPECT_THAT(Lines().back(), "walk 0/1 answered 0 done 0 not 0/1 days");
}

TEST_F(AdherenceTest, AShortDayIsOneDay) {
  Enrol("America/New_York", "2029-03-09");  // Clocks go forward on Sunday, 11 March.
  for (const char* sent : {"2029-03-10T17:00", "2029-03-11T16:00"}) SendUntil(sent);
  Until("2029-03-12T03:59");
  EXPECT_EQ(Adherence().end_date(), "2029-03-10");
  Until("2029-03-12T04:00");
  EXPECT_EQ(Adherence().end_date(), "2029-03-11");
  EXPECT_THAT(Lines().back(), "walk 0/2 answered 0 done 0 not 0/2 days");
}

TEST_F(AdherenceTest, ALongDayIsOneDay) {
  Enrol("America/New_York", "2029-11-02");  // Clocks go back on Sunday, 4 November.
  for (const char* sent : {"2029-11-03T16:00", "2029-11-04T17:00"}) SendUntil(sent);
  Until("2029-11-05T04:59");
  EXPECT_EQ(Adherence().end_date(), "2029-11-03");
  EXPECT_THAT(Lines().back(), "walk 0/1 answered 0 done 0 not 0/1 days");
  Until("2029-11-05T05:00");
  EXPECT_EQ(Adherence().end_date(), "2029-11-04");
  EXPECT_THAT(Lines().back(), "walk 0/2 answered 0 done 0 not 0/2 days");
}

TEST_F(AdherenceTest, AMessageKeepsTheDayOfTheZoneInWhichItWasDue) {
  Enrol();
  SendUntil("2029-03-02T12:00");
  world_.Update("clinics/box/enrollments/e", "time_zone: 'Pacific/Auckland'");
  Until("2029-03-09T11:30");  // 10 March 00:30: the last seven days begin on the third.
  EXPECT_EQ(Adherence().end_date(), "2029-03-09");
  EXPECT_THAT(Lines(7).back(), "walk 0/0 answered 0 done 0 not 0/0 days");
  EXPECT_THAT(Lines(14).back(), "walk 0/1 answered 0 done 0 not 0/1 days");
}

TEST_F(AdherenceTest, WhatWasToldUnderEarlierFactsStaysOneQuestion) {
  Enrol();
  SendUntil("2029-03-02T09:00");
  // The same clock by another name: the follow-up is told under new facts.
  world_.Update("clinics/box/enrollments/e", "time_zone: 'Europe/London'");
  EXPECT_THAT(SendUntil("2029-03-02T18:00"), testing::Contains("nudge.2029-03-02 by sms"));
  world_.Update("clinics/box/enrollments/e", "procedure_date: '2029-03-20'");
  Until("2029-03-03T00:00");
  EXPECT_THAT(Lines(), ElementsAre("all 0/2 answered 0 done 0 not 0/1 days", "pain 0/1 answered 0 done 0 not 0/0 days",
                                   "walk 0/1 answered 0 done 0 not 0/1 days"));
  SendUntil("2029-03-21T09:00");
  Until("2029-03-22T00:00");
  EXPECT_EQ(Lines()[1], "pain 0/2 answered 0 done 0 not 0/0 days");
}

TEST_F(AdherenceTest, WhatARevisionDroppedCountsByItsOwnCategory) {
  const auto rule = [](const std::string& id) {
    return With(Daily(id, 1, 20, {"12:00"}), "series: 'walk' answer: ANSWER_KIND_DONE");
  };
  ToldWorld told(world_, "own", {.procedure_date = "2026-03-02", .enrolled = "03-02 10:00", .rules = {rule("walk")}});
  told.Play("03-04 23:00");
  told.Revise({rule("stroll")});
  told.Play("03-06 23:00");
  told.Skip("03-07 00:00");
  EXPECT_THAT(Lines(0, told.enrollment()),
              ElementsAre("all 0/4 answered 0 done 0 not 0/4 days", "stroll 0/2 answered 0 done 0 not 0/2 days",
                          "walk 0/2 answered 0 done 0 not 0/2 days"));
}

TEST_F(AdherenceTest, OfManyScoresTheLastThousandAreReturned) {
  Enrol();
  constexpr int kCount = 1003;
  world_.Write([](store::WriteTransaction& tx) -> absl::Status {
    for (int i = 0; i < kCount; ++i) {
      store::ReminderRow row;
      row.key = {"box", "e", "ask", plan::EncodeName({absl::CivilDay(2020, 1, 1) + i, {}})};
      row.clock = "box";
      row.state = v1::REMINDER_STATE_COMPLETED;
      row.reason = v1::REMINDER_REASON_ANSWERED;
      row.due = At("2029-03-01T08:00");
      row.expire = row.due + absl::Hours(1);
      row.state_time = row.due + absl::Seconds(kCount - i);  // The later it is named, the earlier it was answered.
      row.attempts = 1;
      row.score = i % 11;
      if (auto inserted = tx.InsertReminder(row); !inserted.ok()) return inserted.status();
    }
    return absl::OkStatus();
  });
  const v1::Adherence adherence = Adherence();
  ASSERT_EQ(adherence.scores_size(), 1000);
  EXPECT_EQ(adherence.scores(0).score(), 999 % 11);
  EXPECT_EQ(IdOf(adherence.scores(999).reminder()), "ask.2020-01-01");
}

TEST_F(AdherenceTest, NamesThatAreNoneAreRefused) {
  Enrol();
  EXPECT_THAT(BadFields(TryAdherence("clinics/box").status()), ElementsAre("name"));
  EXPECT_THAT(BadFields(TryAdherence("").status()), ElementsAre("name"));
  EXPECT_EQ(ErrorOf(TryAdherence("clinics/box/enrollments/nobody").status()), "NOT_FOUND/ENROLLMENT_NOT_FOUND");
  EXPECT_EQ(ErrorOf(TryAdherence("clinics/none/enrollments/e").status()), "NOT_FOUND/CLINIC_NOT_FOUND");
}

}  // namespace
}  // namespace aftercare::engine
