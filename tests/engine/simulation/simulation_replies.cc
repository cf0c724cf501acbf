// The steps of a Simulation in which patients consent, refuse and answer, and the care team settles what they wrote.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/simulation.h"

namespace aftercare::engine {
namespace {

v1::Channel ChooseChannel(Random& random) {
  return random.Of<v1::Channel>({v1::CHANNEL_SMS, v1::CHANNEL_SMS, v1::CHANNEL_SMS, v1::CHANNEL_EMAIL,
                                 v1::CHANNEL_EMAIL, random.OneIn(8) ? v1::CHANNEL_WEBHOOK : v1::CHANNEL_SMS});
}

std::string Answered(std::optional<int> score, std::optional<bool> done) {
  return absl::StrCat(score ? absl::StrCat(" ", *score) : "", done ? (*done ? " yes" : " no") : "");
}

// How a reply is kept: `ANSWER 7 e0/r1.2029-03-08 of p-0, to UNSPECIFIED, CONTINUE at 1867557600, has danger`.
std::string Shown(const v1::Reply& reply) {
  std::optional<int> score;
  std::optional<bool> done;
  if (reply.has_score()) score = reply.score();
  if (reply.has_done()) done = reply.done();
  const std::string enrollment = reply.enrollment().empty() ? "" : IdOf(reply.enrollment());
  return absl::StrCat(v1::ReplyMeaning_Name(reply.meaning()).substr(14), Answered(score, done), " ",
                      enrollment, " of ", reply.patient(), "/",
                      reply.reminder().empty() ? "" : IdOf(reply.reminder()), ", to ",
                      v1::ReplyTask_Name(reply.task()).substr(11), ", ",
                      v1::ReplyDecision_Name(reply.decision()).substr(15), " at ", reply.receive_time().seconds(),
                      reply.word_lists().empty() ? "" : ", has ", absl::StrJoin(reply.word_lists(), " "));
}

std::string Shown(const KeptReply& reply, const Model& model) {
  v1::Reply shown;
  shown.set_meaning(reply.meaning);
  shown.set_task(reply.task);
  shown.set_decision(reply.decision);
  plan::SetTimestamp(reply.time, shown.mutable_receive_time());
  if (!reply.enrollment.empty()) {
    shown.set_enrollment(EnrollmentNameOf("c", reply.enrollment));
    shown.set_patient(model.patients().at(reply.enrollment).data.patient());
  }
  if (reply.reminder) {
    shown.set_reminder(model.NameOf(reply.enrollment, *reply.reminder));
    if (reply.saying.score) shown.set_score(*reply.saying.score);
    if (reply.saying.done) shown.set_done(*reply.saying.done);
  }
  if (reply.danger) shown.add_word_lists("danger");
  return Shown(shown);
}

// Sets what somebody writes, and how it should be read.
void Write(Random& random, Saying* saying, v1::RecordReplyRequest* request) {
  const int kind = random.Upto(23);
  if (kind <= 1) {
    request->set_text(random.Of<std::string>({"Stop!", "please stop", "UNSUBSCRIBE"}));
    saying->wish = v1::REPLY_MEANING_STOP;
  } else if (kind <= 3) {
    request->set_text("ALTA");
    saying->wish = v1::REPLY_MEANING_START;
  } else if (kind <= 5) {
    request->set_text("too many messages");
    saying->wish = v1::REPLY_MEANING_DOUBTFUL;
  } else if (kind == 6) {
    request->set_text("Alto");
    saying->may_answer = true;
  } else if (kind == 7) {
    request->set_text("help");
    saying->wish = v1::REPLY_MEANING_HELP;
  } else if (kind <= 11) {
    saying->done = random.OneIn(2);
    request->set_text(*saying->done ? "hecho" : "No.");
    saying->answer = v1::ANSWER_KIND_DONE;
  } else if (kind <= 18) {
    saying->score = random.Upto(10);
    request->set_text(absl::StrCat(*saying->score, "/10"));
    saying->answer = v1::ANSWER_KIND_SCORE;
  } else if (kind <= 22) {
    request->set_text(random.Of<std::string>({"I think I have a FEVER!", "tengo fiebre", "chest, pain"}));
    saying->danger = true;
  } else {
    request->set_text("11");
  }
}

}  // namespace

std::string Simulation::SetConsent(Random& random) {
  v1::SetConsentRequest request;
  request.set_parent(ClinicNameOf(clinic_));
  request.set_patient(absl::StrCat("p-", random.Upto(1)));
  request.mutable_decision()->set_channel(ChooseChannel(random));
  request.mutable_decision()->set_consent(random.OneIn(2) ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
  const std::string engine = ErrorOf(world_.Call(&Engine::consents, &Consents::Set, request).status());
  return Told(absl::StrCat("SetConsent ", request.ShortDebugString()), engine,
              model_->SetConsent(request.patient(), request.decision().channel(), request.decision().consent()));
}

std::string Simulation::DecideAbout(Random& random) {
  v1::SetConsentRequest request;
  request.set_parent(ClinicNameOf(clinic_));
  request.set_patient(absl::StrCat("p-", random.Upto(1)));
  v1::ConsentDecision& decision = *request.mutable_decision();
  if (random.OneIn(2)) {
    decision.set_health_information(true);
  } else {
    decision.set_category(random.Of<std::string>({"ice", "rest"}));
  }
  decision.set_consent(random.OneIn(2) ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
  const std::string engine = ErrorOf(world_.Call(&Engine::consents, &Consents::Set, request).status());
  return Told(absl::StrCat("SetConsent ", request.ShortDebugString()), engine,
              model_->DecideAbout(request.patient(), decision));
}

std::string Simulation::Reply(Random& random) {
  Saying saying;
  saying.channel = ChooseChannel(random);
  saying.address = RandomAddress(saying.channel, random.OneIn(6) ? 2 : random.OneIn(3) ? 1 : 0, random);
  v1::RecordReplyRequest request;
  request.set_parent(ClinicNameOf(clinic_));
  request.set_channel(saying.channel);
  request.set_address(saying.address);
  Write(random, &saying, &request);
  const auto chosen = ChooseItem(random);
  if (chosen && random.OneIn(4)) {
    request.set_reminder(chosen->name);
    saying.named.emplace(chosen->enrollment, chosen->key);
  }
  request.set_validate_only(random.OneIn(8));
  const auto response = world_.Call(&Engine::replies, &Replies::Record, request);
  if (response.ok() && !response->reply().enrollment().empty()) saying.whose = IdOf(response->reply().enrollment());
  Model tried = *model_;
  Model& model = request.validate_only() ? tried : *model_;
  std::string told = model.RecordReply(saying);
  std::string engine = ErrorOf(response.status());
  if (told == "OK") {
    told = Shown(model.replies().back(), model);
    if (response.ok()) engine = Shown(response->reply());
  }
  if (response.ok() && !request.validate_only()) reply_names_.push_back(response->reply().name());
  return Told(absl::StrCat("RecordReply ", request.ShortDebugString()), engine, told);
}

int Simulation::ChooseReply(v1::ReplyTask task, Random& random) const {
  const std::vector<KeptReply>& replies = model_->replies();
  std::vector<int> waiting;
  for (size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].task == task) waiting.push_back(static_cast<int>(i));
  }
  if (waiting.empty() || random.OneIn(8)) return random.Upto(static_cast<int>(replies.size()) - 1);
  return random.Of(waiting);
}

std::string Simulation::AssignReply(Random& random) {
  if (model_->replies().empty()) return Reply(random);
  const int reply = ChooseReply(v1::REPLY_TASK_ASSIGN, random);
  const std::string id = ChooseEnrollment(random).value();
  v1::AssignReplyRequest request;
  request.set_name(reply_names_[reply]);
  request.set_enrollment(EnrollmentNameOf(clinic_, id));
  const auto response = world_.Call(&Engine::replies, &Replies::Assign, request);
  return Told(absl::StrCat("AssignReply ", model_->replies()[reply].saying.address, " to ", id),
              ErrorOf(response.status()), model_->AssignReply(reply, id));
}

std::string Simulation::DecideReply(Random& random) {
  if (model_->replies().empty()) return Reply(random);
  const int reply = ChooseReply(v1::REPLY_TASK_DECIDE, random);
  v1::DecideReplyRequest request;
  request.set_name(reply_names_[reply]);
  request.set_decision(random.OneIn(2) ? v1::REPLY_DECISION_STOP : v1::REPLY_DECISION_CONTINUE);
  const auto response = world_.Call(&Engine::replies, &Replies::Decide, request);
  return Told(absl::StrCat("DecideReply ", model_->replies()[reply].saying.address, " ",
                           v1::ReplyDecision_Name(request.decision())),
              ErrorOf(response.status()), model_->DecideReply(reply, request.decision()));
}

// Something is sent, somebody writes, and the care team or the patient goes on.
std::string Simulation::WriteAndMore(Random& random) {
  using Play = std::string (Simulation::*)(Random&);
  std::string told;
  for (const Play play : {random.Of<Play>({&Simulation::SendAll, &Simulation::Lease, &Simulation::MoveTime}),
                          &Simulation::Reply,
                          random.Of<Play>({&Simulation::Reply, &Simulation::AssignReply, &Simulation::AssignReply,
                                           &Simulation::DecideReply, &Simulation::SetConsent, &Simulation::Update,
                                           &Simulation::ReceiveLate})}) {
    absl::StrAppend(&told, told.empty() ? "" : "; then ", (this->*play)(random));
    if (!difference_.empty()) break;
  }
  return told;
}

// The replies are those of the model, newest first: all of them, or those with which there is something to do.
void Simulation::CompareReplies(Random& random) {
  v1::ListRepliesRequest request;
  request.set_parent(ClinicNameOf(clinic_));
  request.set_page_size(1000);
  request.set_task(
      random.Of<v1::ReplyTask>({v1::REPLY_TASK_UNSPECIFIED, v1::REPLY_TASK_ASSIGN, v1::REPLY_TASK_DECIDE}));
  const auto listed = world_.Call(&Engine::replies, &Replies::List, request);
  ExpectSame("ListReplies", ErrorOf(listed.status()), "OK");
  if (!listed.ok()) return;
  const std::vector<KeptReply>& kept = model_->replies();
  const auto count = std::count_if(kept.begin(), kept.end(), [&](const KeptReply& reply) {
    return request.task() == v1::REPLY_TASK_UNSPECIFIED || reply.task == request.task();
  });
  ExpectSame(absl::StrCat("ListReplies ", v1::ReplyTask_Name(request.task())), absl::StrCat(listed->replies_size()),
             absl::StrCat(count));
  absl::Time before = absl::InfiniteFuture();
  for (const v1::Reply& reply : listed->replies()) {
    if (difference_.empty()) CompareReply(reply);
    Expect(before >= plan::ToTime(reply.receive_time()), "the replies are not in order");
    before = plan::ToTime(reply.receive_time());
  }
}

void Simulation::CompareReply(const v1::Reply& reply) {
  const auto found = std::find(reply_names_.begin(), reply_names_.end(), reply.name());
  if (found == reply_names_.end()) return Differ(absl::StrCat("nobody wrote ", reply.ShortDebugString()));
  const KeptReply& kept = model_->replies()[found - reply_names_.begin()];
  ExpectSame(absl::StrCat("the reply ", reply.text(), " from ", kept.saying.address),
             Shown(reply), Shown(kept, *model_));
  Expect(reply.address().empty() == (reply.task() != v1::REPLY_TASK_ASSIGN),
         absl::StrCat("an address is shown, or not: ", reply.ShortDebugString()));
  Expect(reply.has_decide_by_time() == (reply.meaning() == v1::REPLY_MEANING_DOUBTFUL),
         absl::StrCat("a time to decide by is shown, or not: ", reply.ShortDebugString()));
}

// The states of contact points, and what the patient decided.
void Simulation::CompareContacts(const v1::Enrollment& enrollment, const Model::Patient& patient) {
  std::string engine, model;
  for (const v1::ContactPoint& point : enrollment.contact_points()) {
    absl::StrAppend(&engine, " ", point.address(), " ", v1::ContactPointState_Name(point.state()));
  }
  for (const v1::ContactPoint& point : patient.data.contact_points()) {
    absl::StrAppend(&model, " ", point.address(), " ", v1::ContactPointState_Name(model_->StateOf(point)));
  }
  for (const int channel : enrollment.opted_out_channels()) absl::StrAppend(&engine, " not ", channel);
  for (const v1::Channel channel : model_->OptedOut(patient)) absl::StrAppend(&model, " not ", channel);
  for (v1::ConsentDecision decision : enrollment.consent_decisions()) {
    decision.clear_source();
    if (!decision.has_channel()) absl::StrAppend(&engine, " ", decision.ShortDebugString());
  }
  for (const v1::ConsentDecision& decision : patient.data.consent_decisions()) {
    absl::StrAppend(&model, " ", decision.ShortDebugString());
  }
  ExpectSame(absl::StrCat("the contact points of ", patient.id), engine, model);
}

}  // namespace aftercare::engine
