#include "services/client/render/diff_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

v1::PlanDiff Diff(const std::string& text) { return FromText<v1::PlanDiff>(text); }

TEST(DiffTextTest, EachChangeIsALineAndTheSumIsTheLast) {
  EXPECT_EQ(RenderDiff(Diff(R"pb(
                         moved_count: 1 added_count: 1 dropped_count: 1 already_sent_count: 1
                         changes {
                           name: "clinics/a/enrollments/e/reminders/ice.2026-03-03" kind: PLAN_CHANGE_KIND_ALREADY_SENT
                           old_due_time { seconds: 1772532000 } new_due_time { seconds: 1772618400 }
                         }
                         changes {
                           name: "clinics/a/enrollments/e/reminders/ice.2026-03-04" kind: PLAN_CHANGE_KIND_MOVED
                           old_due_time { seconds: 1772618400 } new_due_time { seconds: 1772704800 }
                         }
                         changes {
                           name: "clinics/a/enrollments/e/reminders/new.2026-03-05" kind: PLAN_CHANGE_KIND_ADDED
                           new_due_time { seconds: 1772704800 }
                         }
                         changes {
                           name: "clinics/a/enrollments/e/reminders/old.2026-03-05" kind: PLAN_CHANGE_KIND_DROPPED
                           old_due_time { seconds: 1772704800 }
                         })pb"),
                       {}),
            "CHANGE   REMINDER          WAS DUE (UTC)     IS DUE (UTC)\n"
            "sent     e/ice.2026-03-03  2026-03-03 10:00  not again\n"
            "moved    e/ice.2026-03-04  2026-03-04 10:00  2026-03-05 10:00\n"
            "added    e/new.2026-03-05                    2026-03-05 10:00\n"
            "dropped  e/old.2026-03-05  2026-03-05 10:00\n"
            "1 moved, 1 added, 1 dropped, 1 sent already\n");
}

TEST(DiffTextTest, NoChangeIsSaidInWords) { EXPECT_EQ(RenderDiff({}, {}), "The plan stays as it is.\n"); }

// Returns a change of the reminder `r.2026-03-04`. Times are seconds; 0 for none.
std::string Change(const std::string& kind, int64_t old_due, int64_t new_due, const std::string& more = "") {
  const auto time = [](const char* field, int64_t due) {
    return due == 0 ? "" : absl::StrCat(field, " { seconds: ", due, " } ");
  };
  return absl::StrCat("changes { name: 'clinics/a/enrollments/e/reminders/r.2026-03-04' kind: PLAN_CHANGE_KIND_", kind,
                      " ", time("old_due_time", old_due), time("new_due_time", new_due), more, " } ");
}

TEST(DiffTextTest, WhatIsSentAgainOrNeverToldStandsFirstAndIsSaidInWords) {
  const std::string text =
      RenderDiff(Diff("moved_count: 1 suppressed_count: 1 never_told_count: 1 sent_again_count: 2 " +
                      Change("MOVED", 1772532000, 1772618400) + Change("NEVER_TOLD", 0, 1772532000) +
                      Change("SENT_AGAIN", 1772532000, 1772618400,
                             "old_name: 'clinics/a/enrollments/e/reminders/told.2026-03-03'") +
                      Change("SUPPRESSED", 1772532000, 0) + Change("SENT_AGAIN", 1772532000, 1772618400)),
                 {});
  EXPECT_EQ(
      text,
      "SENT AGAIN: 2 reminders. The patient was told the same before, for another date or another start of the visit.\n"
      "NEVER TOLD: 1 reminder. The time has passed, or nothing is left that tells the new start of the visit. Please "
      "tell the patient yourself.\n"
      "suppressed: 1 reminder. Nothing is sent: the patient may not or cannot be written to, or contact hours leave no time for it.\n"
      "CHANGE      REMINDER                                  WAS DUE (UTC)          IS DUE (UTC)\n"
      "SENT AGAIN  e/r.2026-03-04 (told by told.2026-03-03)  told 2026-03-03 10:00  2026-03-04 10:00\n"
      "SENT AGAIN  e/r.2026-03-04                            told 2026-03-03 10:00  2026-03-04 10:00\n"
      "NEVER TOLD  e/r.2026-03-04                                                   never (past: 2026-03-03 10:00)\n"
      "suppressed  e/r.2026-03-04                            2026-03-03 10:00       not sent\n"
      "moved       e/r.2026-03-04                            2026-03-03 10:00       2026-03-04 10:00\n"
      "2 SENT AGAIN, 1 NEVER TOLD, 1 suppressed, 1 moved, 0 added, 0 dropped, 0 sent already\n");
}

TEST(DiffTextTest, EveryKindOfChangeIsShownInWordsOfItsOwn) {
  std::set<std::string> labels;
  const auto* kinds = v1::PlanChangeKind_descriptor();
  for (int i = 1; i < kinds->value_count(); ++i) {
    const std::string kind = kinds->value(i)->name().substr(std::string("PLAN_CHANGE_KIND_").size());
    const std::string text = RenderDiff(Diff(Change(kind, 1772532000, 1772618400)), {});
    const std::string row = text.substr(text.find('\n') + 1);
    const std::string label = row.substr(0, row.find("  "));
    EXPECT_FALSE(label.empty()) << kind;
    EXPECT_TRUE(labels.insert(label).second) << label;
    EXPECT_EQ(label.find_first_of("0123456789"), std::string::npos) << kind << " is not known";
  }
}

TEST(DiffTextTest, EveryCountIsInTheSummaryAndIsAdded) {
  const auto* fields = v1::PlanDiff::descriptor();
  for (int i = 0; i < fields->field_count(); ++i) {
    if (fields->field(i)->is_repeated()) continue;
    v1::PlanDiff diff;
    diff.GetReflection()->SetInt64(&diff, fields->field(i), 1234);
    EXPECT_NE(DiffSummary(diff).find("1,234 "), std::string::npos) << fields->field(i)->name();
    // All but the visits are counts of reminders, which are listed.
    const bool is_listed = fields->field(i)->name() != "visits_outside_window_count";
    EXPECT_EQ(RenderDiff(diff, {}).find("... and 1,234 more\n") != std::string::npos, is_listed)
        << fields->field(i)->name();
    v1::PlanDiff sum = diff;
    AddDiffCounts(diff, &sum);
    EXPECT_EQ(sum.GetReflection()->GetInt64(sum, fields->field(i)), 2468) << fields->field(i)->name();
  }
}

TEST(DiffTextTest, VisitsOutsideTheirWindowsAreNamedThoughNoReminderChanges) {
  const v1::PlanDiff diff = Diff(R"pb(
    visits_outside_window: "clinics/a/enrollments/e/visits/month-6"
    visits_outside_window: "clinics/a/enrollments/e/visits/month-9"
    visits_outside_window_count: 2
  )pb");
  EXPECT_EQ(RenderDiff(diff, {}),
            "OUTSIDE ITS WINDOW: month-6, month-9. The visit stays booked for a date on which it should not take place. "
            "Please book it anew.\n"
            "0 moved, 0 added, 0 dropped, 0 sent already, 2 visits outside the window\n");
}

TEST(DiffTextTest, AReminderThatHasAnotherNameIsShownWithBoth) {
  const std::string old_name = "old_name: 'clinics/a/enrollments/e/reminders/ice.2026-03-03'";
  const std::string text = RenderDiff(Diff("moved_count: 1 " + Change("MOVED", 1772532000, 1772618400, old_name)), {});
  EXPECT_NE(text.find("moved   e/r.2026-03-04 (was ice.2026-03-03)  2026-03-03 10:00"), std::string::npos) << text;
  const std::string same = "old_name: 'clinics/a/enrollments/e/reminders/r.2026-03-04'";
  const std::string once = RenderDiff(Diff("moved_count: 1 " + Change("MOVED", 1772532000, 1772618400, same)), {});
  EXPECT_EQ(once.find("was "), std::string::npos) << once;
}

TEST(DiffTextTest, WhatIsCountedAndNotListedIsSaid) {
  const std::string text = RenderDiff(Diff(R"pb(
                                        moved_count: 1500
                                        changes {
                                          name: "clinics/a/enrollments/e/reminders/ice.2026-03-04"
                                          kind: PLAN_CHANGE_KIND_MOVED
                                          old_due_time { seconds: 1772618400 } new_due_time { seconds: 1772704800 }
                                        })pb"),
                                      {});
  EXPECT_NE(text.find("... and 1,499 more\n1,500 moved, "), std::string::npos) << text;
}

}  // namespace
}  // namespace aftercare::client
