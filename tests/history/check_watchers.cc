// Promise 4: every watcher saw each event of its clinic that its filter lets through once, in order, without a gap,
// from where it started to the end.
#include <algorithm>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "tests/history/checks.h"

namespace aftercare::history {
namespace {

template <typename Values, typename Value>
bool Has(const Values& values, const Value& value) {
  return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

// As the API says: conditions of reminders let only events of reminders through, and a change of the clinic concerns
// every patient.
bool Matches(const v1::ReminderFilter& filter, const v1::Event& event) {
  const bool concerns_all = event.type() == v1::EVENT_TYPE_CLINIC_UPDATED;
  if (!concerns_all && !filter.patient().empty() && filter.patient() != event.patient()) return false;
  if (!concerns_all && !filter.enrollment().empty() && filter.enrollment() != event.enrollment()) return false;
  const bool names_reminders = filter.phases_size() + filter.categories_size() + filter.states_size() > 0 ||
                               filter.audience() != v1::AUDIENCE_UNSPECIFIED ||
                               filter.channel() != v1::CHANNEL_UNSPECIFIED;
  if (!event.has_reminder()) return !names_reminders;
  const v1::ReminderChange& change = event.reminder();
  return Has(filter.phases(), change.phase()) && Has(filter.categories(), change.category()) &&
         Has(filter.states(), change.state()) &&
         (filter.audience() == v1::AUDIENCE_UNSPECIFIED || filter.audience() == change.audience()) &&
         (filter.channel() == v1::CHANNEL_UNSPECIFIED || filter.channel() == change.channel());
}

class WatcherCheck {
 public:
  WatcherCheck(const Index& index, const Watcher& watcher, Faults* faults)
      : index_(index), watcher_(watcher), clinic_(*index.clinics.at(watcher.clinic())), faults_(*faults) {
    for (int position = 0; position < clinic_.log_size(); ++position) {
      if (!Matches(watcher.filter(), index.history.events(clinic_.log(position)))) continue;
      positions_.push_back(position);
      expected_.push_back(clinic_.log(position));
    }
    for (const Segment& segment : index.history.segments()) {
      if (segment.watcher() != watcher.name()) continue;
      segments_.push_back(&segment);
      seen_ = std::max(seen_, segment.from() + segment.events_size());
    }
  }

  void Run() {
    const int all = static_cast<int>(expected_.size());
    if (seen_ > all) return CompareFrom(0);  // says which is too many
    const int start = watcher_.start() == Watcher::START_FIRST ? 0 : all - seen_;
    CompareFrom(start);
    if (start + seen_ < all) Fault("missed the last ", all - start - seen_, " events, from ", NameOf(expected_[seen_]));
    if (watcher_.start() == Watcher::START_FIRST) return;
    CheckStart(start);
    if (watcher_.start() == Watcher::START_LIST) CheckList(start);
  }

 private:
  template <typename... Parts>
  void Fault(const Parts&... parts) {
    faults_.Add("promise 4: watcher ", watcher_.name(), " ", parts...);
  }

  std::string NameOf(int place) const {
    const v1::Event& event = index_.history.events(place);
    return event.has_reminder() ? absl::StrCat(event.reminder().name(), " ", Word(event.reminder().state()))
                                : absl::StrCat(event.enrollment(), " ", v1::EventType_Name(event.type()));
  }

  // Each segment's events against those of the log, of which the watcher's first is the `start`-th.
  void CompareFrom(int start) {
    for (const Segment* segment : segments_) {
      int expected = start + segment->from();
      for (int i = 0; i < segment->events_size(); ++i, ++expected) {
        if (expected < static_cast<int>(expected_.size()) && expected_[expected] == segment->events(i)) continue;
        Misplaced(expected, *segment, i);
        break;  // What follows in this segment is displaced as well.
      }
    }
  }

  // The segment's `index`-th event is not the `expected`-th.
  void Misplaced(int expected, const Segment& segment, int index) {
    const int place = segment.events(index);
    const auto here = expected_.begin() + std::min<int>(expected, static_cast<int>(expected_.size()));
    const auto rest = segment.events().begin() + index;
    if (here != expected_.end() && std::find(rest, segment.events().end(), *here) != segment.events().end()) {
      if (std::find(here, expected_.end(), place) != expected_.end()) return Fault("saw ", NameOf(place), " too soon");
    }
    if (const auto later = std::find(here, expected_.end(), place); later != expected_.end()) {
      return Fault("has a gap of ", later - here, " events before ", NameOf(place));
    }
    if (std::find(expected_.begin(), here, place) != here) return Fault("saw ", NameOf(place), " again");
    const bool filtered = std::find(clinic_.log().begin(), clinic_.log().end(), place) != clinic_.log().end();
    Fault("saw ", NameOf(place), filtered ? ", which its filter does not let through" : ", which is not in the log");
  }

  // What was asked for when it had started is not before its start.
  void CheckStart(int start) {
    for (int i = 0; i < start; ++i) {
      const v1::Event& event = index_.history.events(expected_[i]);
      if (event.type() != v1::EVENT_TYPE_ENROLLMENT_CREATED) continue;
      const auto wishes = index_.wishes_for.find(event.enrollment());
      if (wishes == index_.wishes_for.end()) continue;
      for (const Wish* wish : wishes->second) {
        const bool is_after = wish->change.kind() == Change::KIND_ENROLL && wish->asked > watcher_.began();
        if (is_after) Fault("missed ", NameOf(expected_[i]), ", which was asked for when it watched");
      }
    }
  }

  // What is not told after the list is as in the list.
  void CheckList(int start) {
    absl::flat_hash_map<std::string, v1::ReminderState> listed;
    for (const Listed& each : index_.history.listed()) {
      if (each.watcher() == watcher_.name()) listed[each.reminder()] = each.state();
    }
    const int first = start < static_cast<int>(positions_.size()) ? positions_[start] : clinic_.log_size();
    for (const auto& [name, lines] : index_.reminders) {
      if (ClinicOf(name) != clinic_.name() || lines.back().position >= first) continue;
      const v1::ReminderState last = lines.back().event->reminder().state();
      const auto found = listed.find(name);
      if (found == listed.end() || found->second != last) {
        Fault("was told neither by its list nor afterwards that ", name, " became ", Word(last));
      }
    }
  }

  const Index& index_;
  const Watcher& watcher_;
  const Clinic& clinic_;
  Faults& faults_;
  std::vector<int> positions_;  // in the log, of what the filter lets through
  std::vector<int> expected_;
  std::vector<const Segment*> segments_;
  int seen_ = 0;
};

}  // namespace

void CheckWatchers(const Index& index, Faults* faults) {
  for (const Watcher& watcher : index.history.watchers()) WatcherCheck(index, watcher, faults).Run();
}

}  // namespace aftercare::history
