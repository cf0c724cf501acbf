// Who falls behind, over a real channel: filters, orders, pages and errors of ListEnrollments.
#include "absl/strings/str_cat.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Enrollments = v1::EnrollmentService::Stub;

v1::Pathway WalkPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Walk" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 0 last: 30 } } }
    rules {
      id: "walk" phase: "p" category: "walk" answer: ANSWER_KIND_DONE
      schedule { daily {} times: "09:00" window { hours: 12 } } texts { key: "en" value: "Walk, and reply DONE." }
    }
  )pb");
}

class AdherenceListE2eTest : public Service {
 protected:
  AdherenceListE2eTest() {
    CreateClinic(*client, "box", "2026-03-01T12:00:00Z");
    CreatePathway(*client, "box", "knee", WalkPathway());
    for (const char* id : {"ana", "ben", "eva"}) {
      Enroll(*client, Patient("box", id, "2026-03-01",
                              absl::StrCat("time_zone: 'UTC' contact_points { channel: CHANNEL_SMS address: '",
                                           PhoneOf(id), "' }")));
    }
    // Ana walks every day, Ben on the first of two days, Eva never.
    SendAt("2026-03-02T09:00:00Z");
    Done("ana");
    Done("ben");
    SendAt("2026-03-03T09:00:00Z");
    Done("ana");
    Advance(*client, "box", "2026-03-04T00:00:00Z");
  }

  static std::string PhoneOf(const std::string& id) { return absl::StrCat("+1555", 1'000'000 + id[0] * 100 + id[1]); }

  void SendAt(const std::string& time) {
    Advance(*client, "box", time);
    ReportSent(*client, LeaseAll(*client, "box"));
  }
  void Done(const std::string& id) {
    v1::RecordReplyRequest request;
    request.set_parent("clinics/box");
    request.set_channel(v1::CHANNEL_SMS);
    request.set_address(PhoneOf(id));
    request.set_text("done");
    EXPECT_EQ(Call(*client->replies, &v1::ReplyService::Stub::RecordReply, request)->reply().meaning(),
              v1::REPLY_MEANING_ANSWER);
  }

  Answer<v1::ListEnrollmentsResponse> List(const std::string& fields, const std::string& token = "") {
    auto request = FromText<v1::ListEnrollmentsRequest>(fields);
    request.set_parent("clinics/box");
    request.set_page_token(token);
    return Call(*client->enrollments, &Enrollments::ListEnrollments, request);
  }
  // Returns the enrollments, as `ben 1/2 silent 1`.
  static std::vector<std::string> Shown(const Answer<v1::ListEnrollmentsResponse>& list) {
    EXPECT_TRUE(list.ok()) << list.status.error_message();
    std::vector<std::string> lines;
    for (int i = 0; i < list->enrollments_size(); ++i) {
      const std::string& name = list->enrollments(i).name();
      const v1::AdherenceSummary& summary = list->summaries(i);
      lines.push_back(absl::StrCat(name.substr(name.rfind('/') + 1), " ", summary.periods(1).days_done(), "/",
                                   summary.periods(1).days_asked(), " silent ", summary.silent_days()));
    }
    return lines;
  }
};

TEST_F(AdherenceListE2eTest, StaffSeesWhoFallsBehind) {
  EXPECT_THAT(Shown(List("order: ENROLLMENT_ORDER_ADHERENCE")),
              ElementsAre("eva 0/2 silent 2", "ben 1/2 silent 1", "ana 2/2 silent 0"));
  EXPECT_THAT(Shown(List("order: ENROLLMENT_ORDER_SILENCE")), ElementsAre("eva 0/2 silent 2", "ben 1/2 silent 1"));
  EXPECT_THAT(Shown(List("adherence { rate_below_percent: 80 } state: ENROLLMENT_STATE_ACTIVE")),
              ElementsAre("ben 1/2 silent 1", "eva 0/2 silent 2"));
  EXPECT_THAT(Shown(List("adherence { silent_days: 2 }")), ElementsAre("eva 0/2 silent 2"));
  EXPECT_THAT(Shown(List("adherence { silent_days: 2 } patient: 'nobody'")), IsEmpty());
  EXPECT_THAT(List("")->summaries(), IsEmpty());
}

TEST_F(AdherenceListE2eTest, PagesFollowOneAnotherAlsoAfterARestart) {
  const auto first = List("order: ENROLLMENT_ORDER_ADHERENCE page_size: 2");
  EXPECT_THAT(Shown(first), ElementsAre("eva 0/2 silent 2", "ben 1/2 silent 1"));
  Start();
  const auto second = List("order: ENROLLMENT_ORDER_ADHERENCE page_size: 2", first->next_page_token());
  EXPECT_THAT(Shown(second), ElementsAre("ana 2/2 silent 0"));
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_THAT(FieldsOf(List("order: ENROLLMENT_ORDER_SILENCE", first->next_page_token()).status),
              ElementsAre("page_token"));
}

TEST_F(AdherenceListE2eTest, EachBadFieldIsNamed) {
  const auto refused =
      List("adherence { days: 30 rate_below_percent: 200 min_days_asked: 99 silent_days: 99 } order: 9");
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(FieldsOf(refused.status),
              ElementsAre("adherence.days", "adherence.rate_below_percent", "adherence.min_days_asked",
                          "adherence.silent_days", "order"));
}

}  // namespace
}  // namespace aftercare::e2e
