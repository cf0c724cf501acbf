#include "scheduler/engine/delivery/leasing.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/delivery/send_rate.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr v1::Channel kChannels[] = {v1::CHANNEL_SMS, v1::CHANNEL_EMAIL, v1::CHANNEL_WEBHOOK};
constexpr int kShares = 16;         // a clinic's first share is the part of the whole
constexpr int kMaxLooks = 4000;     // rows looked at and queues visited in one mutation
constexpr absl::Duration kDefaultLease = absl::Seconds(60);
constexpr absl::Duration kShortestLease = absl::Seconds(1);
constexpr absl::Duration kLongestLease = absl::Hours(1);

// When the patient may next be contacted: now, at the next opening, or, where there is none in the window, when it
// closes.
absl::Time NextContact(const EnrollmentContext& context, absl::Time now, absl::Time expire) {
  if (context.facts.hours.always_open()) return now;
  plan::LocalClock clock(context.facts.zone);
  const int64_t second = absl::ToUnixSeconds(now);
  const int64_t open = context.facts.hours.NextOpen(second, absl::ToUnixSeconds(expire), &clock);
  return open == second ? now : std::min(absl::FromUnixSeconds(open), expire);
}

// Puts off what nobody may be sent now: it waited, or is to be tried again. A lease that ran out is over with that.
absl::Status PutOff(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time until, absl::Time now,
                    store::ReminderRow* row) {
  row->available = until;
  if (row->state == v1::REMINDER_STATE_DUE) return tx.UpdateReminder(*row);
  return ChangeReminder(tx, context, ReminderEvent::kRelease, v1::REMINDER_REASON_UNSPECIFIED, now, row);
}

using ClinicPtr = std::shared_ptr<const store::ClinicRow>;

// One selection. A class only to share what every step needs.
class LeaseSelection {
 public:
  LeaseSelection(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx, LeaseTerms& terms, int max, LeaseBatch* batch)
      : engine_(engine), cache_(cache), tx_(tx), terms_(terms), max_(max), batch_(*batch) {
    for (const v1::Channel channel : kChannels) {
      if (terms.filter.MatchesChannel(channel)) channels_.push_back(channel);
    }
  }

  absl::Status OfOneClinic(const ClinicPtr& clinic) {
    clock_ = ClockOf(*clinic);
    return Lease(clinic, Room()).status();
  }

  absl::Status OfAllClinics(LeaseTurn* turn) {
    std::vector<std::string> hungry;
    absl::Status status = FirstLap(turn, &hungry);
    while (status.ok() && Room() > 0 && !hungry.empty() && !batch_.more) status = NextLap(&hungry);
    return status;
  }

 private:
  int Room() const { return max_ - static_cast<int>(batch_.leased.size()); }

  // Each clinic once, from behind the one that was last. `hungry` are those that may have more than their share.
  absl::Status FirstLap(LeaseTurn* turn, std::vector<std::string>* hungry) {
    const std::string begin = turn->last();
    std::string at = begin;
    for (bool wrapped = false; Room() > 0;) {
      auto next = NextClinic(at);
      if (!next.ok()) return next.status();
      if (!next->has_value() || (wrapped && **next > begin)) {
        if (wrapped || begin.empty()) break;
        wrapped = true;
        at.clear();
        continue;
      }
      at = **next;
      if (batch_.more = ++looks_ > kMaxLooks; batch_.more) break;
      const int share = std::min(Room(), (max_ + kShares - 1) / kShares);
      auto leased = LeaseById(at, share);
      if (!leased.ok()) return leased.status();
      if (*leased == share) hungry->push_back(at);
      turn->set_last(at);
    }
    return absl::OkStatus();
  }

  // Those that may have more, once more, by what is left.
  absl::Status NextLap(std::vector<std::string>* hungry) {
    const int share = (Room() + static_cast<int>(hungry->size()) - 1) / static_cast<int>(hungry->size());
    std::vector<std::string> still;
    for (const std::string& clinic : *hungry) {
      const int asked = std::min(Room(), share);
      if (asked == 0) break;
      auto leased = LeaseById(clinic, asked);
      if (!leased.ok()) return leased.status();
      if (*leased == asked) still.push_back(clinic);
    }
    *hungry = std::move(still);
    return absl::OkStatus();
  }

  // The next clinic that has something on any of the channels.
  absl::StatusOr<std::optional<std::string>> NextClinic(const std::string& after) {
    std::optional<std::string> first;
    for (const v1::Channel channel : channels_) {
      auto next = tx_.NextLeaseClinic(clock_, channel, after);
      if (!next.ok()) return next.status();
      if (next->has_value() && (!first || **next < *first)) first = **next;
    }
    return first;
  }

  absl::StatusOr<int> LeaseById(const std::string& id, int max) {
    if (!terms_.caller.MayTouch(id)) return 0;
    auto clinic = engine_.definitions().Clinic(tx_, id);
    if (!clinic.ok()) return clinic.status();
    return *clinic == nullptr ? 0 : Lease(*clinic, max);
  }

  // How many were leased of a clinic.
  absl::StatusOr<int> Lease(const ClinicPtr& clinic, int max) {
    auto rate = SendRate::Of(tx_, *clinic, batch_.now);
    if (!rate.ok()) return rate.status();
    const int allowed = std::min(max, rate->room());
    const size_t before = batch_.leased.size();
    if (allowed > 0) {
      if (absl::Status status = LeaseAllowed(clinic, allowed); !status.ok()) return status;
    }
    const int leased = static_cast<int>(batch_.leased.size() - before);
    if (allowed < max && leased == allowed && clock_.empty()) {
      batch_.next_available = std::min(batch_.next_available, rate->NextAfter(leased));
    }
    if (absl::Status status = rate->Take(tx_, leased); !status.ok()) return status;
    return leased;
  }

  // The earliest of all channels first.
  absl::Status LeaseAllowed(const ClinicPtr& clinic, int max) {
    const size_t end = batch_.leased.size() + max;
    while (batch_.leased.size() < end) {
      auto rows = NextRows(clinic->clinic, static_cast<int>(end - batch_.leased.size()));
      if (!rows.ok()) return rows.status();
      if (rows->empty()) return absl::OkStatus();
      for (store::ReminderRow& row : *rows) {
        if (batch_.leased.size() == end) return absl::OkStatus();
        batch_.places[{row.channel, row.key.clinic}] = {*row.available, row.key.enrollment, row.key.rule,
                                                        row.key.number};
        if (absl::Status status = LeaseOne(clinic, std::move(row)); !status.ok()) return status;
        if (batch_.more = ++looks_ > kMaxLooks; batch_.more) return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  // The next rows of all queues of a clinic, behind where they were looked through; at most `limit`, in order.
  absl::StatusOr<std::vector<store::ReminderRow>> NextRows(const std::string& clinic, int limit) {
    std::vector<store::ReminderRow> all;
    for (const v1::Channel channel : channels_) {
      std::optional<store::QueuePosition> after;
      if (const auto place = batch_.places.find({channel, clinic}); place != batch_.places.end()) after = place->second;
      auto rows = tx_.LeasableReminders({clock_, channel, clinic}, batch_.now, after, limit);
      if (!rows.ok()) return rows.status();
      if (all.empty()) {
        all = *std::move(rows);
      } else {
        std::move(rows->begin(), rows->end(), std::back_inserter(all));
      }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return *a.available < *b.available; });
    if (static_cast<int>(all.size()) > limit) all.resize(limit);
    return all;
  }

  absl::Status LeaseOne(const ClinicPtr& clinic, store::ReminderRow row) {
    if (!terms_.filter.MatchesDue(row.due)) return absl::OkStatus();
    auto found = cache_.Require(engine_, tx_, row.key.clinic, row.key.enrollment);
    if (!found.ok()) return found.status();
    const std::shared_ptr<const EnrollmentContext>& context = *found;
    const RowRule rule = RuleOf(*context, row);
    if (!terms_.filter.MatchesEnrollment(*context) || !terms_.filter.MatchesRule(*rule.pathway, rule.rule)) {
      return absl::OkStatus();
    }
    if (const absl::Time open = NextContact(*context, batch_.now, row.expire); open > batch_.now) {
      NoteAvailable(open);
      return PutOff(tx_, *context, open, batch_.now, &row);
    }
    const absl::Time until = std::min(batch_.now + terms_.duration, row.expire);
    row.available = until;
    ++row.attempts;
    absl::Status status =
        ChangeReminder(tx_, *context, ReminderEvent::kLease, v1::REMINDER_REASON_UNSPECIFIED, batch_.now, &row);
    if (!status.ok()) return status;
    NoteAvailable(until);
    batch_.leased.push_back({*std::move(found), std::move(row), clinic});
    return absl::OkStatus();
  }

  void NoteAvailable(absl::Time time) {
    if (clock_.empty()) batch_.next_available = std::min(batch_.next_available, time);
  }

  EngineContext& engine_;
  EnrollmentCache& cache_;
  store::WriteTransaction& tx_;
  LeaseTerms& terms_;
  const int max_;
  LeaseBatch& batch_;
  store::ClockId clock_;
  std::vector<v1::Channel> channels_;
  int looks_ = 0;
};

// Clinics took turns; their leases do not.
void SortByDue(std::vector<Leased>* leased) {
  const auto by_due = [](const Leased& a, const Leased& b) { return a.row.due < b.row.due; };
  if (!std::is_sorted(leased->begin(), leased->end(), by_due)) std::stable_sort(leased->begin(), leased->end(), by_due);
}

v1::Lease Show(const Tokens& tokens, const Leased& leased) {
  const store::ReminderRow& row = leased.row;
  const v1::Enrollment& enrollment = leased.context->row.data;
  const RowRule rule = RuleOf(*leased.context, row);
  v1::Lease lease;
  lease.set_lease_id(MakeLeaseId(tokens, leased.id()));
  lease.set_reminder(ReminderNameOf(row.key));
  lease.set_patient(enrollment.patient());
  lease.set_attempt(row.attempts);
  plan::SetTimestamp(*row.available, lease.mutable_expire_time());
  lease.set_idempotency_key(tokens.Pseudonym(lease.reminder()));
  *lease.mutable_contact_point() = enrollment.contact_points(row.contact_point);
  lease.set_text(TextOf(*leased.context, leased.clinic->data, row));
  lease.set_locale((*rule.pathway)->TextFor(rule.rule, enrollment.locale()).locale);
  plan::SetTimestamp(row.due, lease.mutable_due_time());
  lease.set_phase(rule.source().phase());
  lease.set_category(rule.source().category());
  return lease;
}

}  // namespace

absl::Duration ReadLeaseDuration(const google::protobuf::Duration* duration, plan::FieldErrors* errors) {
  if (duration == nullptr) return kDefaultLease;
  const absl::Duration read = absl::Seconds(duration->seconds()) + absl::Nanoseconds(duration->nanos());
  if (read >= kShortestLease && read <= kLongestLease) return read;
  errors->push_back({"lease_duration", "must be from 1 second to 1 hour"});
  return kDefaultLease;
}

LeaseTerms ReadTerms(const Caller& caller, const std::string& parent, const v1::ReminderFilter& filter,
                     const google::protobuf::Duration* duration, plan::FieldErrors* errors) {
  std::string clinic;
  if (parent != "clinics/-") {
    clinic = ParseClinicName(parent).value_or("");
    if (clinic.empty()) errors->push_back({"parent", "must be clinics/{clinic} or clinics/-"});
  }
  Filter read = Filter::Make(filter, clinic, errors);
  if (filter.states_size() > 0) errors->push_back({"filter.states", "must not be set; what is due is leased"});
  if (filter.audience() == v1::AUDIENCE_CARE_TEAM) {
    errors->push_back({"filter.audience", "must not be CARE_TEAM; tasks are not sent"});
  }
  return {caller, std::move(clinic), std::move(read), ReadLeaseDuration(duration, errors)};
}

absl::Status LeaseSome(EngineContext& engine, EnrollmentCache& cache, store::WriteTransaction& tx, LeaseTerms& terms,
                       LeaseTurn& turn, int max, LeaseBatch* batch) {
  QueuePlaces places = std::move(batch->places);
  *batch = LeaseBatch{};
  batch->places = std::move(places);
  batch->topic = std::string(kAllLeasesTopic);
  ClinicPtr clinic;
  if (terms.clinic.empty()) {
    batch->now = engine.RealNow();
  } else {
    auto found = engine.definitions().Clinic(tx, terms.clinic);
    if (!found.ok()) return found.status();
    if (*found == nullptr) return ResourceNotFound("CLINIC_NOT_FOUND", ClinicNameOf(terms.clinic));
    clinic = *std::move(found);
    batch->now = engine.Now(*clinic);
    if (!ClockOf(*clinic).empty()) batch->topic = LeasesTopic(terms.clinic);
  }
  batch->seen = engine.wakeups().Seen(batch->topic);  // before looking
  LeaseSelection selection(engine, cache, tx, terms, max, batch);
  absl::Status status = clinic ? selection.OfOneClinic(clinic) : selection.OfAllClinics(&turn);
  if (!status.ok()) return status;
  if (!batch->more) batch->places.clear();
  SortByDue(&batch->leased);
  return absl::OkStatus();
}

std::vector<v1::Lease> LeasesToProto(EngineContext& engine, EnrollmentCache& cache, const LeaseBatch& batch) {
  std::vector<v1::Lease> leases;
  leases.reserve(batch.leased.size());
  for (const Leased& leased : batch.leased) {
    cache.Put(leased.context);
    leases.push_back(Show(engine.tokens(), leased));
  }
  return leases;
}

bool HoldsLease(const store::ReminderRow& row, const LeaseId& lease, absl::Time now) {
  return row.state == v1::REMINDER_STATE_LEASED && row.attempts == lease.attempt && now < *row.available;
}

absl::Status LeaseLost(const LeaseId& lease) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "LEASE_LOST",
                   absl::StrCat("the lease of ", ReminderNameOf(lease.key), " is not, or no longer, the sender's"));
}

}  // namespace aftercare::engine
