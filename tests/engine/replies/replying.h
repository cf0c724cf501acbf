#ifndef AFTERCARE_TESTS_ENGINE_REPLIES_REPLYING_H_
#define AFTERCARE_TESTS_ENGINE_REPLIES_REPLYING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {

// A fixture for tests of replies: the sandbox `box` on Thursday 2029-03-01, 08:00 UTC, with the pathway `asks`. For a
// procedure on that day, the pathway has these reminders. The window of each message lasts to the end of the next day.
//   ask.1 .. ask.5      2, 4, 6, 8, 10 March 09:00; asks for a score; first rule of the group `pain`, with two days'
//                       silence after an answer
//   nudge.1 .. nudge.5  the same days 18:00; asks for a score; second rule of that group
//   walk.1 .. walk.10   2 to 11 March 12:00; asks for a DONE word
//   tip.1 .. tip.10     the same days 15:00; asks for nothing
//   task.1              5 March 10:00; a task for the care team
class Replying : public SandboxFixture {
 protected:
  // A test may give the pathway more rules.
  explicit Replying(const v1::Pathway& pathway = AsksPathway())
      : SandboxFixture({.pathway_id = "asks", .pathway = pathway}) {}

  static v1::Pathway AsksPathway() {
    return FromText<v1::Pathway>(R"pb(
      display_name: "Asks" default_locale: "en"
      phases { id: "p" display_name: "Phase" span { days { first: 1 last: 10 } } }
      groups { id: "pain" silence { seconds: 172800 } }
      rules {
        id: "ask" phase: "p" category: "pain" group: "pain" answer: ANSWER_KIND_SCORE
        schedule { daily { interval: 2 } times: "09:00" window { days: 1 } }
        texts { key: "en" value: "How bad is it?" }
      }
      rules {
        id: "nudge" phase: "p" category: "pain" group: "pain" answer: ANSWER_KIND_SCORE
        schedule { daily { interval: 2 } times: "18:00" window { days: 1 } }
        texts { key: "en" value: "You have not said how bad it is." }
      }
      rules {
        id: "walk" phase: "p" category: "walk" answer: ANSWER_KIND_DONE
        schedule { daily {} times: "12:00" window { days: 1 } }
        texts { key: "en" value: "Walk, and reply DONE." }
      }
      rules {
        id: "tip" phase: "p" category: "tip"
        schedule { daily {} times: "15:00" window { days: 1 } }
        texts { key: "en" value: "Rest." }
      }
      rules {
        id: "task" phase: "p" category: "call" audience: AUDIENCE_CARE_TEAM
        schedule { on { days: 4 } times: "10:00" }
        texts { key: "en" value: "Call {first_name}." }
      }
    )pb");
  }

  // Returns a patient with a telephone, +15550100, and then an e-mail address.
  static v1::Enrollment Patient(const std::string& patient = "p-1") {
    v1::Enrollment enrollment = KneePatient("box", patient);
    enrollment.set_pathway("clinics/box/pathways/asks");
    return enrollment;
  }

  // Returns a reminder's state and reason, as StateOf does.
  std::string Of(const std::string& id, const std::string& enrollment = "e") { return StateOf(id, enrollment); }
  // Returns a reminder's channel: `sms`, `email` or nothing.
  std::string ChannelOf(const std::string& id, const std::string& enrollment = "e") {
    return Shown(Good(world_.Get(Name(id, enrollment))).channel());
  }
  static std::string Shown(v1::Channel channel) {
    return channel == v1::CHANNEL_SMS ? "sms" : channel == v1::CHANNEL_EMAIL ? "email" : "";
  }

  // Leases what is due and reports it sent. Returns each as `ask.1 by sms`.
  std::vector<std::string> Send() {
    std::vector<std::string> sent;
    for (const v1::Lease& lease : world_.Lease("box")) {
      sent.push_back(absl::StrCat(IdOf(lease.reminder()), " by ", Shown(lease.contact_point().channel())));
      world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
    }
    return sent;
  }
  std::vector<std::string> SendUntil(const std::string& time) {
    Until(time);
    return Send();
  }

  static v1::RecordReplyRequest ReplyRequest(const std::string& text, const std::string& more = "") {
    auto request = FromText<v1::RecordReplyRequest>(
        R"pb(parent: "clinics/box" channel: CHANNEL_SMS address: "+15550100")pb");
    request.set_text(text);
    request.MergeFrom(FromText<v1::RecordReplyRequest>(more));
    return request;
  }
  absl::StatusOr<v1::Reply> TryReply(const v1::RecordReplyRequest& request, const Caller& caller = Operator()) {
    auto response = world_.Call(&Engine::replies, &Replies::Record, request, caller);
    if (!response.ok()) return response.status();
    return response->reply();
  }
  // Records a reply from +15550100 by SMS. Returns how it was understood, as `ANSWER 7 of ask.1 in e`, `ANSWER choice 2
  // of ask.1 in e` or `OTHER, to ASSIGN`, or the error.
  // `more`, in text format, is merged into the request.
  std::string Reply(const std::string& text, const std::string& more = "") {
    const auto reply = TryReply(ReplyRequest(text, more));
    return reply.ok() ? Told(*reply) : ErrorOf(reply.status());
  }
  static std::string Told(const v1::Reply& reply) {
    return absl::StrCat(v1::ReplyMeaning_Name(reply.meaning()).substr(14),
                        reply.has_score() ? absl::StrCat(" ", reply.score()) : "",
                        reply.has_done() && !reply.done() ? " NO" : "",
                        reply.has_choice() ? absl::StrCat(" choice ", reply.choice()) : "",
                        reply.reminder().empty() ? "" : absl::StrCat(" of ", IdOf(reply.reminder())),
                        reply.enrollment().empty() ? "" : absl::StrCat(" in ", IdOf(reply.enrollment())),
                        reply.task() == v1::REPLY_TASK_UNSPECIFIED
                            ? ""
                            : absl::StrCat(", to ", v1::ReplyTask_Name(reply.task()).substr(11)));
  }
  // Returns what is answered to such a reply at once.
  std::string AutoReply(const std::string& text, const std::string& more = "") {
    return Good(world_.Call(&Engine::replies, &Replies::Record, ReplyRequest(text, more))).auto_reply();
  }
  // Returns the name of the newest reply.
  std::string Newest() { return Good(TryList("parent: 'clinics/box'")).replies(0).name(); }
  std::string Assign(const std::string& reply, const std::string& enrollment) {
    v1::AssignReplyRequest request;
    request.set_name(reply);
    request.set_enrollment(absl::StrCat("clinics/box/enrollments/", enrollment));
    const auto response = world_.Call(&Engine::replies, &Replies::Assign, request);
    return response.ok() ? Told(response->reply()) : ErrorOf(response.status());
  }
  std::string Decide(const std::string& reply, v1::ReplyDecision decision) {
    v1::DecideReplyRequest request;
    request.set_name(reply);
    request.set_decision(decision);
    const auto response = world_.Call(&Engine::replies, &Replies::Decide, request);
    return response.ok() ? Told(response->reply()) : ErrorOf(response.status());
  }
  absl::StatusOr<v1::ListRepliesResponse> TryList(const std::string& request) {
    return world_.Call(&Engine::replies, &Replies::List, FromText<v1::ListRepliesRequest>(request));
  }

  absl::StatusOr<v1::SetConsentResponse> TryConsent(const std::string& request,
                                                    const Caller& caller = Operator()) {
    return world_.Call(&Engine::consents, &Consents::Set, FromText<v1::SetConsentRequest>(request),
                       caller);
  }
  // Records the patient's consent for a channel. Returns the numbers of the channels that the patient has opted out of
  // afterwards, as `1,2`, or the error.
  std::string Consent(const std::string& channel, const std::string& consent, const std::string& patient = "p-1") {
    const auto response =
        TryConsent(absl::StrCat("parent: 'clinics/box' patient: '", patient, "' decision { channel: CHANNEL_", channel,
                                " consent: CONSENT_", consent, "}"));
    if (!response.ok()) return ErrorOf(response.status());
    return Joined(response->opted_out_channels());
  }
  // Records a decision about a category or health information: `category: 'tip'`. Returns the error, or nothing.
  std::string DecideAbout(const std::string& scope, const std::string& consent) {
    return ErrorOf(TryConsent(absl::StrCat("parent: 'clinics/box' patient: 'p-1' decision { ", scope,
                                           " consent: CONSENT_", consent, " }"))
                       .status());
  }
  absl::StatusOr<v1::ListConsentDecisionsResponse> TryListDecisions(const std::string& request) {
    return world_.Call(&Engine::consents, &Consents::List, FromText<v1::ListConsentDecisionsRequest>(request));
  }
  v1::ListConsentDecisionsResponse Listed(const std::string& patient = "p-1") {
    return Good(TryListDecisions(absl::StrCat("parent: 'clinics/box' patient: '", patient, "'")));
  }
  // Returns the decisions of a patient, the newest first: `channel 1 REFUSED 09:00`, `tip REFUSED 09:00`, `all GRANTED
  // 08:00`.
  std::vector<std::string> Decisions(const std::string& patient = "p-1") {
    std::vector<std::string> shown;
    const v1::ListConsentDecisionsResponse listed = Listed(patient);
    for (const v1::ConsentDecision& decision : listed.decisions()) {
      const std::string scope = decision.has_channel()              ? absl::StrCat("channel ", decision.channel())
                                : decision.has_category()           ? decision.category()
                                : decision.has_health_information() ? "health"
                                                                    : "all";
      const absl::Time time = plan::ToTime(decision.source().record_time());
      shown.push_back(absl::StrCat(scope, " ", v1::Consent_Name(decision.consent()).substr(8), " ",
                                   absl::FormatTime("%H:%M", time, absl::UTCTimeZone())));
    }
    return shown;
  }
  v1::Enrollment Enrollment(const std::string& id) {
    v1::GetEnrollmentRequest request;
    request.set_name(absl::StrCat("clinics/box/enrollments/", id));
    return Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment();
  }
  static std::string Joined(const google::protobuf::RepeatedField<int>& channels) {
    std::string joined;
    for (const int channel : channels) absl::StrAppend(&joined, joined.empty() ? "" : ",", channel);
    return joined;
  }
  std::string OptedOut(const std::string& enrollment) {
    v1::GetEnrollmentRequest request;
    request.set_name(absl::StrCat("clinics/box/enrollments/", enrollment));
    return Joined(
        Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment().opted_out_channels());
  }

  // Returns the states of the enrollment's contact points, as `- STOPPED`.
  std::string Points(const std::string& enrollment) {
    v1::GetEnrollmentRequest request;
    request.set_name(absl::StrCat("clinics/box/enrollments/", enrollment));
    const auto got = Good(world_.Call(&Engine::enrollments, &Enrollments::Get, request)).enrollment();
    std::string states;
    for (const v1::ContactPoint& point : got.contact_points()) {
      const std::string state = v1::ContactPointState_Name(point.state()).substr(20);
      absl::StrAppend(&states, states.empty() ? "" : " ", state == "UNSPECIFIED" ? "-" : state);
    }
    return states;
  }

  // Returns the types of the events after the first `count` events of the log.
  std::vector<std::string> EventsSince(size_t count) {
    std::vector<std::string> types;
    const auto events = world_.Events("box");
    for (size_t i = count; i < events.size(); ++i) types.push_back(v1::EventType_Name(events[i].type()).substr(11));
    return types;
  }
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_REPLIES_REPLYING_H_
