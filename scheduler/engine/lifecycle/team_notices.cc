#include "scheduler/engine/lifecycle/team_notices.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "aftercare/record/v1/reminder_record.pb.h"
#include "scheduler/engine/lifecycle/address_keys.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/reaction_records.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/store/address_key.h"

namespace aftercare::engine {
namespace {

const v1::CareTeam* FindTeam(const v1::Clinic& clinic, absl::string_view id) {
  const auto found = std::find_if(clinic.care_teams().begin(), clinic.care_teams().end(),
                                  [id](const v1::CareTeam& team) { return team.id() == id; });
  return found == clinic.care_teams().end() ? nullptr : &*found;
}

// Returns whether a stop word came from an address.
absl::StatusOr<bool> IsStopped(store::ReadTransaction& tx, const store::ClinicRow& clinic,
                               const v1::ContactPoint& point) {
  const auto secret = tx.Secret();
  if (!secret.ok()) return secret.status();
  for (const std::string& key : AddressKeysOf(clinic.data, point.channel(), point.address())) {
    const auto address = tx.GetAddress(clinic.clinic, store::AddressIdentity(*secret, key));
    if (!address.ok()) return address.status();
    if (address->stopped) return true;
  }
  return false;
}

// Offers the task with the first contact point of its team at or after index `from` that is not stopped.
absl::StatusOr<v1::ReminderReason> OfferFrom(store::ReadTransaction& tx, const EnrollmentContext& context, int from,
                                             absl::Time time, store::ReminderRow* row) {
  const NotifiedTeam notified = TeamOf(context, *row);
  if (notified.id.empty()) return v1::REMINDER_REASON_UNSPECIFIED;
  const auto clinic = tx.GetClinic(context.row.clinic);
  if (!clinic.ok()) return clinic.status();
  const v1::CareTeam* const team = clinic->has_value() ? FindTeam((*clinic)->data, notified.id) : nullptr;
  if (team == nullptr) return v1::REMINDER_REASON_UNSPECIFIED;
  for (int i = from; i < team->contact_points_size(); ++i) {
    const auto stopped = IsStopped(tx, **clinic, team->contact_points(i));
    if (!stopped.ok()) return stopped.status();
    if (*stopped) continue;
    record::v1::ReminderRecord record = RecordOf(*row);
    record.set_tells_team(true);
    row->record = record.SerializeAsString();
    row->contact_point = i;
    row->channel = team->contact_points(i).channel();
    row->available = std::max(time, row->due);
    row->failures = 0;
    return v1::REMINDER_REASON_UNSPECIFIED;
  }
  return v1::REMINDER_REASON_TEAM_NOT_REACHED;
}

}  // namespace

bool TellsTeam(const store::ReminderRow& row) {
  return row.channel != v1::CHANNEL_UNSPECIFIED && !row.record.empty() && RecordOf(row).tells_team();
}

absl::StatusOr<v1::ReminderReason> BeginNotice(store::ReadTransaction& tx, const EnrollmentContext& context,
                                               absl::Time time, store::ReminderRow* row) {
  EndNotice(row);
  return OfferFrom(tx, context, 0, time, row);
}

absl::StatusOr<v1::ReminderReason> TryNextOfTeam(store::ReadTransaction& tx, const EnrollmentContext& context,
                                                 absl::Time time, store::ReminderRow* row) {
  const int next = row->contact_point + 1;
  EndNotice(row);
  return OfferFrom(tx, context, next, time, row);
}

const v1::ContactPoint* TeamContactPoint(const EnrollmentContext& context, const v1::Clinic& clinic,
                                         const store::ReminderRow& row) {
  const v1::CareTeam* const team = FindTeam(clinic, TeamOf(context, row).id);
  if (team == nullptr || row.contact_point >= team->contact_points_size()) return nullptr;
  const v1::ContactPoint& point = team->contact_points(row.contact_point);
  return point.channel() == row.channel ? &point : nullptr;
}

absl::StatusOr<bool> MayTellTeam(store::ReadTransaction& tx, const EnrollmentContext& context,
                                 const store::ClinicRow& clinic, const store::ReminderRow& row) {
  const v1::ContactPoint* const point = TeamContactPoint(context, clinic.data, row);
  if (point == nullptr) return false;
  const auto stopped = IsStopped(tx, clinic, *point);
  if (!stopped.ok()) return stopped.status();
  return !*stopped;
}

void MakeDue(v1::ReminderReason reason, absl::Time now, store::ReminderRow* row) {
  ApplyEvent(ReminderEvent::kRelease, reason, now, row);  // Does nothing to a task that is DUE.
  row->reason = reason;
}

void EndNotice(store::ReminderRow* row) {
  row->available.reset();
  row->channel = v1::CHANNEL_UNSPECIFIED;
  if (row->record.empty()) return;
  record::v1::ReminderRecord record = RecordOf(*row);
  record.clear_tells_team();
  record.clear_notify_micros();
  row->record = record.SerializeAsString();
}

void NoteTeamTold(absl::Time time, store::ReminderRow* row) {
  EndNotice(row);
  record::v1::ReminderRecord record = RecordOf(*row);
  record.set_notify_micros(std::max<int64_t>(absl::ToUnixMicros(time), 1));  // 0 would mean that the team was not told
  row->record = record.SerializeAsString();
}

absl::StatusOr<std::string> QuoteFor(store::ReadTransaction& tx, const EnrollmentContext& context,
                                     const v1::Clinic& clinic, const store::ReminderRow& row) {
  if (!clinic.quote_patients()) return std::string();
  const auto reply = ParseReplyName(CauseOf(context, row));
  if (!reply) return std::string();
  const auto found = tx.GetReply(reply->clinic, reply->reply);
  if (!found.ok()) return found.status();
  return found->has_value() ? (*found)->data.text() : std::string();
}

}  // namespace aftercare::engine
