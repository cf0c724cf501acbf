// Consent, addresses and replies, on every kind of database.
#include "absl/strings/str_join.h"
#include "scheduler/store/address_key.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

class RepliesConformance : public StoreSuite {
 protected:
  static EnrollmentRow At(absl::string_view clinic, absl::string_view id,
                          const std::vector<std::pair<v1::Channel, std::string>>& points) {
    EnrollmentRow row = MakeEnrollment(clinic, id);
    row.data.clear_contact_points();
    for (const auto& [channel, address] : points) {
      v1::ContactPoint* point = row.data.add_contact_points();
      point->set_channel(channel);
      point->set_address(address);
    }
    return row;
  }
  // Returns the enrollments that have the address, and with `?` those that may have had it.
  std::string Found(absl::string_view clinic, v1::Channel channel, absl::string_view address) {
    const auto found = Ask(&ReadTransaction::EnrollmentsAt, clinic, AddressKey(channel, address));
    if (!found.ok()) return found.status().ToString();
    return absl::StrJoin(*found, " ", [](std::string* out, const EnrollmentAtAddress& at) {
      absl::StrAppend(out, at.has_address ? "" : "?", at.enrollment);
    });
  }
  static ReplyRow Reply(absl::string_view clinic, absl::string_view id, absl::string_view patient) {
    ReplyRow row{std::string(clinic), std::string(id), {}};
    row.data.set_patient(std::string(patient));
    row.data.set_enrollment("clinics/a/enrollments/e1");
    row.data.set_channel(v1::CHANNEL_SMS);
    row.data.mutable_receive_time()->set_seconds(5);
    row.data.set_text("I am fine, ¿y usted?");
    row.data.set_meaning(v1::REPLY_MEANING_ANSWER);
    row.data.set_reminder("clinics/a/enrollments/e1/reminders/ask.1");
    row.data.set_score(0);
    return row;
  }
  std::string List(const ReplyQuery& query) {
    const auto rows = Ask(&ReadTransaction::ListReplies, query);
    if (!rows.ok()) return rows.status().ToString();
    return absl::StrJoin(*rows, " ", [](std::string* out, const ReplyRow& row) { out->append(row.reply); });
  }
};
INSTANTIATE_FOR_EVERY_DATABASE(RepliesConformance);

TEST_P(RepliesConformance, EnrollmentsAreFoundByTheirContactPoints) {
  Apply([](WriteTransaction& tx) {
    absl::Status status = tx.InsertEnrollment(At("a", "e2", {{v1::CHANNEL_SMS, "+1"}, {v1::CHANNEL_EMAIL, "X@y.org"}}));
    if (status.ok()) status = tx.InsertEnrollment(At("a", "e1", {{v1::CHANNEL_SMS, "+1"}, {v1::CHANNEL_SMS, "+1"}}));
    return status.ok() ? tx.InsertEnrollment(At("b", "e3", {{v1::CHANNEL_SMS, "+1"}})) : status;
  });
  EXPECT_EQ(Found("a", v1::CHANNEL_SMS, "+1"), "e1 e2");
  EXPECT_EQ(Found("b", v1::CHANNEL_SMS, "+1"), "e3");
  EXPECT_EQ(Found("a", v1::CHANNEL_WEBHOOK, "+1"), "");
  EXPECT_EQ(Found("a", v1::CHANNEL_EMAIL, "x@Y.ORG"), "e2");
  EXPECT_EQ(Found("a", v1::CHANNEL_SMS, "+2"), "");
}

TEST_P(RepliesConformance, AnEnrollmentIsFoundByItsContactPointsOfNowAndOfBefore) {
  const EnrollmentRow before = At("a", "e1", {{v1::CHANNEL_SMS, "+1"}, {v1::CHANNEL_EMAIL, "x@y.org"}});
  const EnrollmentRow after = At("a", "e1", {{v1::CHANNEL_EMAIL, "X@Y.org"}, {v1::CHANNEL_WEBHOOK, "Id"}});
  Apply([&](WriteTransaction& tx) {
    absl::Status status = tx.InsertEnrollment(before);
    if (status.ok()) status = tx.InsertEnrollment(At("a", "e2", {{v1::CHANNEL_SMS, "+1"}}));
    if (status.ok()) status = tx.UpdateEnrollment(after);
    EnrollmentRow stored = **tx.GetEnrollment("a", "e1");
    return status.ok() ? tx.AddContacts(stored) : status;
  });
  EXPECT_EQ(Found("a", v1::CHANNEL_SMS, "+1"), "?e1 e2");
  EXPECT_EQ(Found("a", v1::CHANNEL_EMAIL, "x@y.org"), "e1");
  EXPECT_EQ(Found("a", v1::CHANNEL_WEBHOOK, "Id"), "e1");
  EXPECT_EQ(Found("a", v1::CHANNEL_WEBHOOK, "id"), "") << "only of e-mail addresses the case does not count";
}

TEST_P(RepliesConformance, AddressesAreComparedAsWhatTheyStandFor) {
  const auto key = [](const char* number) { return AddressKey(v1::CHANNEL_SMS, number); };
  EXPECT_EQ(key("+15550100"), "sms:15550100");
  for (const char* number : {"15550100", "0015550100", "+1 (555) 01-00", "1.555.0100", "001/555-0100"}) {
    EXPECT_EQ(key(number), key("+15550100")) << number;
  }
  for (const char* number : {"+15550101", "015550100", "5550100", "+1555O100", "x15550100"}) {
    EXPECT_NE(key(number), key("+15550100")) << number;
  }
  EXPECT_EQ(key("Clinic"), "sms:Clinic");
  EXPECT_NE(AddressKey(v1::CHANNEL_WEBHOOK, "+1"), AddressKey(v1::CHANNEL_WEBHOOK, "1"));
  EXPECT_EQ(AddressKey(v1::CHANNEL_EMAIL, "X@y.org"), AddressKey(v1::CHANNEL_EMAIL, "x@Y.ORG"));
}

// Two addresses of which the store makes the same number.
TEST_P(RepliesConformance, AddressesAreNotTakenForOneAnother) {
  const std::string one = "+15550037240", other = "+15550107751";
  ASSERT_EQ(AddressHash(AddressKey(v1::CHANNEL_SMS, one)), AddressHash(AddressKey(v1::CHANNEL_SMS, other)));
  const EnrollmentRow both = At("a", "e3", {{v1::CHANNEL_SMS, one}, {v1::CHANNEL_SMS, other}});
  const EnrollmentRow first = At("a", "e3", {{v1::CHANNEL_SMS, one}});
  Apply([&](WriteTransaction& tx) {
    absl::Status status = tx.InsertEnrollment(At("a", "e1", {{v1::CHANNEL_SMS, one}}));
    status.Update(tx.InsertEnrollment(At("a", "e2", {{v1::CHANNEL_SMS, other}})));
    status.Update(tx.InsertEnrollment(both));
    return status;
  });
  EXPECT_EQ(Found("a", v1::CHANNEL_SMS, one), "e1 ?e2 e3");
  EXPECT_EQ(Found("a", v1::CHANNEL_SMS, other), "?e1 e2 e3");
  ASSERT_THAT(Do(&WriteTransaction::UpdateEnrollment, first), IsOk());
  EXPECT_EQ(Found("a", v1::CHANNEL_SMS, other), "?e1 e2 ?e3");
}

TEST_P(RepliesConformance, WhatAPatientOptedOutOfIsRemembered) {
  EXPECT_EQ(Ask(&ReadTransaction::OptedOut, "a", "p").value(), 0);
  ASSERT_THAT(Do(&WriteTransaction::SetOptedOut, "a", "p", int64_t{6}), IsOk());
  EXPECT_EQ(Ask(&ReadTransaction::OptedOut, "a", "p").value(), 6);
  EXPECT_EQ(Ask(&ReadTransaction::OptedOut, "b", "p").value(), 0);
  ASSERT_THAT(Do(&WriteTransaction::SetOptedOut, "a", "p", int64_t{0}), IsOk());
  EXPECT_EQ(Ask(&ReadTransaction::OptedOut, "a", "p").value(), 0);
}

TEST_P(RepliesConformance, WhatAPatientDecidedIsRememberedByClinic) {
  EXPECT_EQ(Ask(&ReadTransaction::GetConsentHistory, "a", "p").value().decisions_size(), 0);
  record::v1::ConsentHistory history;
  history.add_decisions()->mutable_decision()->set_category("ice");
  ASSERT_THAT(Do(&WriteTransaction::PutConsentHistory, "a", "p", history), IsOk());
  history.add_decisions()->set_enrollment("e");
  ASSERT_THAT(Do(&WriteTransaction::PutConsentHistory, "a", "p", history), IsOk());
  const auto read = Ask(&ReadTransaction::GetConsentHistory, "a", "p").value();
  EXPECT_EQ(read.SerializeAsString(), history.SerializeAsString());
  EXPECT_EQ(Ask(&ReadTransaction::GetConsentHistory, "a", "q").value().decisions_size(), 0);
  EXPECT_EQ(Ask(&ReadTransaction::GetConsentHistory, "b", "p").value().decisions_size(), 0);
}

TEST_P(RepliesConformance, WhatIsKnownOfAnAddressIsRememberedByClinic) {
  const std::string hash = AddressIdentity("secret", AddressKey(v1::CHANNEL_SMS, "+1"));
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_NE(hash, AddressIdentity("another", AddressKey(v1::CHANNEL_SMS, "+1")));
  EXPECT_FALSE(Ask(&ReadTransaction::HasAddresses, "a").value());
  const auto unknown = Ask(&ReadTransaction::GetAddress, "a", hash).value();
  EXPECT_EQ(unknown.clinic + unknown.hash, "a" + hash);
  EXPECT_FALSE(unknown.stopped || unknown.stop_answered.has_value());
  AddressRow row = unknown;
  row.stopped = true;
  row.held_by = "r1";
  row.stop_answered = store::At(5);
  row.help_answered = store::At(6);
  ASSERT_THAT(Do(&WriteTransaction::PutAddress, row), IsOk());
  Open();
  const auto known = Ask(&ReadTransaction::GetAddress, "a", hash).value();
  EXPECT_TRUE(known.stopped);
  EXPECT_EQ(known.held_by, "r1");
  EXPECT_EQ(known.stop_answered, store::At(5));
  EXPECT_EQ(known.start_answered, std::nullopt);
  EXPECT_EQ(known.help_answered, store::At(6));
  EXPECT_TRUE(Ask(&ReadTransaction::HasAddresses, "a").value());
  EXPECT_FALSE(Ask(&ReadTransaction::GetAddress, "b", hash).value().stopped);
  EXPECT_EQ(Ask(&ReadTransaction::AddressesHeldBy, "a", "r1").value().at(0).hash, hash);
  EXPECT_TRUE(Ask(&ReadTransaction::AddressesHeldBy, "b", "r1").value().empty());
  row.held_by.clear();
  row.stopped = false;
  ASSERT_THAT(Do(&WriteTransaction::PutAddress, row), IsOk());
  EXPECT_TRUE(Ask(&ReadTransaction::AddressesHeldBy, "a", "r1").value().empty());
  EXPECT_TRUE(Ask(&ReadTransaction::AddressesHeldBy, "a", "").value().empty());
  EXPECT_FALSE(Ask(&ReadTransaction::GetAddress, "a", hash).value().stopped);
}

TEST_P(RepliesConformance, StoppedAndHeldContactPointsAreReadAsTheyWereWritten) {
  EnrollmentRow row = At("a", "e1", {{v1::CHANNEL_SMS, "+1"}});
  row.opted_out = 0b1010;
  row.stopped_points = 0b1000000001;
  row.held_points = 0b0000000110;
  ASSERT_THAT(Do(&WriteTransaction::InsertEnrollment, row), IsOk());
  const EnrollmentRow read = *Ask(&ReadTransaction::GetEnrollment, "a", "e1").value();
  EXPECT_EQ(read.opted_out, row.opted_out);
  EXPECT_EQ(read.stopped_points, row.stopped_points);
  EXPECT_EQ(read.held_points, row.held_points);
}

TEST_P(RepliesConformance, RepliesAreListedByWhatIsToDo) {
  ReplyRow unknown = Reply("a", "r1", "");
  unknown.data.set_task(v1::REPLY_TASK_ASSIGN);
  ReplyRow doubtful = Reply("a", "r2", "p");
  doubtful.data.set_task(v1::REPLY_TASK_DECIDE);
  for (const ReplyRow& row : {unknown, doubtful, Reply("a", "r3", "p")}) {
    ASSERT_THAT(Do(&WriteTransaction::InsertReply, row), IsOk());
  }
  EXPECT_EQ(List({.clinic = "a", .task = v1::REPLY_TASK_ASSIGN}), "r1");
  EXPECT_EQ(List({.clinic = "a", .task = v1::REPLY_TASK_DECIDE}), "r2");
  unknown.data.set_patient("p");
  unknown.data.set_task(v1::REPLY_TASK_UNSPECIFIED);
  ASSERT_THAT(Do(&WriteTransaction::UpdateReply, unknown), IsOk());
  EXPECT_EQ(List({.clinic = "a", .task = v1::REPLY_TASK_ASSIGN}), "");
  EXPECT_EQ(List({.clinic = "a", .patient = "p"}), "r3 r2 r1");
  EXPECT_EQ(Ask(&ReadTransaction::GetReply, "a", "r1").value()->data.DebugString(), unknown.data.DebugString());
  EXPECT_FALSE(Ask(&ReadTransaction::GetReply, "b", "r1").value().has_value());
  EXPECT_THAT(Do(&WriteTransaction::UpdateReply, Reply("b", "r1", "p")), Fails(absl::StatusCode::kInternal));
}

TEST_P(RepliesConformance, AReplyIsReadAsItWasWritten) {
  ASSERT_THAT(Do(&WriteTransaction::InsertReply, Reply("a", "r1", "p")), IsOk());
  Open();
  const auto rows = Ask(&ReadTransaction::ListReplies, ReplyQuery{.clinic = "a"});
  ASSERT_THAT(rows, IsOk());
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().reply, "r1");
  EXPECT_EQ(rows->front().data.DebugString(), Reply("a", "r1", "p").data.DebugString());
  EXPECT_THAT(Do(&WriteTransaction::InsertReply, Reply("a", "r1", "q")), Fails(absl::StatusCode::kAlreadyExists));
}

TEST_P(RepliesConformance, RepliesAreListedNewestFirst) {
  Apply([](WriteTransaction& tx) {
    absl::Status status;
    for (const char* id : {"r1", "r3", "r2"}) {
      if (status.ok()) status = tx.InsertReply(Reply("a", id, id[1] == '2' ? "q" : "p"));
    }
    return status.ok() ? tx.InsertReply(Reply("b", "r9", "p")) : status;
  });
  EXPECT_EQ(List({.clinic = "a"}), "r3 r2 r1");
  EXPECT_EQ(List({.clinic = "a", .patient = "p"}), "r3 r1");
  EXPECT_EQ(List({.clinic = "a", .before = "r3"}), "r2 r1");
  EXPECT_EQ(List({.clinic = "a", .patient = "p", .before = "r3", .limit = 1}), "r1");
  EXPECT_EQ(List({.clinic = "a", .limit = 2}), "r3 r2");
  EXPECT_EQ(List({.clinic = "c"}), "");
}

}  // namespace
}  // namespace aftercare::store
