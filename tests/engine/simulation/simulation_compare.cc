// What a Simulation asks the engine after each step.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/simulation/simulation.h"

namespace aftercare::engine {
namespace {

std::string Shown(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%E*S", time, absl::UTCTimeZone()); }
std::string Shown(std::optional<absl::Time> time) { return time ? Shown(*time) : "never"; }

v1::Channel ChannelOf(const Model& model, const Model::Patient& patient, const Model::Item& item) {
  const auto& points = patient.data.contact_points();
  const bool to_come = !item.known || item.state == v1::REMINDER_STATE_SCHEDULED;
  const int index = to_come ? model.FirstWanted(patient, 0) : item.contact_point;
  if (item.for_care_team || index < 0 || index >= points.size()) return v1::CHANNEL_UNSPECIFIED;
  return points[index].channel();
}

template <typename List, typename Value>
bool NoneOr(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool Matches(const v1::ReminderFilter& filter, const std::string& enrollment, const Model& model,
             const Model::Patient& patient, const Model::Item& item) {
  const v1::Audience audience = item.for_care_team ? v1::AUDIENCE_CARE_TEAM : v1::AUDIENCE_PATIENT;
  return (filter.patient().empty() || filter.patient() == patient.data.patient()) &&
         (filter.enrollment().empty() || filter.enrollment() == enrollment) && NoneOr(filter.phases(), item.phase) &&
         NoneOr(filter.categories(), item.category) && NoneOr(filter.states(), item.state) &&
         (filter.audience() == v1::AUDIENCE_UNSPECIFIED || filter.audience() == audience) &&
         (filter.channel() == v1::CHANNEL_UNSPECIFIED || filter.channel() == ChannelOf(model, patient, item)) &&
         (!filter.has_due_from() || item.due >= plan::ToTime(filter.due_from())) &&
         (!filter.has_due_before() || item.due < plan::ToTime(filter.due_before()));
}

std::string Shown(v1::ReminderState state, v1::ReminderReason reason, int attempts, const std::string& due,
                  const std::string& expire) {
  return absl::StrCat(StateAndReason(state, reason), " after ", attempts, " leases, due ", due, " until ", expire);
}

// Whether nothing has happened to a reminder that the log would tell.
bool IsSilent(const v1::Reminder& reminder) {
  switch (reminder.reason()) {
    case v1::REMINDER_REASON_UNSPECIFIED:
    case v1::REMINDER_REASON_HELD:
      return reminder.state() == v1::REMINDER_STATE_SCHEDULED;
    case v1::REMINDER_REASON_OUTSIDE_CONTACT_HOURS:
      return !reminder.has_state_time();  // It is still to come.
    case v1::REMINDER_REASON_LATE_ENROLLMENT:
    case v1::REMINDER_REASON_ENROLLMENT_ENDED:
    case v1::REMINDER_REASON_PAUSED:
    case v1::REMINDER_REASON_MOVED_BY_REANCHOR:
    case v1::REMINDER_REASON_VISIT_CHANGED:
    case v1::REMINDER_REASON_WINDOW_CLOSED:
      return reminder.attempts() == 0;
    default:
      return false;
  }
}

}  // namespace

std::vector<Simulation::Line> Simulation::LinesOf(const v1::ReminderFilter& filter) const {
  std::vector<Line> lines;
  for (const auto& [id, patient] : model_->patients()) {
    const std::string enrollment = EnrollmentNameOf(clinic_, id);
    for (const auto& [key, item] : patient.items) {
      if (!Matches(filter, enrollment, *model_, patient, item)) continue;
      lines.push_back({model_->NameOf(id, key), &patient, &item});
    }
  }
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return std::tie(a.item->due, a.patient->id, a.item->rule, a.item->code) <
           std::tie(b.item->due, b.patient->id, b.item->rule, b.item->code);
  });
  return lines;
}

void Simulation::Compare(Random& random) {
  v1::ListRemindersRequest whole, some;
  whole.set_parent(ClinicNameOf(clinic_));
  whole.set_page_size(1000);
  some = whole;
  *some.mutable_filter() = ChooseFilter(random);
  some.set_page_size(random.OneIn(3) ? 7 : 1000);
  v1::CountRemindersRequest count;
  count.set_parent(whole.parent());
  if (random.OneIn(2)) *count.mutable_filter() = some.filter();
  v1::GetTimelineRequest year;
  year.set_name(EnrollmentNameOf(clinic_, ChooseEnrollment(random).value_or("e0")));

  // All questions at once, so that the test waits only once.
  v1::ListRemindersResponse listed, some_listed;
  v1::CountRemindersResponse counted;
  v1::GetTimelineResponse timeline;
  Pending ends[4];
  Engine& engine = world_.engine();
  engine.reminders.List(world_.CallOf(whole), whole, &listed, ends[0].done());
  engine.reminders.List(world_.CallOf(some), some, &some_listed, ends[1].done());
  engine.reminders.Count(world_.CallOf(count), count, &counted, ends[2].done());
  engine.enrollments.GetTimeline(world_.CallOf(year), year, &timeline, ends[3].done());
  ReadLog();
  for (Pending& end : ends) ExpectSame("a question", ErrorOf(end.Wait()), "OK");

  CompareList("everything", LinesOf({}), listed.reminders());
  while (!some_listed.next_page_token().empty() && difference_.empty()) {
    some.set_page_token(some_listed.next_page_token());
    const auto more = world_.Call(&Engine::reminders, &Reminders::List, some);
    ExpectSame("the next page", ErrorOf(more.status()), "OK");
    if (!more.ok()) return;
    some_listed.mutable_reminders()->MergeFrom(more->reminders());
    some_listed.set_next_page_token(more->next_page_token());
  }
  CompareList(absl::StrCat("a list of ", some.filter().ShortDebugString()), LinesOf(some.filter()),
              some_listed.reminders());
  CompareCounts(LinesOf(count.filter()), counted);
  CompareTimeline(timeline);
  CompareReplies(random);
  for (const v1::Reminder& reminder : listed.reminders()) CompareToLog(reminder);
}

void Simulation::CompareReminder(const std::string& what, const Line& line, const v1::Reminder& reminder) {
  const Model::Item& item = *line.item;
  // A missed reminder is missed since its window closed. A change of the calendar may still move that time.
  const bool moves = (item.reason == v1::REMINDER_REASON_PAUSED || !item.visit.empty()) && !item.known &&
                     reminder.has_state_time();
  const bool same =
      reminder.name() == line.name && reminder.state() == item.state &&
      reminder.reason() == model_->ReasonOf(*line.patient, item) &&
      reminder.attempts() == item.attempts && plan::ToTime(reminder.due_time()) == item.due &&
      plan::ToTime(reminder.expire_time()) == item.expire && reminder.has_state_time() == item.state_time.has_value() &&
      (moves || !item.state_time || plan::ToTime(reminder.state_time()) == *item.state_time) &&
      reminder.channel() == ChannelOf(*model_, *line.patient, item) &&
      reminder.patient() == line.patient->data.patient() &&
      reminder.phase() == item.phase && reminder.has_score() == item.score.has_value() &&
      reminder.score() == item.score.value_or(0) && reminder.has_done() == item.did.has_value() &&
      reminder.done() == item.did.value_or(false);
  CompareCause(line, reminder);
  if (same) return;
  const auto shown = [](const std::string& name, const std::string& told, std::optional<absl::Time> since,
                        v1::Channel channel) {
    return absl::StrCat(name, " ", told, " since ", Shown(since), " by ", v1::Channel_Name(channel));
  };
  std::optional<absl::Time> since;
  if (reminder.has_state_time()) since = plan::ToTime(reminder.state_time());
  ExpectSame(what,
             shown(reminder.name(),
                   Shown(reminder.state(), reminder.reason(), reminder.attempts(),
                         Shown(plan::ToTime(reminder.due_time())), Shown(plan::ToTime(reminder.expire_time()))),
                   since, reminder.channel()),
             shown(line.name,
                   Shown(item.state, model_->ReasonOf(*line.patient, item), item.attempts, Shown(item.due),
                         Shown(item.expire)),
                   item.state_time, ChannelOf(*model_, *line.patient, item)));
}

// Of several causes that set off the same, the engine may name any. It forgets what set off a reminder that the present
// plan does not have, or has at another local time, since it finds the cause by that time.
void Simulation::CompareCause(const Line& line, const v1::Reminder& reminder) {
  std::set<std::string> causes;
  for (const int index : line.item->causes) {
    const Model::Cause& cause = line.patient->causes[index];
    causes.insert(cause.reply < 0 ? model_->NameOf(line.patient->id, *cause.question) : reply_names_[cause.reply]);
  }
  const auto& cover = line.item->cover;
  const bool may_forget = !cover || cover->nominal != line.item->telling.nominal;
  if (may_forget && reminder.cause().empty()) return;
  const bool known = causes.empty() ? reminder.cause().empty() : causes.count(reminder.cause()) > 0;
  if (!known) ExpectSame(absl::StrCat("the cause of ", line.name), reminder.cause(), absl::StrJoin(causes, " or "));
}

void Simulation::CompareList(const std::string& what, const std::vector<Line>& expected,
                             const google::protobuf::RepeatedPtrField<v1::Reminder>& listed) {
  std::set<std::string> engine, model;
  for (const v1::Reminder& reminder : listed) engine.insert(reminder.name());
  for (const Line& line : expected) model.insert(line.name);
  std::vector<std::string> more, less;
  std::set_difference(engine.begin(), engine.end(), model.begin(), model.end(), std::back_inserter(more));
  std::set_difference(model.begin(), model.end(), engine.begin(), engine.end(), std::back_inserter(less));
  ExpectSame(what, absl::StrJoin(more, ", "), absl::StrJoin(less, ", "));
  for (size_t i = 0; i < expected.size() && i < static_cast<size_t>(listed.size()); ++i) {
    CompareReminder(absl::StrCat(what, ", at ", i), expected[i], listed[static_cast<int>(i)]);
  }
  ExpectSame(what, absl::StrCat(listed.size(), " reminders"), absl::StrCat(expected.size(), " reminders"));
}

void Simulation::CompareCounts(const std::vector<Line>& expected, const v1::CountRemindersResponse& counts) {
  std::map<std::pair<std::string, int>, int64_t> numbers;
  for (const Line& line : expected) ++numbers[{line.item->phase, line.item->state}];
  std::string engine = absl::StrCat(counts.total_count(), " in all"), model = absl::StrCat(expected.size(), " in all");
  const auto add = [](std::string* text, const std::string& phase, int state, int64_t count) {
    absl::StrAppend(text, ", ", count, " ", phase, " ", v1::ReminderState_Name(static_cast<v1::ReminderState>(state)));
  };
  for (const v1::ReminderCount& count : counts.counts()) add(&engine, count.phase(), count.state(), count.count());
  for (const auto& [key, count] : numbers) add(&model, key.first, key.second, count);
  ExpectSame("CountReminders", engine, model);
}

// A timeline is the list of one enrollment, and explains itself.
void Simulation::CompareTimeline(const v1::GetTimelineResponse& timeline) {
  v1::ReminderFilter filter;
  filter.set_enrollment(timeline.enrollment().name());
  std::map<std::string, const v1::Reminder*> by_name;
  absl::Time before = absl::InfinitePast();
  for (const v1::Reminder& reminder : timeline.reminders()) {
    Expect(by_name.emplace(reminder.name(), &reminder).second,
           absl::StrCat(reminder.name(), " is twice in a timeline"));
    const absl::Time due = plan::ToTime(reminder.due_time());
    Expect(before <= due, absl::StrCat(reminder.name(), " is not in its place in the timeline"));
    before = due;
    Expect(!reminder.steps().empty() && plan::ToTime(reminder.steps().rbegin()->time()) == due,
           absl::StrCat("the steps do not lead to the due time: ", reminder.ShortDebugString()));
  }
  const auto known = model_->patients().find(IdOf(timeline.enrollment().name()));
  if (known == model_->patients().end()) return Differ("the model does not know the enrollment of a timeline");
  const Model::Patient& patient = known->second;
  ExpectSame("the end of the enrollment", v1::EndReason_Name(timeline.enrollment().end_reason()),
             v1::EndReason_Name(patient.end_reason));
  if (patient.end_reason != v1::END_REASON_UNSPECIFIED) {
    ExpectSame("when the enrollment ended", Shown(plan::ToTime(timeline.enrollment().end_time())),
               Shown(patient.end_time));
  }
  CompareContacts(timeline.enrollment(), patient);
  const std::vector<Line> lines = LinesOf(filter);
  ExpectSame("GetTimeline", absl::StrCat(timeline.reminders_size(), " reminders"),
             absl::StrCat(lines.size(), " reminders"));
  for (const Line& line : lines) {
    const auto found = by_name.find(line.name);
    if (found == by_name.end()) return Differ(absl::StrCat(line.name, " is not in the timeline"));
    CompareReminder("GetTimeline", line, *found->second);
  }
}

void Simulation::ReadLog() {
  world_.Read([this](store::ReadTransaction& tx) {
    auto rows = tx.ListEvents(clinic_, log_position_, 100'000);
    if (!rows.ok()) return rows.status();
    for (const store::EventRow& row : *rows) {
      log_position_ = row.seq;
      const v1::ReminderChange& change = row.data.reminder();
      if (!row.data.has_reminder()) continue;
      const auto [place, is_first] = changes_.emplace(change.name(), change);
      const bool was_delivered = !is_first && place->second.state() == v1::REMINDER_STATE_DELIVERED;
      const bool was_sent = was_delivered || (!is_first && place->second.state() == v1::REMINDER_STATE_SENT);
      const bool may_follow = change.state() == v1::REMINDER_STATE_COMPLETED ||
                              change.state() == v1::REMINDER_STATE_DELIVERED ||
                              (!was_delivered && change.reason() == v1::REMINDER_REASON_BOUNCED);
      Expect(
          !was_sent || may_follow,
          absl::StrCat(change.name(), " was SENT and is told to be ", StateAndReason(change.state(), change.reason())));
      place->second = change;
    }
    return absl::OkStatus();
  });
}

// The log has told everything that has happened to a reminder. If it has told nothing, nothing has happened.
void Simulation::CompareToLog(const v1::Reminder& reminder) {
  const bool needs_no_reason =
      reminder.state() == v1::REMINDER_STATE_SCHEDULED || reminder.state() == v1::REMINDER_STATE_DUE ||
      reminder.state() == v1::REMINDER_STATE_LEASED || reminder.state() == v1::REMINDER_STATE_SENT ||
      reminder.state() == v1::REMINDER_STATE_DELIVERED;
  const bool is_put_off = reminder.state() == v1::REMINDER_STATE_SCHEDULED &&
                          (reminder.reason() == v1::REMINDER_REASON_DAILY_CAP ||
                           reminder.reason() == v1::REMINDER_REASON_WEEKLY_CAP);
  const bool may_have_one = reminder.state() == v1::REMINDER_STATE_COMPLETED ||
                            reminder.reason() == v1::REMINDER_REASON_HELD || is_put_off;
  Expect(may_have_one || (reminder.reason() == v1::REMINDER_REASON_UNSPECIFIED) == needs_no_reason,
         absl::StrCat("state and reason do not fit: ", reminder.ShortDebugString()));
  const auto told = changes_.find(reminder.name());
  if (told == changes_.end()) {
    Expect(IsSilent(reminder), absl::StrCat("the log does not tell of ", reminder.ShortDebugString()));
    return;
  }
  const v1::ReminderChange& change = told->second;
  // What is held comes and goes with the state of the contact point, which has events of its own.
  const auto reason_of = [](v1::ReminderReason reason) {
    return reason == v1::REMINDER_REASON_HELD ? v1::REMINDER_REASON_UNSPECIFIED : reason;
  };
  const bool same = change.state() == reminder.state() && reason_of(change.reason()) == reason_of(reminder.reason()) &&
                    change.attempts() == reminder.attempts() &&
                    plan::ToTime(change.due_time()) == plan::ToTime(reminder.due_time()) &&
                    plan::ToTime(change.expire_time()) == plan::ToTime(reminder.expire_time());
  Expect(same,
         absl::StrCat("the log last told ", change.ShortDebugString(), ", which is now ", reminder.ShortDebugString()));
}

}  // namespace aftercare::engine
