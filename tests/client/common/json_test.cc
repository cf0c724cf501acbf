#include "services/client/common/json.h"

#include "aftercare/v1/reminder.pb.h"
#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

TEST(JsonTest, AMessageIsOneLineWithoutWhatIsNotSet) {
  v1::Reminder reminder;
  EXPECT_EQ(ToJson(reminder), "{}");
  reminder.set_name("ice-am.2026-03-03");
  reminder.set_text("two\nlines \"quoted\"");
  reminder.mutable_due_time()->set_seconds(1772542800);
  reminder.set_state(v1::REMINDER_STATE_SCHEDULED);
  EXPECT_EQ(ToJson(reminder),
            R"({"name":"ice-am.2026-03-03","dueTime":"2026-03-03T13:00:00Z","state":"REMINDER_STATE_SCHEDULED",)"
            R"("text":"two\nlines \"quoted\""})");
}

TEST(JsonTest, AnObjectKeepsTheOrderOfItsMembers) {
  JsonObject object;
  object.Add("kind", "phase").Add("sent", 12).Add("name", "a \"b\"\n");
  EXPECT_EQ(object.Line(), R"({"kind":"phase","sent":12,"name":"a \"b\"\n"})");
  EXPECT_EQ(JsonObject().Line(), "{}");
}

}  // namespace
}  // namespace aftercare::client
