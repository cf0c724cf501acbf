// What is counted of how patients follow their care plans, and who is marked for it, on every kind of database.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AdherenceConformance : public StoreSuite {
 protected:
  // Enrols a patient in real time, or on the clinic's test clock. Returns the row_id.
  int64_t Enrol(const std::string& clinic, const std::string& id, bool sandbox = false) {
    EnrollmentRow row = MakeEnrollment(clinic, id);
    row.clock = sandbox ? clinic : "";
    EXPECT_THAT(Do(&WriteTransaction::InsertEnrollment, row), IsOk());
    return Ask(&ReadTransaction::GetEnrollment, clinic, id).value()->row_id;
  }
  void Mark(const std::string& clinic, int64_t row_id, absl::Time count_after, const ClockId& clock = "") {
    Apply([&](WriteTransaction& tx) { return tx.MarkAdherence(clinic, clock, row_id, count_after); });
  }
  std::vector<AdherenceMark> Marks(const std::string& clinic, absl::Time through, const ClockId& clock = "",
                                   int limit = 100) {
    return Ask(&ReadTransaction::AdherenceMarks, clock, clinic, through, limit).value();
  }
  bool StoreCount(const AdherenceMark& mark, const std::optional<AdherenceRow>& counted) {
    absl::StatusOr<bool> stored;
    Apply([&](WriteTransaction& tx) {
      stored = tx.StoreAdherence(mark, counted);
      return stored.status();
    });
    return stored.ok() && *stored;
  }
  static AdherenceRow Row(int64_t row_id, const std::string& id, int64_t last_day = 20'000) {
    return {row_id, id, "knee", "Europe/Madrid", v1::ENROLLMENT_STATE_ACTIVE, last_day, 0xF0000001, 1, 19'990};
  }
  // `e1 of knee in Europe/Madrid, state 1, day 20000, f0000001 1, since 19990`.
  static std::string Shown(const AdherenceRow& row) {
    return absl::StrCat(row.enrollment, " of ", row.pathway, " in ", row.time_zone, ", state ", row.state, ", day ",
                        row.last_day, ", ", absl::Hex(row.asked), " ", absl::Hex(row.done),
                        row.silent_since ? absl::StrCat(", since ", *row.silent_since) : "");
  }
  std::vector<std::string> All(const std::string& clinic) {
    std::vector<std::string> lines;
    EXPECT_THAT(Read(store(),
                     [&](ReadTransaction& tx) {
                       EXPECT_THAT(tx.ForEachAdherence(
                                       clinic, [&](const AdherenceRow& row) { lines.push_back(Shown(row)); }),
                                   IsOk());
                     }),
                IsOk());
    std::sort(lines.begin(), lines.end());
    return lines;
  }
};
INSTANTIATE_FOR_EVERY_DATABASE(AdherenceConformance);

TEST_P(AdherenceConformance, WhatWasCountedIsReadAsItWasStored) {
  const int64_t e1 = Enrol("a", "e1");
  const int64_t e2 = Enrol("a", "e2");
  for (const int64_t row_id : {e1, e2}) Mark("a", row_id, At(5));
  EXPECT_TRUE(StoreCount(Marks("a", At(5)).at(0), Row(e1, "e1")));
  AdherenceRow second = Row(e2, "e2");
  second.silent_since.reset();
  EXPECT_TRUE(StoreCount(Marks("a", At(5)).at(0), second));
  EXPECT_THAT(All("a"), ElementsAre("e1 of knee in Europe/Madrid, state 1, day 20000, f0000001 1, since 19990",
                                    "e2 of knee in Europe/Madrid, state 1, day 20000, f0000001 1"));
  EXPECT_EQ(Shown(*Ask(&ReadTransaction::GetAdherence, "a", e2).value()),
            "e2 of knee in Europe/Madrid, state 1, day 20000, f0000001 1");
  EXPECT_EQ(Ask(&ReadTransaction::GetAdherence, "a", e2 + 1).value(), std::nullopt);
  EXPECT_THAT(All("b"), IsEmpty());
}

TEST_P(AdherenceConformance, ACountReplacesTheOneBeforeOrRemovesIt) {
  const int64_t e1 = Enrol("a", "e1");
  Mark("a", e1, At(5));
  EXPECT_TRUE(StoreCount(Marks("a", At(5)).at(0), Row(e1, "e1")));
  Mark("a", e1, At(6));
  EXPECT_TRUE(StoreCount(Marks("a", At(6)).at(0), Row(e1, "e1", 20'001)));
  EXPECT_THAT(All("a"), ElementsAre("e1 of knee in Europe/Madrid, state 1, day 20001, f0000001 1, since 19990"));
  Mark("a", e1, At(7));
  EXPECT_TRUE(StoreCount(Marks("a", At(7)).at(0), std::nullopt));
  EXPECT_THAT(All("a"), IsEmpty());
  EXPECT_THAT(Marks("a", absl::InfiniteFuture()), IsEmpty());
}

TEST_P(AdherenceConformance, MarksAreThoseOfAClinicAndClockUpToATime) {
  const int64_t e1 = Enrol("a", "e1");
  const int64_t e2 = Enrol("a", "e2");
  const int64_t other = Enrol("b", "e1", /*sandbox=*/true);
  Mark("a", e2, At(3));
  Mark("a", e1, At(5));
  Mark("a", e1, kCountAtOnce);
  Mark("b", other, At(1), "b");
  const auto ids = [&](absl::Time through, int limit = 100) {
    return absl::StrJoin(Marks("a", through, "", limit), " ", [](std::string* out, const AdherenceMark& mark) {
      absl::StrAppend(out, mark.enrollment_row_id, mark.count_after == kCountAtOnce ? "!" : "");
    });
  };
  EXPECT_EQ(ids(At(2)), absl::StrCat(e1, "!"));
  EXPECT_EQ(ids(At(3)), absl::StrCat(e1, "! ", e2));
  EXPECT_EQ(ids(At(9)), absl::StrCat(e1, "! ", e2, " ", e1));
  EXPECT_EQ(ids(At(9), 2), absl::StrCat(e1, "! ", e2));
  EXPECT_THAT(Marks("b", At(9)), IsEmpty());
  ASSERT_EQ(Marks("b", At(9), "b").size(), 1u);
  const auto first = Ask(&ReadTransaction::FirstAdherenceMarks).value();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].clinic, "a");
  EXPECT_EQ(first[0].clock, "");
  EXPECT_EQ(first[0].count_after, kCountAtOnce);
  EXPECT_EQ(first[1].clinic, "b");
  EXPECT_EQ(first[1].clock, "b");
  EXPECT_EQ(first[1].count_after, At(1));
}

TEST_P(AdherenceConformance, WhatIsMarkedAgainWhileItIsCountedStaysMarked) {
  const int64_t e1 = Enrol("a", "e1");
  Mark("a", e1, kCountAtOnce);
  const AdherenceMark mark = Marks("a", At(5)).at(0);
  Mark("a", e1, kCountAtOnce);
  EXPECT_FALSE(StoreCount(mark, Row(e1, "e1")));
  EXPECT_THAT(All("a"), IsEmpty());
  const AdherenceMark again = Marks("a", At(5)).at(0);
  EXPECT_TRUE(StoreCount(again, Row(e1, "e1")));
  EXPECT_FALSE(StoreCount(again, Row(e1, "e1", 1))) << "it has been counted";
  EXPECT_THAT(Marks("a", At(5)), IsEmpty());
}

TEST_P(AdherenceConformance, AnotherVersionOfAnEnrollmentMarksIt) {
  const int64_t e1 = Enrol("a", "e1");
  Mark("a", e1, At(5));
  EXPECT_TRUE(StoreCount(Marks("a", At(5)).at(0), Row(e1, "e1")));
  EnrollmentRow row = *Ask(&ReadTransaction::GetEnrollment, "a", "e1").value();
  row.next_due = At(77);
  EXPECT_THAT(Do(&WriteTransaction::UpdateEnrollment, row), IsOk());
  EXPECT_THAT(Marks("a", At(5)), IsEmpty()) << "only its next_due has changed";
  ++row.version;
  row.state = v1::ENROLLMENT_STATE_ENDED;
  EXPECT_THAT(Do(&WriteTransaction::UpdateEnrollment, row), IsOk());
  ASSERT_EQ(Marks("a", At(5)).size(), 1u);
  EXPECT_EQ(Marks("a", At(5)).at(0).count_after, kCountAtOnce);
  EXPECT_THAT(All("a"), ElementsAre("e1 of knee in Europe/Madrid, state 3, day 20000, f0000001 1, since 19990"));
}

TEST_P(AdherenceConformance, OtherTimeZoneRulesMarkAllThatWasCounted) {
  const int64_t e1 = Enrol("a", "e1");
  const int64_t e2 = Enrol("b", "e2", /*sandbox=*/true);
  Enrol("a", "e3");
  Mark("a", e1, At(5));
  EXPECT_TRUE(StoreCount(Marks("a", At(5)).at(0), Row(e1, "e1")));
  Mark("b", e2, At(5), "b");
  EXPECT_TRUE(StoreCount(Marks("b", At(5), "b").at(0), Row(e2, "e2")));
  EXPECT_THAT(Do(&WriteTransaction::ReplanAll, 4711), IsOk());
  ASSERT_EQ(Marks("a", At(5)).size(), 1u);
  EXPECT_EQ(Marks("a", At(5)).at(0).enrollment_row_id, e1);
  ASSERT_EQ(Marks("b", At(5), "b").size(), 1u);
  EXPECT_EQ(Marks("b", At(5), "b").at(0).enrollment_row_id, e2);
}

TEST_P(AdherenceConformance, ACommitTellsFromWhenOnSomethingIsToBeCounted) {
  const int64_t e1 = Enrol("a", "e1");
  const int64_t boxed = Enrol("b", "e1", /*sandbox=*/true);
  absl::Time count = absl::InfiniteFuture();
  store().SetListeners([&](const CommitNotes& notes) { count = std::min(count, notes.count); }, nullptr);
  const auto told = [&] { return std::exchange(count, absl::InfiniteFuture()); };
  Mark("a", e1, At(5));
  EXPECT_EQ(told(), At(5));
  Mark("a", e1, At(5));
  EXPECT_EQ(told(), absl::InfiniteFuture()) << "it was marked already";
  Mark("b", boxed, At(5), "b");
  EXPECT_EQ(told(), absl::InfiniteFuture()) << "nobody knows when a test clock moves";
  Mark("b", boxed, kCountAtOnce, "b");
  EXPECT_EQ(told(), kCountAtOnce);
  ClinicRow clinic = MakeClinic("b");
  EXPECT_THAT(Do(&WriteTransaction::InsertClinic, clinic), IsOk());
  clinic.data.mutable_test_clock_time()->set_seconds(7);
  told();
  EXPECT_THAT(Do(&WriteTransaction::UpdateClinic, clinic), IsOk());
  EXPECT_EQ(told(), absl::InfinitePast());
}

}  // namespace
}  // namespace aftercare::store
