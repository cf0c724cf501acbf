#include "scheduler/plan/tellings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/plan/reminder_name.h"
#include "tests/plan/testing.h"

namespace aftercare::plan {
namespace {

constexpr char kPathway[] = R"(
    display_name: "P" default_locale: "en"
    phases { id: "all" display_name: "All" span { days { first: 0 last: 40 } } }
    visits { id: "check" display_name: "Check" target { days: 30 } duration { seconds: 1800 } }
    rules { id: "ice" phase: "all" category: "c" series: "cold"
            schedule { daily {} span { days { first: 1 last: 3 } } times: "08:00" times: "20:00" }
            texts { key: "en" value: "Ice." } }
    rules { id: "tips" phase: "all" category: "c" schedule { on { days: 2 } on { days: 9 } times: "09:00" }
            texts { key: "en" value: "Tips." } }
    rules { id: "eve" phase: "all" category: "c" visit { visit: "check" state: VISIT_STATE_BOOKED }
            schedule { on { days: -1 } times: "10:00" } texts { key: "en" value: "Tomorrow." } }
    rules { id: "call" phase: "all" category: "c" audience: AUDIENCE_CARE_TEAM series: "cold"
            schedule { on { days: 2 } times: "09:00" } texts { key: "en" value: "Call." } })";

class TellingsTest : public testing::Test {
 protected:
  TellingsTest() : pathway_(CompileGood(FromText<v1::Pathway>(kPathway))) {
    v1::Enrollment enrollment;
    enrollment.set_procedure_date("2026-03-02");
    enrollment.set_time_zone("America/New_York");
    record::v1::PlanHistory history;
    record::v1::VisitRecord& visit = *history.add_visits();
    visit.set_visit("check");
    visit.set_state(v1::VISIT_STATE_BOOKED);
    visit.set_appointment(1);
    visit.set_start_micros(absl::ToUnixMicros(Instant("2026-04-01T14:00Z")));
    facts_ = TrustedFactsOf(enrollment, *pathway_, {}, history);
    tellings_ = std::make_unique<PlanTellings>(*pathway_, facts_);
  }

  const Telling& At(const std::string& rule, const std::string& code) {
    const int index = tellings_->Find(pathway_->FindRule(rule), *ParseNameCode(code));
    EXPECT_GE(index, 0) << rule << "." << code;
    return tellings_->tellings()[index];
  }

  std::shared_ptr<const CompiledPathway> pathway_;
  PatientFacts facts_;
  std::unique_ptr<PlanTellings> tellings_;
};

TEST_F(TellingsTest, EachOccurrenceIsFoundByTheCodeOfItsName) {
  EXPECT_EQ(tellings_->occurrences().size(), 6u + 2 + 1 + 1);
  for (const Occurrence& occurrence : tellings_->occurrences()) {
    const int index = tellings_->Find(occurrence.rule, NameCodeOf(*pathway_, occurrence));
    EXPECT_EQ(&tellings_->occurrences()[index], &occurrence);
  }
  EXPECT_EQ(tellings_->Find(0, *ParseNameCode("2026-03-03")), -1);  // a name of that rule has a time
  EXPECT_EQ(tellings_->Find(1, *ParseNameCode("2026-03-05")), -1);
}

TEST_F(TellingsTest, ARepeatingRuleHasTimesAndAGapAndNoLine) {
  const Telling& telling = At("ice", "2026-03-04-0800");
  EXPECT_EQ(telling.times, 2);
  EXPECT_FALSE(telling.line.has_value());
  ASSERT_TRUE(telling.gap.has_value());
  EXPECT_EQ(telling.gap->days, 0);
  EXPECT_EQ(telling.gap->seconds, 12 * 3600);
  EXPECT_EQ(telling.instant, Instant("2026-03-04T13:00Z"));
  EXPECT_EQ(telling.expire, Instant("2026-03-05T05:00Z"));
  EXPECT_FALSE(telling.start.has_value());
}

TEST_F(TellingsTest, ADayNamedByOnIsALine) {
  EXPECT_EQ(At("tips", "2026-03-04").line, (Line{0, 2}));
  EXPECT_EQ(At("tips", "2026-03-11").line, (Line{0, 9}));
}

TEST_F(TellingsTest, AReminderOfAnAppointmentHasItsStart) {
  const Telling& telling = At("eve", "2026-03-31");
  EXPECT_EQ(telling.visit, "check");
  EXPECT_EQ(telling.start, Instant("2026-04-01T14:00Z"));
  EXPECT_FALSE(telling.fell_through);
}

TEST_F(TellingsTest, ATaskIsNotOfTheSeriesOfAMessage) {
  EXPECT_EQ(At("ice", "2026-03-03-0800").series, "cold");
  EXPECT_NE(At("call", "2026-03-04").series, "cold");
}

}  // namespace
}  // namespace aftercare::plan
