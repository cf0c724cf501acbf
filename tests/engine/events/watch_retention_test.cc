// What becomes of a watch when the log is trimmed.
#include "tests/engine/events/watching.h"

namespace aftercare::engine {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kExpired[] = "OUT_OF_RANGE/RESUME_TOKEN_EXPIRED";

class WatchRetentionTest : public Watching {
 protected:
  size_t LogSize(const std::string& clinic) {
    size_t size = 0;
    world_.Read([&](store::ReadTransaction& tx) {
      auto events = tx.ListEvents(clinic, 0, 100000);
      if (events.ok()) size = events->size();
      return events.status();
    });
    return size;
  }
};

TEST_F(WatchRetentionTest, EventsStayForTheRetentionAndAreThenDeletedWhoeverTheyAreOf) {
  world_.CreateSandbox("other", At("2029-03-01T08:00"));
  world_.CreatePathway("other", "knee", KneePathway());
  MakeHistory(60);
  world_.Enrol("other", "e", KneePatient("other"));
  const size_t size = LogSize("box");
  ASSERT_GT(size, 300u) << "more than one mutation deletes";
  PassTime(absl::Hours(1));
  PassTime(kDefaultEventRetention - absl::Hours(2));
  EXPECT_EQ(LogSize("box"), size);
  world_.Enrol("other", "f", KneePatient("other"));
  PassTime(absl::Hours(2));
  EXPECT_EQ(LogSize("box"), 0u);
  EXPECT_EQ(LogSize("other"), 1u) << "what is younger stays";
}

TEST_F(WatchRetentionTest, ATokenFromBeforeTheLogBeginsIsRefusedAndSaysWhatToDo) {
  MakeHistory(1);
  const std::string token = Good(Next(*Open(FromTheBeginning()))).events(0).resume_token();
  TrimAll();
  world_.Enrol("box", "new", KneePatient("box"));
  for (const std::string& from : {token, FromTheBeginning()}) {
    const absl::Status status = Next(*Open(from)).status();
    EXPECT_EQ(ErrorOf(status), kExpired);
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("list"));
  }
}

TEST_F(WatchRetentionTest, ATokenFromBeforeTheLogBeginsIsRefusedByAServerThatHasJustStarted) {
  MakeHistory(1);
  TrimAll();
  world_.Stop();
  world_.Start();
  EXPECT_EQ(ErrorOf(Next(*Open(FromTheBeginning())).status()), kExpired);
}

// The list's token is the end of the whole log, and so never one that is given up.
TEST_F(WatchRetentionTest, AListAndAWatchFromItsTokenMissNothingHoweverTheLogIsTrimmed) {
  MakeHistory(2);
  TrimAll();
  for (int round = 0; round < 3; ++round) {
    const v1::ListRemindersResponse listing = world_.List("box");
    world_.Enrol("box", absl::StrCat("new", round), KneePatient("box"));
    if (round == 1) PassTime(absl::Hours(1));
    EXPECT_EQ(Take(*Open(listing.resume_token()), 1)[0].enrollment(),
              absl::StrCat("clinics/box/enrollments/new", round));
    TrimAll();
  }
}

TEST_F(WatchRetentionTest, AWatchThatIsOvertakenByTheHorizonIsToldSo) {
  MakeHistory(100);
  const auto slow = Open(FromTheBeginning());
  ASSERT_GT(Good(Next(*slow)).events_size(), 0);
  TrimAll();
  EXPECT_EQ(ErrorOf(Next(*slow).status()), kExpired);
}

// It takes the 5 s of a bookmark.
TEST_F(WatchRetentionTest, TheTokenOfAClinicWhereNothingHappensLivesOnByBookmarks) {
  world_.CreateSandbox("other", At("2029-03-01T08:00"));
  world_.CreatePathway("other", "knee", KneePathway());
  const auto watch = Open("", "");
  const std::string first = Good(Next(*watch)).resume_token();
  world_.Enrol("other", "e", KneePatient("other"));
  const v1::WatchEventsResponse bookmark = Good(Next(*watch));
  ASSERT_THAT(bookmark.events(), IsEmpty());
  TrimAll();
  EXPECT_EQ(ErrorOf(Next(*Open(first)).status()), kExpired);
  world_.Enrol("box", "new", KneePatient("box"));
  for (const auto& from : {watch, Open(bookmark.resume_token())}) {
    EXPECT_EQ(Take(*from, 1)[0].enrollment(), "clinics/box/enrollments/new");
  }
}

TEST_F(WatchRetentionTest, ATokenPastTheEndOfARestoredStoreIsRefused) {
  MakeHistory(1);
  const std::string token = MakeResumeToken(world_.engine().context.tokens(), "box", 1'000'000);
  EXPECT_EQ(ErrorOf(Next(*Open(token)).status()), kExpired);
}

TEST_F(WatchRetentionTest, AWatcherMayStandExactlyWhereTheLogBegins) {
  MakeHistory(1);
  const std::string end = world_.List("box").resume_token();
  TrimAll();
  world_.Enrol("box", "new", KneePatient("box"));
  EXPECT_THAT(Take(*Open(end), 1), SizeIs(1));
}

// Lists remember enrollments and learn from the log what has changed.
TEST_F(WatchRetentionTest, ListsTellOfChangesWhoseEventsAreGone) {
  MakeHistory(5);
  const size_t before = world_.List("box").reminders_size();
  world_.Enrol("box", "late", KneePatient("box", "p-late"));
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e1").ok());
  TrimAll();
  const v1::ListRemindersResponse after = world_.List("box");
  EXPECT_NE(static_cast<size_t>(after.reminders_size()), before);
  bool late = false;
  for (const v1::Reminder& reminder : after.reminders()) {
    late = late || reminder.patient() == "p-late";
    if (reminder.name().rfind("clinics/box/enrollments/e1/", 0) == 0) {
      EXPECT_NE(reminder.state(), v1::REMINDER_STATE_SCHEDULED) << reminder.name();
    }
  }
  EXPECT_TRUE(late);
  world_.ExpectListsAgree("box");
}

}  // namespace
}  // namespace aftercare::engine
