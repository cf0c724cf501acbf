#include "tests/history/writer.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "scheduler/plan/timestamps.h"
#include "tests/history/index.h"

namespace aftercare::history {
namespace {

using Enrollments = v1::EnrollmentService::Stub;
using Reminders = v1::ReminderService::Stub;
using Deliveries = v1::DeliveryService::Stub;

// The telephone number of the patient of an enrollment `{letter}{digit}-{count}`. In one clinic only that patient has
// it; enrollments of two clinics that differ by the letter share it.
std::string NumberOf(const std::string& id) {
  return absl::StrFormat("+1555%c%06d", id[1], std::stoi(id.substr(3)));
}

// Another way to write a number.
std::string Written(const std::string& number, Chance& chance) {
  const std::string digits = number.substr(1);
  switch (chance.Number(0, 3)) {
    case 0:
      return digits;
    case 1:
      return absl::StrCat("00", digits);
    case 2:
      return absl::StrCat("+", digits.substr(0, 1), " (", digits.substr(1, 3), ") ", digits.substr(4, 3), "-",
                          digits.substr(7));
    default:
      return number;
  }
}

}  // namespace

void Writer::Run() {
  while (run_.working && (client_ != nullptr || (client_ = run_.server.AwaitClient(nullptr)) != nullptr)) Step();
}

void Writer::Step() {
  if (running_.empty() || (patients_ < most_ && chance_.OneIn(3))) {
    if (patients_ < most_) return Enroll();
    run_.recorder.AwaitMore(50);  // All have ended: nothing is left but to look on.
    return;
  }
  const size_t index = static_cast<size_t>(chance_.Number(0, static_cast<int64_t>(running_.size()) - 1));
  const std::string enrollment = running_[index];
  switch (chance_.Number(0, 14)) {
    case 14:
      return SeeToAlarm(enrollment);
    case 13:
      return SayDanger(enrollment);
    case 12:
      return SayWord(enrollment);
    case 0:
      return Update(enrollment);
    case 1:
      return CarryNamed(Change::KIND_PAUSE, enrollment, &e2e::Client::enrollments, &Enrollments::PauseEnrollment);
    case 2:
      return CarryNamed(Change::KIND_RESUME, enrollment, &e2e::Client::enrollments, &Enrollments::ResumeEnrollment);
    case 3:
      return Look(enrollment);
    case 4:
      return Consent(enrollment);
    case 5:
      return Redrive();
    case 6:
      if (static_cast<int>(running_.size()) > most_ / 4 || chance_.OneIn(5)) End(index);
      return;
    default:
      return ChangeReminder(enrollment);
  }
}

Outcome Writer::Carry(Change::Kind kind, Change change, const Send& send) {
  const std::string id = absl::StrCat(name_, "-", ++requests_);
  const bool insists = !chance_.OneIn(6);
  change.set_kind(kind);
  change.set_request_id(id);
  while (true) {
    Observation call;
    call.set_actor(name_);
    *call.mutable_change() = change;
    send(*client_, id, &call);
    const Outcome outcome = call.outcome();
    run_.recorder.Add(std::move(call));
    if (outcome != OUTCOME_UNKNOWN) return outcome;
    client_ = run_.server.AwaitClient(client_);
    if (client_ == nullptr || !insists) return outcome;
  }
}

void Writer::Enroll() {
  const std::string id = absl::StrCat(name_, "-", ++patients_);
  auto request = e2e::Patient(place_.clinic.name().substr(std::string("clinics/").size()), id, place_.date,
                              absl::StrCat("contact_points { channel: CHANNEL_SMS address: '", NumberOf(id), "' }",
                                           "contact_points { channel: CHANNEL_EMAIL address: '", id,
                                           "@example.org' }"));
  request.mutable_enrollment()->set_time_zone(place_.zone);
  request.mutable_enrollment()->set_first_name("first-" + id);
  Change change;
  change.set_name(absl::StrCat(place_.clinic.name(), "/enrollments/", id));
  change.set_first_name(request.enrollment().first_name());
  change.set_number(NumberOf(id));
  const Outcome outcome =
      Carry(Change::KIND_ENROLL, change, &e2e::Client::enrollments, &Enrollments::CreateEnrollment, request);
  if (outcome == OUTCOME_DONE) running_.push_back(change.name());
}

// Another name, which nothing else has, and every other time another date of the procedure.
void Writer::Update(const std::string& enrollment) {
  Change change;
  change.set_name(enrollment);
  change.set_first_name(absl::StrCat("name-", name_, "-", requests_ + 1));
  v1::UpdateEnrollmentRequest request;
  request.mutable_enrollment()->set_name(enrollment);
  request.mutable_enrollment()->set_first_name(change.first_name());
  request.mutable_update_mask()->add_paths("first_name");
  if (chance_.OneIn(2)) {
    absl::CivilDay day;
    absl::ParseCivilTime(place_.date, &day);
    request.mutable_enrollment()->set_procedure_date(absl::FormatCivilTime(day + chance_.Number(-1, 1)));
    request.mutable_update_mask()->add_paths("procedure_date");
  }
  Carry(Change::KIND_UPDATE, change, &e2e::Client::enrollments, &Enrollments::UpdateEnrollment, request);
}

void Writer::End(size_t index) {
  Change change;
  change.set_name(running_[index]);
  change.set_end_reason(chance_.OneIn(2) ? v1::END_REASON_WITHDRAWN : v1::END_REASON_COMPLETED);
  running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(index));
  v1::EndEnrollmentRequest request;
  request.set_name(change.name());
  request.set_reason(change.end_reason());
  Carry(Change::KIND_END, change, &e2e::Client::enrollments, &Enrollments::EndEnrollment, request);
}

std::optional<v1::GetTimelineResponse> Writer::ReadTimeline(const std::string& enrollment) {
  v1::GetTimelineRequest look;
  look.set_name(enrollment);
  const auto timeline = e2e::Call(*client_->enrollments, &Enrollments::GetTimeline, look);
  if (timeline.ok()) return timeline.response;
  client_ = run_.server.AwaitClient(client_);
  return std::nullopt;
}

// Moves, cancels or completes one that is not over, as it looks. Leaves tasks about signs of danger alone.
void Writer::ChangeReminder(const std::string& enrollment) {
  const auto timeline = ReadTimeline(enrollment);
  if (!timeline.has_value()) return;
  std::vector<const v1::Reminder*> open;
  for (const v1::Reminder& reminder : timeline->reminders()) {
    if (!IsTerminal(reminder.state()) && !IsAlarm(reminder.name())) open.push_back(&reminder);
  }
  if (open.empty()) return;
  const v1::Reminder& reminder = *open[static_cast<size_t>(chance_.Number(0, static_cast<int64_t>(open.size()) - 1))];
  if (chance_.OneIn(2)) {
    const absl::Duration ahead = place_.clinic.sandbox() ? absl::Minutes(chance_.Number(1, 90))
                                                         : absl::Milliseconds(chance_.Number(100, 3000));
    return Move(reminder.name(), plan::ToTime(timeline->current_time()) + ahead);
  }
  if (reminder.audience() == v1::AUDIENCE_CARE_TEAM || chance_.OneIn(3)) {
    CarryNamed(Change::KIND_COMPLETE, reminder.name(), &e2e::Client::reminders, &Reminders::CompleteReminder);
  } else {
    CarryNamed(Change::KIND_CANCEL, reminder.name(), &e2e::Client::reminders, &Reminders::CancelReminder);
  }
}

// Tells the clinic whether the patient wants text messages.
void Writer::Consent(const std::string& enrollment) {
  Change change;
  change.set_name(enrollment);
  change.set_channel(v1::CHANNEL_SMS);
  change.set_consent(chance_.OneIn(2) ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
  v1::SetConsentRequest request;
  request.set_parent(place_.clinic.name());
  request.set_patient("mrn-" + enrollment.substr(enrollment.rfind('/') + 1));
  request.mutable_decision()->set_channel(change.channel());
  request.mutable_decision()->set_consent(change.consent());
  Carry(Change::KIND_CONSENT, change, &e2e::Client::enrollments, &Enrollments::SetConsent, request);
}

// Writes a stop word or a start word from the patient's telephone, to one clinic or to all that write from its number.
void Writer::SayWord(const std::string& enrollment) {
  Change change;
  change.set_name(NumberOf(enrollment.substr(enrollment.rfind('/') + 1)));
  change.set_consent(chance_.OneIn(2) ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
  change.add_clinics(place_.clinic.name());
  v1::RecordReplyRequest request;
  request.set_parent(place_.clinic.name());
  request.set_channel(v1::CHANNEL_SMS);
  request.set_address(Written(change.name(), chance_));
  request.set_text(change.consent() == v1::CONSENT_REFUSED ? "Stop" : "start");
  if (chance_.OneIn(2)) {
    const std::string other = place_.clinic.sandbox() ? kRealTimeName : kSandboxName;
    request.add_other_clinics(other);
    change.add_clinics(other);
  }
  Carry(Change::KIND_WORD, change, &e2e::Client::replies, &v1::ReplyService::Stub::RecordReply, request);
}

// Writes a sign of danger from the patient's telephone.
void Writer::SayDanger(const std::string& enrollment) {
  Change change;
  change.set_name(enrollment);
  v1::RecordReplyRequest request;
  request.set_parent(place_.clinic.name());
  request.set_channel(v1::CHANNEL_SMS);
  request.set_address(Written(NumberOf(enrollment.substr(enrollment.rfind('/') + 1)), chance_));
  request.set_text(chance_.OneIn(2) ? "I have a fever" : "Chest. Pain!");
  Carry(Change::KIND_DANGER, change, [&](e2e::Client& client, const std::string& request_id, Observation* call) {
    request.set_request_id(request_id);
    const auto answer = Ask(run_.recorder, *client.replies, &v1::ReplyService::Stub::RecordReply, request, call);
    if (!answer.ok()) return;
    const v1::Reply& reply = answer->reply();
    call->mutable_change()->set_reply(reply.name());
    if (reply.word_lists().empty()) return;
    absl::TimeZone zone;
    absl::LoadTimeZone(place_.zone, &zone);
    call->mutable_change()->set_task(absl::StrCat(
        enrollment, "/reminders/alarm.", absl::FormatTime("%Y-%m-%d-%H%M", plan::ToTime(reply.receive_time()), zone)));
  });
}

// Acknowledges or completes one of the open tasks about signs of danger.
void Writer::SeeToAlarm(const std::string& enrollment) {
  const auto timeline = ReadTimeline(enrollment);
  if (!timeline.has_value()) return;
  std::vector<std::string> open;
  for (const v1::Reminder& reminder : timeline->reminders()) {
    if (IsAlarm(reminder.name()) && !IsTerminal(reminder.state())) open.push_back(reminder.name());
  }
  if (open.empty()) return;
  const std::string& task = open[static_cast<size_t>(chance_.Number(0, static_cast<int64_t>(open.size()) - 1))];
  if (chance_.OneIn(3)) {
    CarryNamed(Change::KIND_COMPLETE, task, &e2e::Client::reminders, &Reminders::CompleteReminder);
  } else {
    CarryNamed(Change::KIND_ACKNOWLEDGE, task, &e2e::Client::reminders, &Reminders::AcknowledgeReminder);
  }
}

// Has something sent again that failed, as the list of it has it.
void Writer::Redrive() {
  v1::ListDeadLettersRequest look;
  look.set_parent(place_.clinic.name());
  const auto letters = e2e::Call(*client_->deliveries, &Deliveries::ListDeadLetters, look);
  if (!letters.ok()) {
    client_ = run_.server.AwaitClient(client_);
    return;
  }
  if (letters->dead_letters().empty()) return;
  Change change;
  change.set_name(letters->dead_letters(static_cast<int>(chance_.Number(0, letters->dead_letters_size() - 1)))
                      .reminder()
                      .name());
  Carry(Change::KIND_REDRIVE, change, [&](e2e::Client& client, const std::string& request_id, Observation* call) {
    v1::RedriveRemindersRequest request;
    request.set_parent(place_.clinic.name());
    request.add_names(change.name());
    request.set_request_id(request_id);
    const auto answer = Ask(run_.recorder, *client.deliveries, &Deliveries::RedriveReminders, request, call);
    if (answer.ok()) NoteStatus(ToGrpc(answer->results(0).status()), call);
  });
}

void Writer::Move(const std::string& reminder, absl::Time due) {
  Change change;
  change.set_name(reminder);
  change.set_micros(absl::ToUnixMicros(due));
  v1::MoveReminderRequest request;
  request.set_name(reminder);
  plan::SetTimestamp(absl::FromUnixMicros(change.micros()), request.mutable_due_time());
  Carry(Change::KIND_MOVE, change, &e2e::Client::reminders, &Reminders::MoveReminder, request);
}

void Writer::Look(const std::string& enrollment) {
  v1::GetEnrollmentRequest request;
  request.set_name(enrollment);
  Observation call;
  call.set_actor(name_);
  call.mutable_look()->set_name(enrollment);
  Ask(run_.recorder, *client_->enrollments, &Enrollments::GetEnrollment, request, &call);
  if (call.outcome() == OUTCOME_UNKNOWN) client_ = run_.server.AwaitClient(client_);
  run_.recorder.Add(std::move(call));
}

}  // namespace aftercare::history
