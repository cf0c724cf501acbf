// Runs tests/engine/enrollments/schedule_cases.txt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <regex>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/world.h"
#include "tests/plan/case_table.h"

namespace aftercare::engine {
namespace {

constexpr char kEnrollment[] = "clinics/north/enrollments/e";

class ScheduleCases : public ::testing::TestWithParam<plan::Case> {
 protected:
  // Reads what is given, and lets happen what happens.
  void Play() {
    for (const std::string& phrase : GetParam().given) {
      std::smatch m;
      if (absl::StartsWith(phrase, "procedure ")) {
        procedure_date_ = phrase.substr(sizeof("procedure ") - 1);
      } else if (std::regex_match(phrase, m, std::regex("(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d) (.*)"))) {
        GoTo(plan::LocalTime(m[1], clock_));
        ASSERT_NO_FATAL_FAILURE(Happens(m[2]));
        if (world_ && running_) world_->Settle();
      } else {
        ASSERT_TRUE(plan::AddRule(phrase, &pathway_)) << "nobody understands: " << phrase;
      }
    }
  }

  // How all reminders stand, and what was sent.
  std::vector<std::string> Outcome() {
    std::vector<std::string> lines;
    const v1::GetTimelineResponse timeline = world_->Timeline(kEnrollment);
    for (const v1::Reminder& reminder : timeline.reminders()) {
      lines.push_back(absl::StrCat(IdOf(reminder.name()), " ",
                                   plan::LocalAndUtc(plan::ToTime(reminder.due_time()), zone_), " ",
                                   StateAndReason(reminder)));
    }
    if (diff_) lines.push_back(*diff_);
    if (sent_) lines.push_back(*sent_);
    return lines;
  }

 private:
  void GoTo(absl::Time time) {
    if (!world_) {
      world_ = std::make_unique<World>(time);
      world_->CreateClinic("north");
      world_->CreatePathway("north", "knee", pathway_);
    } else if (running_) {
      world_->MoveTo(time);
    } else {
      world_->clock().Set(time);
    }
  }

  void Happens(const std::string& what) {
    std::smatch m;
    if (std::regex_match(what, m, std::regex("the procedure is (?:put off until|corrected to) (.*)"))) {
      v1::Enrollment changed;
      changed.set_procedure_date(m[1]);
      return Update(changed);
    }
    if (std::regex_match(what, m, std::regex("moves to (.*)"))) {
      v1::Enrollment there;
      there.set_time_zone(m[1]);
      zone_ = plan::FindZone(m[1].str()).value();
      return Update(there);
    }
    const std::map<std::string, std::function<void()>> known = {
        {"enrolled", [this] { Enrol(); }},
        {"ended", [this] { EXPECT_TRUE(world_->End(kEnrollment).ok()); }},
        {"the server stops", [this] { Run(false); }},
        {"the server starts", [this] { Run(true); }},
        {"a gateway sends what is due", [this] { SendWhatIsDue(); }},
    };
    const auto found = known.find(what);
    ASSERT_NE(found, known.end()) << "nobody knows what happens: " << what;
    found->second();
  }

  void Enrol() {
    v1::Enrollment patient = KneePatient("north");
    patient.set_procedure_date(procedure_date_);
    patient.set_time_zone(zone_.name());
    world_->Enrol("north", "e", patient);
  }

  void Update(v1::Enrollment changed) {
    v1::UpdateEnrollmentRequest request;
    changed.set_name(kEnrollment);
    *request.mutable_enrollment() = changed;
    const auto response = Good(world_->Call(&Engine::enrollments, &Enrollments::Update, request));
    diff_ = "diff:";
    for (const v1::PlanChange& change : response.diff().changes()) {
      const std::string kind = v1::PlanChangeKind_Name(change.kind()).substr(sizeof("PLAN_CHANGE_KIND_") - 1);
      absl::StrAppend(&*diff_, " ", IdOf(change.name()), " ", kind);
    }
  }

  void Run(bool run) {
    run ? world_->Start() : world_->Stop();
    running_ = run;
  }

  void SendWhatIsDue() {
    if (!sent_) sent_ = "sent:";
    for (const std::string& id : world_->SendAll("north")) absl::StrAppend(&*sent_, " ", id);
  }

  const absl::TimeZone clock_ = plan::FindZone(GetParam().zone).value();
  absl::TimeZone zone_ = clock_;
  std::string procedure_date_;
  v1::Pathway pathway_ = plan::WithoutRules();
  std::unique_ptr<World> world_;  // from the first thing that happens on
  bool running_ = true;
  std::optional<std::string> diff_;  // of the last change
  std::optional<std::string> sent_;  // from the first time a gateway asks on
};

TEST_P(ScheduleCases, EachScheduleCaseEndsAsItsTableSays) {
  ASSERT_NO_FATAL_FAILURE(Play());
  EXPECT_EQ(Outcome(), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Table, ScheduleCases,
                         ::testing::ValuesIn(plan::ReadCases("tests/engine/enrollments/schedule_cases.txt")), plan::NameOfCase);

}  // namespace
}  // namespace aftercare::engine
