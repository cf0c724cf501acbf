// The part of Model that says what replies of patients mean, and what they do.
#include <algorithm>
#include <iterator>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/reminder.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/model.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kWeek = absl::Hours(7 * 24);

bool Has(const Model::Patient& patient, const Address& address) {
  const auto& points = patient.data.contact_points();
  return std::any_of(points.begin(), points.end(), [&](const v1::ContactPoint& point) {
    return ReadAddress(point.channel(), point.address()) == address;
  });
}

// Whether an answer that came at `time` replaces the one that the item has: a later one of the same day does, by the
// patient's clock.
bool MayCorrect(const Model::Patient& patient, const Model::Item& item, absl::Time time) {
  absl::TimeZone zone;
  absl::LoadTimeZone(patient.data.time_zone(), &zone);
  return time >= *item.state_time && absl::ToCivilDay(time, zone) == absl::ToCivilDay(*item.state_time, zone);
}

bool Runs(const Model::Patient& patient) { return patient.state != v1::ENROLLMENT_STATE_ENDED; }

bool WasAnswered(const Model::Item& item) {
  return item.state == v1::REMINDER_STATE_COMPLETED && item.reason == v1::REMINDER_REASON_ANSWERED;
}

bool AsksFor(const Model::Item& item, v1::AnswerKind answer) {
  return answer != v1::ANSWER_KIND_UNSPECIFIED && item.answer == answer && !item.for_care_team;
}

void Belong(const Model::Patient& patient, const Model::Item& item, KeptReply* reply) {
  reply->meaning = v1::REPLY_MEANING_ANSWER;
  reply->enrollment = patient.id;
  reply->reminder.emplace(item.rule, item.code);
}

}  // namespace

Address ReadAddress(v1::Channel channel, const std::string& written) {
  if (channel == v1::CHANNEL_EMAIL) return {channel, absl::AsciiStrToLower(written)};
  if (channel != v1::CHANNEL_SMS) return {channel, written};
  std::string digits;
  for (const char c : written) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) digits += c;
  }
  return {channel, absl::StrCat("+", digits.substr(digits.find_first_not_of('0')))};
}

std::string StoredAddress(v1::Channel channel, const std::string& written) {
  return channel == v1::CHANNEL_SMS ? ReadAddress(channel, written).second : written;
}

// Returns the patients who have the address now.
std::set<std::string> Model::OwnersOf(const Address& address) const {
  std::set<std::string> owners;
  for (const auto& [id, patient] : patients_) {
    if (Has(patient, address)) owners.insert(patient.data.patient());
  }
  return owners;
}

// Returns the messages of the patients that were sent in the week before `time`, the newest first. If several were sent
// at once: the one due later, then one that is not answered, then the first by patient, enrollment and name.
std::vector<Model::Message> Model::MessagesOf(const std::set<std::string>& senders, const Address& address,
                                              absl::Time time) const {
  std::vector<Message> messages;
  for (const std::string& sender : senders) {
    for (const auto& [id, patient] : patients_) {
      if (patient.data.patient() != sender) continue;
      for (const auto& [key, item] : patient.items) {
        const bool counts = item.sent && *item.sent >= time - kWeek && *item.sent <= time && !item.bounced();
        if (counts) messages.push_back({&patient, &item, item.sent_to == address});
      }
    }
  }
  std::stable_sort(messages.begin(), messages.end(), [](const Message& a, const Message& b) {
    return std::tuple(*a.item->sent, a.item->due, !WasAnswered(*a.item)) >
           std::tuple(*b.item->sent, b.item->due, !WasAnswered(*b.item));
  });
  return messages;
}

// Returns the messages that went to the address in the week before `time`.
std::vector<Model::Message> Model::MessagesTo(const Address& address, absl::Time time) const {
  std::set<std::string> everybody;
  for (const auto& [id, patient] : patients_) everybody.insert(patient.data.patient());
  std::vector<Message> messages = MessagesOf(everybody, address, time);
  messages.erase(std::remove_if(messages.begin(), messages.end(), [](const Message& each) { return !each.here; }),
                 messages.end());
  return messages;
}

// Finds the question that a reply answers. `questions` are sorted, the newest first. Those that went to the address
// count before others. Returns whether there is an answer to any, or several patients may have meant it.
bool Model::Answers(std::vector<Message> questions, KeptReply* reply) {
  const auto ends = [&](const Message& message) {
    const bool by_hand = message.item->state == v1::REMINDER_STATE_COMPLETED && !WasAnswered(*message.item);
    return by_hand || !AsksFor(*message.item, reply->saying.answer);
  };
  questions.erase(std::remove_if(questions.begin(), questions.end(), ends), questions.end());
  const auto elsewhere =
      std::stable_partition(questions.begin(), questions.end(), [](const Message& each) { return each.here; });
  if (elsewhere != questions.begin()) questions.erase(elsewhere, questions.end());
  // Who answered may have meant to correct that, as much as another may have meant to answer.
  const auto may_be_meant = [&](const Message& message) {
    return message.item->asks() || MayCorrect(*message.patient, *message.item, reply->time);
  };
  std::set<std::string> patients;
  std::vector<Message> open;
  for (const Message& question : questions) {
    const bool newest = patients.insert(question.patient->data.patient()).second;
    if (newest && may_be_meant(question)) open.push_back(question);
  }
  if (open.empty()) return false;
  if (open.size() > 1) {
    reply->meaning = v1::REPLY_MEANING_AMBIGUOUS;
  } else {
    Belong(*open.front().patient, *open.front().item, reply);
  }
  return true;
}

// Answers the reminder that the channel names, if that asked for such an answer, was leased, and has no answer yet or
// one of the same day.
bool Model::AnswersNamed(KeptReply* reply) const {
  const auto& [enrollment, key] = *reply->saying.named;
  const Patient& patient = patients_.at(enrollment);
  const Item& item = patient.items.at(key);
  const bool again = WasAnswered(item) && MayCorrect(patient, item, reply->time);
  if (!AsksFor(item, reply->saying.answer) || item.attempts == 0) return false;
  if (!item.open() && !item.asks() && !again) return false;
  Belong(patient, item, reply);
  return true;
}

// Finds out what a reply means and whose it is.
void Model::Understand(const std::set<std::string>& senders, KeptReply* reply) const {
  const Saying& saying = reply->saying;
  const Address address = ReadAddress(saying.channel, saying.address);
  const std::vector<Message> messages = MessagesOf(senders, address, reply->time);
  reply->meaning = saying.wish == v1::REPLY_MEANING_UNSPECIFIED ? v1::REPLY_MEANING_OTHER : saying.wish;
  if (saying.may_answer) {
    const bool open = std::any_of(messages.begin(), messages.end(), [](const Message& each) {
      return !each.item->visit.empty() || (each.item->answer != v1::ANSWER_KIND_UNSPECIFIED && each.item->asks());
    });
    reply->meaning = open ? v1::REPLY_MEANING_DOUBTFUL : v1::REPLY_MEANING_STOP;
  }
  if (senders.empty()) {
    reply->task = v1::REPLY_TASK_ASSIGN;
    return;
  }
  if (reply->meaning == v1::REPLY_MEANING_DOUBTFUL) reply->task = v1::REPLY_TASK_DECIDE;
  // A wish counts whatever is named, and a name counts for nothing if it is of somebody else.
  const bool names = saying.named && senders.count(patients_.at(saying.named->first).data.patient()) > 0;
  if (names ? AnswersNamed(reply) : Answers(messages, reply)) {
    if (reply->meaning == v1::REPLY_MEANING_AMBIGUOUS) reply->task = v1::REPLY_TASK_ASSIGN;
    return;
  }
  if (names) {
    reply->enrollment = saying.named->first;
  } else {
    BelongToSomebody(messages, OwnersOf(address), reply);
  }
}

// What runs comes before what has ended.
void Model::BelongToSomebody(const std::vector<Message>& messages, const std::set<std::string>& owners,
                             KeptReply* reply) const {
  std::vector<Message> to_running;
  std::copy_if(messages.begin(), messages.end(), std::back_inserter(to_running),
               [](const Message& message) { return Runs(*message.patient); });
  if (!to_running.empty()) return BelongToLast(to_running, reply);
  const bool any_runs = std::any_of(patients_.begin(), patients_.end(), [&owners](const auto& entry) {
    return owners.count(entry.second.data.patient()) > 0 && Runs(entry.second);
  });
  if (!any_runs && !messages.empty()) return BelongToLast(messages, reply);
  reply->enrollment = NewestOf(owners);
}

// The reply belongs to the enrollment that was last sent a message. If several were at one time, it may be of any.
void Model::BelongToLast(const std::vector<Message>& messages, KeptReply* reply) {
  const Message& last = messages.front();
  const bool may_be_of_another = std::any_of(messages.begin(), messages.end(), [&](const Message& each) {
    return each.patient->id == reply->saying.whose && each.item->sent == last.item->sent;
  });
  reply->enrollment = may_be_of_another ? reply->saying.whose : last.patient->id;
}

// Lets a reply take effect that was understood.
void Model::Act(int index) {
  const KeptReply& reply = replies_[index];
  const Address address = ReadAddress(reply.saying.channel, reply.saying.address);
  switch (reply.meaning) {
    case v1::REPLY_MEANING_STOP:
      return Stop(address);
    case v1::REPLY_MEANING_START:
      Start(address);
      for (const std::string& owner : OwnersOf(address)) opted_out_[owner].erase(address.first);
      return;
    case v1::REPLY_MEANING_DOUBTFUL:
      Settle(address);
      replies_[index].holds = {address};
      return Redirect();
    case v1::REPLY_MEANING_ANSWER:
      return MakeAnswered(index);
    default:
      return;
  }
}

void Model::MakeAnswered(int index) {
  const KeptReply& reply = replies_[index];
  Patient& patient = patients_.at(reply.enrollment);
  Item& item = patient.items.at(*reply.reminder);
  item.score = reply.saying.score;
  item.did = reply.saying.done;
  MakeCompleted(patient, v1::REMINDER_REASON_ANSWERED, &item);
  item.state_time = reply.time;
  ReactToAnswer(index, &patient);
  ExpectNoAnswer(InstanceOf(patient, *reply.reminder), &patient);
  AdjustAfterReactions(&patient);
}

std::string Model::SetConsent(const std::string& id, v1::Channel channel, v1::Consent consent) {
  const auto is_theirs = [&](const auto& entry) { return entry.second.data.patient() == id; };
  if (std::none_of(patients_.begin(), patients_.end(), is_theirs)) return "NOT_FOUND/PATIENT_NOT_FOUND";
  if (consent == v1::CONSENT_REFUSED) {
    opted_out_[id].insert(channel);
    Redirect();
    return "OK";
  }
  opted_out_[id].erase(channel);
  for (const auto& [enrollment, patient] : patients_) {
    if (patient.data.patient() != id) continue;
    for (const v1::ContactPoint& point : patient.data.contact_points()) {
      if (point.channel() == channel) Start(ReadAddress(channel, point.address()));
    }
  }
  return "OK";
}

bool Model::IsRefused(const Patient& patient, const Item& item) {
  const auto& decisions = patient.data.consent_decisions();
  return !item.for_care_team && std::any_of(decisions.begin(), decisions.end(), [&](const auto& decision) {
    return decision.has_category() && decision.category() == item.category &&
           decision.consent() == v1::CONSENT_REFUSED;
  });
}

void Model::EndRefused(Patient* patient) const {
  for (auto& [key, item] : patient->items) {
    if (!item.waits() || !IsRefused(*patient, item)) continue;
    Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_CATEGORY_REFUSED);
  }
}

void Model::CopyDecisions(Patient* patient) const {
  patient->data.clear_consent_decisions();
  const auto found = decisions_.find(patient->data.patient());
  if (found == decisions_.end()) return;
  for (const auto& [scope, consent] : found->second) {
    v1::ConsentDecision& decision = *patient->data.add_consent_decisions();
    decision.set_consent(consent);
    scope.first ? decision.set_health_information(true) : decision.set_category(scope.second);
  }
}

std::string Model::DecideAbout(const std::string& id, const v1::ConsentDecision& decision) {
  const auto is_theirs = [&](const auto& entry) { return entry.second.data.patient() == id; };
  if (std::none_of(patients_.begin(), patients_.end(), is_theirs)) return "NOT_FOUND/PATIENT_NOT_FOUND";
  decisions_[id][{decision.health_information(), decision.category()}] = decision.consent();
  for (auto& [enrollment, patient] : patients_) {
    if (patient.data.patient() != id) continue;
    const bool had_health = !plan::GetsDiscreetTexts(patient.data);
    CopyDecisions(&patient);
    EndRefused(&patient);
    if (!had_health || !plan::GetsDiscreetTexts(patient.data) || patient.state == v1::ENROLLMENT_STATE_ENDED) continue;
    Rematch({.texts_changed = true}, &patient);
    Fire(&patient);
  }
  return "OK";
}

std::string Model::RecordReply(const Saying& saying) {
  KeptReply reply;
  reply.saying = saying;
  reply.time = now_;
  const Address address = ReadAddress(saying.channel, saying.address);
  std::set<std::string> senders = OwnersOf(address);
  for (const Message& message : MessagesTo(address, now_)) senders.insert(message.patient->data.patient());
  Understand(senders, &reply);
  const bool decides = reply.meaning == v1::REPLY_MEANING_STOP || reply.meaning == v1::REPLY_MEANING_START;
  if (saying.named && !decides && senders.count(patients_.at(saying.named->first).data.patient()) == 0) {
    return "FAILED_PRECONDITION/NOT_OF_SENDER";
  }
  replies_.push_back(reply);
  const int index = static_cast<int>(replies_.size()) - 1;
  Act(index);
  ReactToWords(index);
  return "OK";
}

std::string Model::AssignReply(int index, const std::string& enrollment) {
  KeptReply& reply = replies_[index];
  if (reply.task != v1::REPLY_TASK_ASSIGN) return "FAILED_PRECONDITION/REPLY_NOT_TO_ASSIGN";
  const Patient& patient = patients_.at(enrollment);
  const v1::Channel channel = reply.saying.channel;
  reply.task = v1::REPLY_TASK_UNSPECIFIED;
  reply.enrollment = enrollment;
  ReactToWords(index);
  if (reply.meaning == v1::REPLY_MEANING_STOP || reply.meaning == v1::REPLY_MEANING_START) {
    // What was said of the patient's own addresses stays.
    std::set<v1::Channel>& refused = opted_out_[patient.data.patient()];
    reply.meaning == v1::REPLY_MEANING_STOP ? (void)refused.insert(channel) : (void)refused.erase(channel);
    Redirect();
    return "OK";
  }
  if (reply.meaning == v1::REPLY_MEANING_DOUBTFUL) {
    if (reply.holds.empty()) return "OK";  // It was settled since by the address that it came from.
    std::set<Address> holds = reply.holds;
    reply.holds.clear();
    for (const v1::ContactPoint& point : patient.data.contact_points()) {
      if (point.channel() == channel) holds.insert(ReadAddress(channel, point.address()));
    }
    for (const Address& address : holds) Settle(address);
    reply.holds = holds;
    reply.task = v1::REPLY_TASK_DECIDE;
    Redirect();
    return "OK";
  }
  if (reply.meaning == v1::REPLY_MEANING_HELP) return "OK";
  reply.meaning = v1::REPLY_MEANING_OTHER;
  const Address address = ReadAddress(channel, reply.saying.address);
  std::vector<Message> messages = MessagesOf({patient.data.patient()}, address, reply.time);
  const auto of_another = [&](const Message& each) { return each.patient != &patient; };
  messages.erase(std::remove_if(messages.begin(), messages.end(), of_another), messages.end());
  if (Answers(messages, &reply)) MakeAnswered(index);
  return "OK";
}

std::string Model::DecideReply(int index, v1::ReplyDecision decision) {
  KeptReply& reply = replies_[index];
  if (reply.task != v1::REPLY_TASK_DECIDE) return "FAILED_PRECONDITION/REPLY_NOT_TO_DECIDE";
  reply.task = v1::REPLY_TASK_UNSPECIFIED;
  reply.decision = decision;
  const std::set<Address> held = std::move(reply.holds);
  reply.holds.clear();
  if (decision == v1::REPLY_DECISION_CONTINUE) return "OK";
  for (const Address& address : held) Stop(address);
  return "OK";
}

std::string Model::NewestOf(const std::set<std::string>& owners) const {
  const Patient* newest = nullptr;
  for (const std::string& owner : owners) {
    for (const auto& [id, patient] : patients_) {
      if (patient.data.patient() != owner) continue;
      const auto rank = [](const Patient& one) {
        return std::make_tuple(Runs(one), plan::ToTime(one.data.enroll_time()));
      };
      if (newest == nullptr || rank(patient) > rank(*newest)) newest = &patient;
    }
  }
  return newest->id;
}

}  // namespace aftercare::engine
