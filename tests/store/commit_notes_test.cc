// What the commit listener is told of mutations, and what their events carry, on every kind of database.
#include <deque>
#include <functional>
#include <optional>

#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;

class CommitNotesTest : public StoreSuite {
 protected:
  // Commits a mutation and returns when it wants real time to be swept; nothing if it does not say or is not heard of.
  std::optional<absl::Time> WakeOf(std::function<absl::Status(WriteTransaction&)> mutation) {
    wake_.reset();
    store().SetListeners(
        [this](const CommitNotes& notes) {
          if (notes.wake != absl::InfiniteFuture()) wake_ = notes.wake;
        },
        nullptr);
    EXPECT_THAT(Write(store(), mutation), IsOk());
    return wake_;
  }

  std::vector<std::string> Actors() {
    std::vector<std::string> actors;
    const auto events = Ask(&ReadTransaction::ListEvents, "log", 0, 10);
    for (const EventRow& event : events.value()) actors.push_back(event.data.actor());
    return actors;
  }

  std::optional<absl::Time> wake_;
  std::deque<Outcome> outcomes_;
};
INSTANTIATE_FOR_EVERY_DATABASE(CommitNotesTest);

TEST_P(CommitNotesTest, NotesAreHeardOfWhatIsCommittedOnly) {
  CommitNotes heard;
  store().SetListeners([&](const CommitNotes& notes) { heard = notes; }, nullptr);
  const auto submit = [&](const std::string& id, absl::Time wake, absl::Status status, bool writes) {
    Outcome& outcome = outcomes_.emplace_back();
    store().Submit(
        [id, wake, status, writes](WriteTransaction& tx) {
          if (writes) tx.InsertClinic(MakeClinic(id)).IgnoreError();
          ReminderRow row = MakeReminder("a", id, "ice", 1);
          row.attempts = 3;
          tx.NoteWake(wake);
          tx.NoteLeasable(id);
          tx.NoteLeaseRevoked(row);
          return status;
        },
        outcome.Done());
  };
  Gate gate(store());
  submit("a", At(5), absl::OkStatus(), true);
  submit("b", At(1), absl::AbortedError("after writing"), true);
  submit("c", At(2), absl::NotFoundError("without writing"), false);
  submit("d", At(4), absl::OkStatus(), false);
  gate.Open();
  for (Outcome& outcome : outcomes_) outcome.Await().IgnoreError();
  EXPECT_EQ(heard.wake, At(4));
  EXPECT_THAT(heard.leasable_clinics, ElementsAre("a", "d"));
  ASSERT_EQ(heard.revoked_leases.size(), 2u);
  EXPECT_EQ(heard.revoked_leases[1].key.enrollment, "d");
  EXPECT_EQ(heard.revoked_leases[1].attempt, 3);
}

TEST_P(CommitNotesTest, RowsInRealTimeNoteByThemselvesWhenTheyMustBeLookedAt) {
  EnrollmentRow enrollment = MakeEnrollment("a", "e");
  enrollment.clock = "";
  enrollment.next_due = At(7);
  EXPECT_EQ(WakeOf([&](WriteTransaction& tx) { return tx.InsertEnrollment(enrollment); }), At(7));
  enrollment.next_due = At(9);
  EXPECT_EQ(WakeOf([&](WriteTransaction& tx) { return tx.SetNextDue(enrollment); }), At(9));
  ReminderRow reminder = MakeReminder("a", "e", "ice", 1);
  reminder.clock = "";
  reminder.closes = reminder.expire = At(8);
  reminder.due = At(2);
  reminder.available = At(3);
  EXPECT_EQ(WakeOf([&](WriteTransaction& tx) { return tx.InsertReminder(reminder).status(); }), At(3));
  reminder.available = At(2);
  EXPECT_EQ(WakeOf([&](WriteTransaction& tx) { return tx.UpdateReminder(reminder); }), At(2)) << "given back early";
  reminder.key.code = 2;
  EXPECT_EQ(WakeOf([&](WriteTransaction& tx) { return tx.InsertReminder(reminder).status(); }), At(8))
      << "its event tells that it is available, so only the end of its window needs a wake";
}

TEST_P(CommitNotesTest, RowsOfATestClockNoteNoWake) {
  EnrollmentRow enrollment = MakeEnrollment("a", "e");
  enrollment.clock = "a";
  enrollment.next_due = At(7);
  EXPECT_EQ(WakeOf([&](WriteTransaction& tx) { return tx.InsertEnrollment(enrollment); }), std::nullopt);
  EXPECT_EQ(WakeOf([&](WriteTransaction& tx) { return tx.SetNextDue(enrollment); }), std::nullopt);
  ReminderRow reminder = MakeReminder("a", "e", "ice", 1);
  reminder.clock = "a";
  EXPECT_EQ(WakeOf([&](WriteTransaction& tx) { return tx.InsertReminder(reminder).status(); }), std::nullopt);
}

TEST_P(CommitNotesTest, ChangesOfTimeWithinAMutationHaveNoActor) {
  EXPECT_THAT(Write(store(),
                    [](WriteTransaction& tx) {
                      tx.set_actor("ann");
                      absl::Status status = tx.AppendEvent("log", {});
                      {
                        const WithoutActor by_time(tx);
                        status.Update(tx.AppendEvent("log", {}));
                      }
                      status.Update(tx.AppendEvent("log", {}));
                      return status;
                    }),
              IsOk());
  EXPECT_THAT(Actors(), ElementsAre("ann", "", "ann"));
}

TEST_P(CommitNotesTest, AnEventNamesTheActorOfItsOwnMutation) {
  Gate gate(store());
  for (const std::string actor : {"ann", "", "bob"}) {
    store().Submit(
        [actor](WriteTransaction& tx) {
          if (!actor.empty()) tx.set_actor(actor);
          v1::Event event;
          event.set_actor("somebody else");
          return tx.AppendEvent("log", event);
        },
        outcomes_.emplace_back().Done());
  }
  gate.Open();
  for (Outcome& outcome : outcomes_) EXPECT_THAT(outcome.Await(), IsOk());
  EXPECT_THAT(Actors(), ElementsAre("ann", "", "bob"));
}

}  // namespace
}  // namespace aftercare::store
