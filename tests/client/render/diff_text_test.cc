#include "services/client/render/diff_text.h"

#include <gtest/gtest.h>

#include "tests/support/text_proto.h"

namespace aftercare::client {
namespace {

v1::PlanDiff Diff(const std::string& text) { return FromText<v1::PlanDiff>(text); }

TEST(DiffTextTest, EachChangeIsALineAndTheSumIsTheLast) {
  EXPECT_EQ(RenderDiff(Diff(R"pb(
                         moved_count: 1 added_count: 1 dropped_count: 1 already_sent_count: 1
                         changes {
                           name: "clinics/a/enrollments/e/reminders/ice.1" kind: PLAN_CHANGE_KIND_ALREADY_SENT
                           old_due_time { seconds: 1772532000 } new_due_time { seconds: 1772618400 }
                         }
                         changes {
                           name: "clinics/a/enrollments/e/reminders/ice.2" kind: PLAN_CHANGE_KIND_MOVED
                           old_due_time { seconds: 1772618400 } new_due_time { seconds: 1772704800 }
                         }
                         changes {
                           name: "clinics/a/enrollments/e/reminders/new.1" kind: PLAN_CHANGE_KIND_ADDED
                           new_due_time { seconds: 1772704800 }
                         }
                         changes {
                           name: "clinics/a/enrollments/e/reminders/old.1" kind: PLAN_CHANGE_KIND_DROPPED
                           old_due_time { seconds: 1772704800 }
                         })pb"),
                       {}),
            "CHANGE   REMINDER  WAS DUE (UTC)     IS DUE (UTC)\n"
            "sent     e/ice.1   2026-03-03 10:00  not again\n"
            "moved    e/ice.2   2026-03-04 10:00  2026-03-05 10:00\n"
            "added    e/new.1                     2026-03-05 10:00\n"
            "dropped  e/old.1   2026-03-05 10:00\n"
            "1 moved, 1 added, 1 dropped, 1 sent already\n");
}

TEST(DiffTextTest, NoChangeIsSaidInWords) { EXPECT_EQ(RenderDiff({}, {}), "The plan stays as it is.\n"); }

TEST(DiffTextTest, WhatIsCountedAndNotListedIsSaid) {
  const std::string text = RenderDiff(Diff(R"pb(
                                        moved_count: 1500
                                        changes {
                                          name: "clinics/a/enrollments/e/reminders/ice.1" kind: PLAN_CHANGE_KIND_MOVED
                                          old_due_time { seconds: 1772618400 } new_due_time { seconds: 1772704800 }
                                        })pb"),
                                      {});
  EXPECT_NE(text.find("... and 1,499 reminders more\n1,500 moved, "), std::string::npos) << text;
}

}  // namespace
}  // namespace aftercare::client
