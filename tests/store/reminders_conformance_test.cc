// Reminders, on every kind of database.
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

class RemindersConformance : public StoreSuite {
 protected:
  void Insert(const ReminderRow& row) {
    const absl::StatusOr<bool> inserted = InsertReminder(row);
    ASSERT_THAT(inserted, IsOk()) << inserted.status();
    ASSERT_TRUE(*inserted);
  }
  // Of clinic a, but for one thing.
  template <typename Change>
  void Insert(absl::string_view enrollment, Change change) {
    ReminderRow row = MakeReminder("a", enrollment, "ice", 1);
    change(row);
    Insert(row);
  }
  // What may be leased of a clinic by SMS in real time.
  std::string Leasable(const std::string& clinic, absl::Time now, std::optional<QueuePosition> after = {},
                       int limit = 10) {
    return Ids(Ask(&ReadTransaction::LeasableReminders, LeaseQueue{"", v1::CHANNEL_SMS, clinic}, now, after, limit));
  }
  // The position of a reminder of clinic a in a list.
  DuePosition Position(int due, const char* enrollment, const char* rule, int64_t code) {
    return {At(due), Ask(&ReadTransaction::GetEnrollment, "a", enrollment).value()->row_id, rule, code};
  }
  std::string List(ReminderQuery query) {
    query.clinic = "a";
    return Ids(Ask(&ReadTransaction::ListReminders, query));
  }
};
INSTANTIATE_FOR_EVERY_DATABASE(RemindersConformance);

TEST_P(RemindersConformance, AReminderIsReadAsItWasWritten) {
  const ReminderRow row = MakeReminder("a", "e1", "ice", 1);
  Insert(row);
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetReminder, row.key)), Show(row));
  for (const ReminderKey& other : {ReminderKey{"b", "e1", "ice", 1}, ReminderKey{"a", "e2", "ice", 1},
                                   ReminderKey{"a", "e1", "rest", 1}, ReminderKey{"a", "e1", "ice", 2}}) {
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetReminder, other)), "none");
  }
}

TEST_P(RemindersConformance, WhatIsEmptyStaysEmpty) {
  ReminderRow row = MakeReminder("a", "e1", "ice", 1);
  row.available.reset();
  row.closes.reset();
  row.reason = v1::REMINDER_REASON_NO_CONSENT;
  row.clock = "a";
  Insert(row);
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetReminder, row.key)), Show(row));
}

TEST_P(RemindersConformance, ASecondInsertIsRefusedAndLeavesTheRowAlone) {
  const ReminderRow row = MakeReminder("a", "e1", "ice", 1);
  Insert(row);
  ReminderRow other = row;
  other.state = v1::REMINDER_STATE_SENT;
  other.failures = 0;
  other.due = At(50);
  const absl::StatusOr<bool> inserted = InsertReminder(other);
  ASSERT_THAT(inserted, IsOk());
  EXPECT_FALSE(*inserted);
  EXPECT_EQ(Show(Ask(&ReadTransaction::GetReminder, row.key)), Show(row));
}

TEST_P(RemindersConformance, AnUpdateReplacesWhatChangesFromStateToStateAndNoOtherRow) {
  Insert(MakeReminder("a", "e1", "ice", 1));
  Insert(MakeReminder("a", "e1", "ice", 2));
  ReminderRow row = MakeReminder("a", "e1", "ice", 1);
  const auto update = [&] {
    ASSERT_THAT(Do(&WriteTransaction::UpdateReminder, row), IsOk());
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetReminder, row.key)), Show(row));
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetReminder, ReminderKey{"a", "e1", "ice", 2})),
              Show(MakeReminder("a", "e1", "ice", 2)));
  };
  row.state = v1::REMINDER_STATE_LEASED;
  row.available = At(30);
  row.state_time = At(2);
  row.attempts = 40;
  row.failures = 50;
  row.contact_point = 60;
  update();
  row.moved = true;  // alone
  update();
  row.channel = v1::CHANNEL_EMAIL;
  row.score = 7;
  row.error_code = "SMTP_450";
  update();
  row.state = v1::REMINDER_STATE_FAILED;
  row.reason = v1::REMINDER_REASON_ATTEMPTS_EXHAUSTED;
  row.available.reset();
  row.closes.reset();
  row.moved = false;
  update();
  row.state = v1::REMINDER_STATE_DUE;  // sent again
  row.available = At(60);
  row.closes = row.expire;
  update();
}

TEST_P(RemindersConformance, AnUpdateReplacesWhatWasFixedAtFiringToo) {
  Insert(MakeReminder("a", "e1", "ice", 1));
  ReminderRow row = MakeReminder("a", "e1", "ice", 1);
  const auto update = [&] {
    ASSERT_THAT(Do(&WriteTransaction::UpdateReminder, row), IsOk());
    EXPECT_EQ(Show(Ask(&ReadTransaction::GetReminder, row.key)), Show(row));
  };
  row.clock = "a";
  update();
  row.revision = 3;
  update();
  row.due = At(-5);
  update();
  row.expire = At(77);
  row.closes = At(77);
  update();
  row.expire = At(78);
  row.closes.reset();
  update();
}

TEST_P(RemindersConformance, AnUpdateOfARowThatIsNotThereIsAnInternalError) {
  Insert(MakeReminder("a", "e1", "ice", 1));
  ReminderRow open = MakeReminder("b", "e1", "ice", 1);
  ReminderRow closed = open;
  closed.closes.reset();
  EXPECT_THAT(Do(&WriteTransaction::UpdateReminder, open), Fails(absl::StatusCode::kInternal));
  EXPECT_THAT(Do(&WriteTransaction::UpdateReminder, closed), Fails(absl::StatusCode::kInternal));
}

TEST_P(RemindersConformance, RemindersAreListedByDueTimeThenInTheOrderOfEnrolmentInPages) {
  for (const ReminderKey& key : {ReminderKey{"a", "e2", "ice", 1}, ReminderKey{"a", "e1", "rest", 1},
                                 ReminderKey{"a", "e1", "ice", 10}, ReminderKey{"a", "e1", "ice", 9}}) {
    Insert(key.enrollment, [&](ReminderRow& row) { row.key = key; });
  }
  Insert("e3", [](ReminderRow& row) { row.due = At(-1); });
  Insert("e0", [](ReminderRow& row) { row.due = At(1); });
  Insert("e0", [](ReminderRow& row) { row.key.clinic = "b"; });
  const std::string all = "e3/ice.1 e2/ice.1 e1/ice.9 e1/ice.10 e1/rest.1 e0/ice.1";
  EXPECT_EQ(List({}), all);
  EXPECT_EQ(List({.limit = 3}), "e3/ice.1 e2/ice.1 e1/ice.9");
  EXPECT_EQ(List({.after = Position(0, "e1", "ice", 9), .limit = 2}), "e1/ice.10 e1/rest.1");
  EXPECT_EQ(List({.after = Position(0, "e1", "rest", 1)}), "e0/ice.1");
  EXPECT_EQ(List({.after = Position(1, "e0", "ice", 1)}), "");
}

TEST_P(RemindersConformance, ADueWindowHoldsItsBeginningAndNotItsEnd) {
  for (const int at : {0, 1, 2, 3}) Insert("e" + std::to_string(at), [&](ReminderRow& row) { row.due = At(at); });
  EXPECT_EQ(List({.due_from = At(1)}), "e1/ice.1 e2/ice.1 e3/ice.1");
  EXPECT_EQ(List({.due_from = At(1.000001)}), "e2/ice.1 e3/ice.1");
  EXPECT_EQ(List({.due_before = At(2)}), "e0/ice.1 e1/ice.1");
  EXPECT_EQ(List({.due_from = At(1), .due_before = At(3)}), "e1/ice.1 e2/ice.1");
  EXPECT_EQ(List({.due_from = At(2), .due_before = At(2)}), "");
  EXPECT_EQ(List({.after = Position(0, "e0", "ice", 1), .due_from = At(2)}), "e2/ice.1 e3/ice.1");
  EXPECT_EQ(List({.after = Position(2, "e2", "ice", 1), .due_from = At(1)}), "e3/ice.1");
  EXPECT_EQ(List({.after = Position(2, "e2", "ice", 1), .due_from = At(2)}), "e3/ice.1");
}

TEST_P(RemindersConformance, AListingOfOneEnrollmentHoldsItsRemindersOnlyInTheSameOrder) {
  Insert("e1", [](ReminderRow& row) { row.due = At(3); });
  Insert("e1", [](ReminderRow& row) { row.key.rule = "rest", row.due = At(1); });
  Insert("e1", [](ReminderRow& row) { row.key.code = 2, row.due = At(2); });
  Insert("e2", [](ReminderRow& row) { row.due = At(2); });
  EXPECT_EQ(List({.enrollment = "e1"}), "e1/rest.1 e1/ice.2 e1/ice.1");
  EXPECT_EQ(List({.enrollment = "e1", .after = Position(1, "e1", "rest", 1), .limit = 1}), "e1/ice.2");
  EXPECT_EQ(List({.enrollment = "e1", .due_from = At(2), .due_before = At(3)}), "e1/ice.2");
  EXPECT_EQ(List({.enrollment = "e3"}), "");
}

TEST_P(RemindersConformance, AListingHoldsTheStatesAskedForOnly) {
  for (int state = v1::ReminderState_MIN; state <= v1::ReminderState_MAX; ++state) {
    if (!v1::ReminderState_IsValid(state)) continue;
    Insert("s" + std::to_string(state), [&](ReminderRow& row) { row.state = static_cast<v1::ReminderState>(state); });
  }
  EXPECT_EQ(List({.states = {v1::REMINDER_STATE_DUE}}), "s2/ice.1");
  EXPECT_EQ(List({.states = {v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_STATE_DUE, v1::REMINDER_STATE_UNSPECIFIED}}),
            "s0/ice.1 s2/ice.1 s10/ice.1");
  EXPECT_EQ(List({.enrollment = "s2", .states = {v1::REMINDER_STATE_SENT}}), "");
  for (int state = v1::ReminderState_MIN; state <= v1::ReminderState_MAX; ++state) {
    if (!v1::ReminderState_IsValid(state)) continue;
    const std::string id = "s" + std::to_string(state);
    EXPECT_THAT(List({}), testing::HasSubstr(id + "/")) << "with no states all are asked for";
  }
}

TEST_P(RemindersConformance, AReminderIsLeasableFromAvailableUpToAndWithoutExpire) {
  Insert("e1", [](ReminderRow& row) { row.available = At(10), row.expire = At(20), row.closes = At(20); });
  EXPECT_EQ(Leasable("a", At(9.999999)), "");
  EXPECT_EQ(Leasable("a", At(10)), "e1/ice.1");
  EXPECT_EQ(Leasable("a", At(19.999999)), "e1/ice.1");
  EXPECT_EQ(Leasable("a", At(20)), "");
}

TEST_P(RemindersConformance, AQueueIsOfOneClinicAndChannelAndClockByAvailableThenInTheOrderOfInsertion) {
  Insert("e2", [](ReminderRow& row) { row.available = At(1); });
  Insert("e1", [](ReminderRow& row) { row.available = At(1), row.due = At(-9); });
  Insert("e1", [](ReminderRow& row) { row.available = At(1), row.key.code = 2, row.due = At(-10); });
  Insert("e3", [](ReminderRow& row) { row.available = At(0); });
  Insert("e4", [](ReminderRow& row) { row.available.reset(); });
  Insert("e5", [](ReminderRow& row) { row.available = At(1), row.channel = v1::CHANNEL_EMAIL; });
  Insert("e0", [](ReminderRow& row) { row.available = At(1), row.key.clinic = "b"; });
  Insert("e9", [](ReminderRow& row) { row.available = At(1), row.clock = "a"; });
  EXPECT_EQ(Leasable("a", At(5)), "e3/ice.1 e2/ice.1 e1/ice.1 e1/ice.2");
  const int64_t row_id = Ask(&ReadTransaction::GetReminder, ReminderKey{"a", "e2", "ice", 1}).value()->row_id;
  EXPECT_EQ(Leasable("a", At(5), QueuePosition{At(1), row_id}), "e1/ice.1 e1/ice.2");
  EXPECT_EQ(Leasable("a", At(5), {}, 1), "e3/ice.1");
  EXPECT_EQ(Leasable("b", At(5)), "e0/ice.1");
  EXPECT_EQ(
      Ids(Ask(&ReadTransaction::LeasableReminders, LeaseQueue{"a", v1::CHANNEL_SMS, "a"}, At(5), std::nullopt, 9)),
      "e9/ice.1");
  EXPECT_EQ(
      Ids(Ask(&ReadTransaction::LeasableReminders, LeaseQueue{"", v1::CHANNEL_EMAIL, "a"}, At(5), std::nullopt, 9)),
      "e5/ice.1");
}

TEST_P(RemindersConformance, ClinicsWithMessagesForGatewaysAreFoundOneAfterTheOther) {
  const auto next = [this](const char* clock, std::vector<v1::Channel> channels, const char* after) {
    return Ask(&ReadTransaction::NextLeaseClinic, clock, channels, after)->value_or("none");
  };
  EXPECT_EQ(next("", {v1::CHANNEL_SMS}, ""), "none");
  Insert("e1", [](ReminderRow& row) { row.key.clinic = "b", row.available = At(1); });
  Insert("e2", [](ReminderRow& row) { row.key.clinic = "c", row.available = At(1); });
  Insert("e3", [](ReminderRow& row) { row.key.clinic = "a", row.available.reset(); });
  Insert("e4", [](ReminderRow& row) { row.key.clinic = "d", row.available = At(1), row.channel = v1::CHANNEL_EMAIL; });
  Insert("e5", [](ReminderRow& row) { row.key.clinic = "e", row.available = At(1), row.clock = "e"; });
  EXPECT_EQ(next("", {v1::CHANNEL_SMS}, ""), "b");
  EXPECT_EQ(next("", {v1::CHANNEL_SMS}, "b"), "c");
  EXPECT_EQ(next("", {v1::CHANNEL_SMS}, "c"), "none");
  EXPECT_EQ(next("", {v1::CHANNEL_EMAIL}, ""), "d");
  EXPECT_EQ(next("e", {v1::CHANNEL_SMS}, ""), "e");
  EXPECT_EQ(next("", {v1::CHANNEL_EMAIL, v1::CHANNEL_SMS}, ""), "b");
  EXPECT_EQ(next("", {v1::CHANNEL_EMAIL, v1::CHANNEL_SMS}, "c"), "d");
  EXPECT_EQ(next("", {v1::CHANNEL_EMAIL, v1::CHANNEL_SMS}, "d"), "none");
  EXPECT_EQ(next("", {v1::CHANNEL_EMAIL}, "nobody"), "d") << "who has no enrollment is before all others";
}

TEST_P(RemindersConformance, NextAvailableIsTheFirstInstantAfterNow) {
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextAvailable, "", At(0))), "none");
  Insert("e1", [](ReminderRow& row) { row.available = At(1); });
  Insert("e2", [](ReminderRow& row) { row.available = At(3); });
  Insert("e3", [](ReminderRow& row) { row.available.reset(); });
  Insert("e4", [](ReminderRow& row) { row.available = At(2), row.clock = "a"; });
  EXPECT_EQ(*Ask(&ReadTransaction::NextAvailable, "", At(0)), At(1));
  EXPECT_EQ(*Ask(&ReadTransaction::NextAvailable, "", At(0.999999)), At(1));
  EXPECT_EQ(*Ask(&ReadTransaction::NextAvailable, "", At(1)), At(3));
  EXPECT_EQ(Show(Ask(&ReadTransaction::NextAvailable, "", At(3))), "none");
  EXPECT_EQ(*Ask(&ReadTransaction::NextAvailable, "a", At(0)), At(2));
}

TEST_P(RemindersConformance, AnOpenReminderExpiresAtItsExpireTimeAndAClosedOneNever) {
  const auto expiring = [](int at, bool open) {
    return [=](ReminderRow& row) {
      row.expire = At(at);
      row.closes = open ? std::optional(At(at)) : std::nullopt;
    };
  };
  Insert("e3", expiring(3, true));
  Insert("e2", expiring(2, true));
  Insert("e1", expiring(2, true));
  Insert("e0", expiring(1, false));
  Insert("e4", [&](ReminderRow& row) { expiring(1, true)(row), row.clock = "a"; });
  Insert("e0", [&](ReminderRow& row) { expiring(2, true)(row), row.key.clinic = "b"; });
  const auto expired = [&](absl::Time now, int limit) {
    return Ids(Ask(&ReadTransaction::ExpiredReminders, "", now, limit));
  };
  EXPECT_EQ(expired(At(1.999999), 10), "");
  EXPECT_EQ(expired(At(2), 10), "e2/ice.1 e1/ice.1 e0/ice.1");
  EXPECT_EQ(expired(At(3), 10), "e2/ice.1 e1/ice.1 e0/ice.1 e3/ice.1");
  EXPECT_EQ(expired(At(3), 2), "e2/ice.1 e1/ice.1");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ExpiredReminders, "a", At(9), 10)), "e4/ice.1");
}

TEST_P(RemindersConformance, AnUpdatedReminderIsFoundByItsNewTimesOnly) {
  ReminderRow row = MakeReminder("a", "e1", "ice", 1);
  Insert(row);
  row.available = At(50);
  ASSERT_THAT(Do(&WriteTransaction::UpdateReminder, row), IsOk());
  EXPECT_EQ(Leasable("a", At(49)), "");
  EXPECT_EQ(*Ask(&ReadTransaction::NextAvailable, "", At(0)), At(50));
  row.available.reset();
  row.closes.reset();
  ASSERT_THAT(Do(&WriteTransaction::UpdateReminder, row), IsOk());
  EXPECT_EQ(Leasable("a", At(60)), "");
  EXPECT_EQ(Ids(Ask(&ReadTransaction::ExpiredReminders, "", At(1000), 10)), "");
  row.due = At(-7);
  ASSERT_THAT(Do(&WriteTransaction::UpdateReminder, row), IsOk());
  EXPECT_EQ(List({.due_before = At(-6)}), "e1/ice.1");
  EXPECT_EQ(List({.due_from = At(-6)}), "");
}

}  // namespace
}  // namespace aftercare::store
