// The part of Model that says what consents and replies of patients do to reminders.
#include <algorithm>
#include <iterator>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/reminder_name.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/model.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kWeek = absl::Hours(7 * 24);

bool IsReachable(const Model::Patient& patient, v1::Channel channel) {
  const auto& points = patient.data.contact_points();
  return std::any_of(points.begin(), points.end(),
                     [channel](const v1::ContactPoint& point) { return point.channel() == channel; });
}

}  // namespace

const std::set<v1::Channel>& Model::OptedOut(const Patient& patient) const {
  static const auto* const none = new std::set<v1::Channel>();
  const auto found = opted_out_.find(patient.data.patient());
  return found == opted_out_.end() ? *none : found->second;
}

int Model::FirstWanted(const Patient& patient, int from) const {
  for (int i = from; i < patient.data.contact_points_size(); ++i) {
    if (OptedOut(patient).count(patient.data.contact_points(i).channel()) == 0) return i;
  }
  return -1;
}

void Model::Direct(const Patient& patient, int contact_point, Item* item) const {
  item->contact_point = contact_point;
  const auto& points = patient.data.contact_points();
  item->channel = contact_point < points.size() ? points[contact_point].channel() : v1::CHANNEL_UNSPECIFIED;
}

std::string Model::SetConsent(const std::string& id, v1::Channel channel, v1::Consent consent) {
  const auto is_theirs = [&](const auto& entry) { return entry.second.data.patient() == id; };
  if (std::none_of(patients_.begin(), patients_.end(), is_theirs)) return "NOT_FOUND/PATIENT_NOT_FOUND";
  if (consent == v1::CONSENT_GRANTED) {
    opted_out_[id].erase(channel);
    return "OK";
  }
  if (!opted_out_[id].insert(channel).second) return "OK";
  for (auto& [enrollment, patient] : patients_) {
    if (patient.data.patient() != id) continue;
    const auto& points = patient.data.contact_points();
    for (auto& [key, item] : patient.items) {
      if (!item.waits() || item.for_care_team || points[item.contact_point].channel() != channel) continue;
      const int next = FirstWanted(patient, item.contact_point + 1);
      if (next < 0) {
        Become(&item, v1::REMINDER_STATE_SUPPRESSED, v1::REMINDER_REASON_OPTED_OUT);
        continue;
      }
      Direct(patient, next, &item);
      item.failures = 0;
      if (item.state == v1::REMINDER_STATE_LEASED) {
        Become(&item, v1::REMINDER_STATE_DUE);
        item.available = item.From(now_);
      }
      item.available = std::min(item.available, item.From(now_));
    }
  }
  return "OK";
}

std::vector<std::string> Model::SendersAt(v1::Channel channel) const {
  std::set<std::string> senders;
  for (const auto& [id, patient] : patients_) {
    if (IsReachable(patient, channel)) senders.insert(patient.data.patient());
  }
  return {senders.begin(), senders.end()};
}

// Returns the reminder that was sent last. If several were sent at once: the one due later, then the first one by
// patient, enrollment and name.
template <typename Matches>
std::optional<Model::Found> Model::NewestSent(const std::vector<std::string>& senders, Matches matches) {
  std::optional<Found> newest;
  for (const std::string& sender : senders) {
    for (auto& [id, patient] : patients_) {
      if (patient.data.patient() != sender) continue;
      for (auto& [key, item] : patient.items) {
        if (!matches(item)) continue;
        const bool is_newer = !newest || std::tie(*item.state_time, item.due) >
                                             std::tie(*newest->item->state_time, newest->item->due);
        if (is_newer) newest = Found{&id, &item};
      }
    }
  }
  return newest;
}

std::string Model::RecordReply(const Reply& reply) {
  const std::vector<std::string> senders = SendersAt(reply.channel);
  if (senders.empty()) return "NOT_FOUND/UNKNOWN_SENDER";
  const bool decides = reply.decision != v1::REPLY_MEANING_UNSPECIFIED;
  const auto asks = [&](const Item& item) {
    return reply.answer != v1::ANSWER_KIND_UNSPECIFIED && item.answer == reply.answer && !item.for_care_team;
  };
  std::optional<Found> answered;
  std::string of;
  if (!decides && reply.named) {
    auto& [id, key] = *reply.named;
    Patient& patient = patients_.at(id);
    if (std::count(senders.begin(), senders.end(), patient.data.patient()) == 0) {
      return "FAILED_PRECONDITION/NOT_OF_SENDER";
    }
    of = id;
    Item& item = patient.items.at(key);
    const bool had = item.attempts > 0 && (item.open() || item.state == v1::REMINDER_STATE_SENT);
    if (had && asks(item)) answered = Found{&id, &item};
  } else if (!decides) {
    answered = NewestSent(senders, [&](const Item& item) {
      return item.state == v1::REMINDER_STATE_SENT && *item.state_time >= now_ - kWeek && asks(item) &&
             item.channel == reply.channel;
    });
    if (answered) of = *answered->enrollment;
  }
  if (of.empty()) {
    const auto last = NewestSent(senders, [&](const Item& item) {
      return item.done() && item.attempts > 0 && item.channel == reply.channel;
    });
    of = last ? *last->enrollment : NewestOf(senders);
  }
  if (answered) {
    Patient& patient = patients_.at(of);
    const Key key = {answered->item->rule, answered->item->code};
    answered->item->score = reply.score;
    MakeCompleted(patient, v1::REMINDER_REASON_ANSWERED, answered->item);
    Rematch({}, &patient);
    Fire(&patient);
    return absl::StrCat("ANSWER ", of, "/", key.first, ".", plan::FormatNameCode(key.second));
  }
  const auto consent =
      reply.decision == v1::REPLY_MEANING_STOP ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED;
  for (const std::string& sender : senders) {
    if (decides) SetConsent(sender, reply.channel, consent);
  }
  return absl::StrCat(decides ? v1::ReplyMeaning_Name(reply.decision).substr(14) : "OTHER", " ", of);
}

std::string Model::NewestOf(const std::vector<std::string>& senders) const {
  const Patient* newest = nullptr;
  for (const std::string& sender : senders) {
    for (const auto& [id, patient] : patients_) {
      if (patient.data.patient() != sender) continue;
      const bool is_newer = newest == nullptr || plan::ToTime(patient.data.enroll_time()) >
                                                     plan::ToTime(newest->data.enroll_time());
      if (is_newer) newest = &patient;
    }
  }
  return newest->id;
}

// Returns the instance of the group that each occurrence belongs to, or -1 if it is not of the group. An instance
// begins with each occurrence of the first rule of the group that has any. What comes before is of instance 0.
std::vector<int> Model::InstancesOf(const v1::Pathway& pathway, const std::string& group, const Year& year) {
  std::set<std::string> rules;
  std::multiset<absl::CivilMinute> begins;
  for (const v1::Rule& rule : pathway.rules()) {
    if (rule.group() != group) continue;
    rules.insert(rule.id());
    if (!begins.empty()) continue;
    for (const Place& place : year) {
      if (place.item.rule == rule.id()) begins.insert(place.civil);
    }
  }
  std::vector<int> instances(year.size(), -1);
  for (size_t i = 0; i < year.size(); ++i) {
    if (rules.count(year[i].item.rule) == 0) continue;
    instances[i] = static_cast<int>(std::distance(begins.begin(), begins.upper_bound(year[i].civil)));
  }
  return instances;
}

// Returns, for each occurrence of the plan, why answers make it needless, if they do. An answer ends the unsent
// reminders of its own instance of the group, and every later instance that would begin within the silence. `holders`
// are the items that cover each occurrence, or that had it until something ended them.
std::vector<v1::ReminderReason> Model::NeedlessByAnswers(const Patient& patient, const Year& year,
                                                         const std::vector<const Item*>& holders) const {
  std::vector<v1::ReminderReason> needless(year.size(), v1::REMINDER_REASON_UNSPECIFIED);
  for (const v1::Group& group : patient.pathway->source().groups()) {
    const std::vector<int> instances = InstancesOf(patient.pathway->source(), group.id(), year);
    const absl::Duration silence = absl::Seconds(group.silence().seconds());
    std::map<int, absl::Time> answered, first;  // By instance: the last answer, and the first that is not sent.
    std::vector<size_t> unsent;
    for (size_t i = 0; i < year.size(); ++i) {
      const Item* item = holders[i];
      if (instances[i] < 0) continue;
      if (item != nullptr && item->state == v1::REMINDER_STATE_COMPLETED) {
        answered[instances[i]] = std::max(answered[instances[i]], *item->state_time);
      }
      const bool open = item != nullptr && item->open() && item->expire > now_;
      const bool to_come = (item == nullptr || StandingOf(*item) == plan::Standing::kEndedByChange) &&
                           year[i].item.missed == v1::REMINDER_REASON_UNSPECIFIED && year[i].item.expire > now_;
      if (!open && !to_come) continue;
      unsent.push_back(i);
      const absl::Time due = open ? item->due : year[i].item.due;
      const auto [earliest, is_first] = first.emplace(instances[i], due);
      if (!is_first) earliest->second = std::min(earliest->second, due);
    }
    for (const size_t i : unsent) {
      for (const auto& [instance, time] : answered) {
        const bool too_soon = instance < instances[i] && silence > absl::ZeroDuration() &&
                              first[instances[i]] <= time + silence;
        if (too_soon) needless[i] = v1::REMINDER_REASON_SILENCED;
      }
      if (answered.count(instances[i]) > 0) needless[i] = v1::REMINDER_REASON_ANSWERED;
    }
  }
  return needless;
}

}  // namespace aftercare::engine
