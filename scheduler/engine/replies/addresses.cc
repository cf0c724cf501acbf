#include "scheduler/engine/replies/addresses.h"

#include <algorithm>
#include <set>
#include <utility>

#include "scheduler/engine/lifecycle/address_keys.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/plan_outline.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/replies/open_messages.h"
#include "scheduler/engine/replies/reply_log.h"
#include "scheduler/store/address_key.h"

namespace aftercare::engine {
namespace {

// What nobody has said anything about is stored nowhere.
bool IsKnown(const store::AddressRow& row) {
  return row.stopped || !row.held_by.empty() || row.stop_answered || row.start_answered || row.help_answered;
}

// Returns what is known of an address under all of its keys.
absl::StatusOr<std::vector<store::AddressRow>> RowsOf(EngineContext& engine, store::ReadTransaction& tx,
                                                      absl::string_view clinic, const std::vector<std::string>& keys) {
  std::vector<store::AddressRow> rows;
  for (const std::string& key : keys) {
    auto row = tx.GetAddress(clinic, store::AddressIdentity(engine.secret(), key));
    if (!row.ok()) return row.status();
    rows.push_back(*std::move(row));
  }
  return rows;
}

// Returns the ids of the enrollments that have the address now.
absl::StatusOr<std::set<std::string>> EnrollmentsWith(store::ReadTransaction& tx, absl::string_view clinic,
                                                      const std::vector<std::string>& keys) {
  std::set<std::string> ids;
  for (const std::string& key : keys) {
    const auto found = tx.EnrollmentsAt(clinic, key);
    if (!found.ok()) return found.status();
    for (const store::EnrollmentAtAddress& at : *found) {
      if (at.has_address) ids.insert(at.enrollment);
    }
  }
  return ids;
}

// Brings enrollments up to date with what is known of their addresses. Adds to `stopped` and `started` the patients who
// have an address more, or less, that is stopped.
class EnrollmentRefresh {
 public:
  EnrollmentRefresh(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic, absl::Time now)
      : engine_(engine), tx_(tx), clinic_(clinic), now_(now) {}

  absl::Status Run(const std::set<std::string>& enrollments, v1::Channel channel) {
    for (const std::string& id : enrollments) {
      if (absl::Status status = Refresh(id); !status.ok()) return status;
    }
    for (const auto& [patients, consent] :
         {std::pair(stopped_, v1::CONSENT_REFUSED), std::pair(started_, v1::CONSENT_GRANTED)}) {
      for (const std::string& patient : patients) {
        absl::Status status = LogConsent(tx_, clinic_.clinic, patient, channel, consent, now_);
        if (!status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Refresh(const std::string& id) {
    auto context = RequireEnrollmentContext(engine_, tx_, clinic_.clinic, id);
    if (!context.ok()) return context.status();
    store::EnrollmentRow& row = context->row;
    const uint32_t was_stopped = row.stopped_points;
    const uint32_t was_held = row.held_points;
    absl::Status status = LoadPointStates(engine_, tx_, clinic_.data, &row);
    if (!status.ok()) return status;
    if (row.stopped_points == was_stopped && row.held_points == was_held) return absl::OkStatus();
    if ((row.stopped_points & ~was_stopped) != 0) stopped_.insert(row.data.patient());
    if ((was_stopped & ~row.stopped_points) != 0) started_.insert(row.data.patient());
    ++row.version;
    status = StoreEnrollment(tx_, &*context);
    if (status.ok()) status = LogEnrollment(tx_, row, v1::EVENT_TYPE_ENROLLMENT_UPDATED, now_);
    return status.ok() ? RedirectOpenMessages(tx_, *context, now_) : status;
  }

  EngineContext& engine_;
  store::WriteTransaction& tx_;
  const store::ClinicRow& clinic_;
  const absl::Time now_;
  std::set<std::string> stopped_;
  std::set<std::string> started_;
};

}  // namespace

absl::Status LoadPointStates(EngineContext& engine, store::ReadTransaction& tx, const v1::Clinic& clinic,
                             store::EnrollmentRow* row) {
  row->stopped_points = row->held_points = 0;
  const auto is_anything_known = tx.HasAddresses(row->clinic);
  if (!is_anything_known.ok()) return is_anything_known.status();
  if (!*is_anything_known) return absl::OkStatus();
  for (int i = 0; i < row->data.contact_points_size(); ++i) {
    const v1::ContactPoint& point = row->data.contact_points(i);
    const auto known = RowsOf(engine, tx, row->clinic, AddressKeysOf(clinic, point.channel(), point.address()));
    if (!known.ok()) return known.status();
    for (const store::AddressRow& address : *known) {
      if (address.stopped) row->stopped_points |= uint32_t{1} << i;
      if (!address.held_by.empty()) row->held_points |= uint32_t{1} << i;
    }
  }
  return absl::OkStatus();
}

absl::Status ChangeAddress(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                           const Address& address, absl::FunctionRef<void(store::AddressRow&)> change,
                           absl::Time now) {
  const std::vector<std::string> keys = AddressKeysOf(clinic.data, address.channel, address.address);
  auto rows = RowsOf(engine, tx, clinic.clinic, keys);
  if (!rows.ok()) return rows.status();
  std::set<std::string> settled;  // the doubtful replies that held the address and do not any more
  for (store::AddressRow& row : *rows) {
    const bool was_known = IsKnown(row);
    const std::string held_by = row.held_by;
    change(row);
    if (!held_by.empty() && row.held_by != held_by) settled.insert(held_by);
    if (!was_known && !IsKnown(row)) continue;
    if (absl::Status status = tx.PutAddress(row); !status.ok()) return status;
  }
  for (const std::string& reply : settled) {
    // One that was assigned may hold other addresses of the patient, which wait for the decision.
    const auto held = tx.AddressesHeldBy(clinic.clinic, reply);
    if (!held.ok()) return held.status();
    if (!held->empty()) continue;
    if (absl::Status status = SettleReply(tx, clinic.clinic, reply, now); !status.ok()) return status;
  }
  const auto enrollments = EnrollmentsWith(tx, clinic.clinic, keys);
  if (!enrollments.ok()) return enrollments.status();
  return EnrollmentRefresh(engine, tx, clinic, now).Run(*enrollments, address.channel);
}

absl::Status SettleAddresses(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                             const store::ReplyRow& reply, bool stops, absl::Time now) {
  auto held = tx.AddressesHeldBy(clinic.clinic, reply.reply);
  if (!held.ok()) return held.status();
  for (store::AddressRow& row : *held) {
    row.held_by.clear();
    row.stopped = row.stopped || stops;
    if (absl::Status status = tx.PutAddress(row); !status.ok()) return status;
  }
  // Addresses are stored as hashes only. These are the one that the reply came from, and those of the patient to whom
  // it was assigned.
  const Address address{reply.data.channel(), reply.data.address()};
  std::vector<std::string> keys = AddressKeysOf(clinic.data, address.channel, address.address);
  const bool holds_own = std::any_of(held->begin(), held->end(), [&](const store::AddressRow& row) {
    return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
      return row.hash == store::AddressIdentity(engine.secret(), key);
    });
  });
  const auto contexts = EnrollmentContextsOf(engine, tx, clinic.clinic, reply.data.patient());
  if (!contexts.ok()) return contexts.status();
  for (const EnrollmentContext& context : *contexts) {
    for (const v1::ContactPoint& point : context.row.data.contact_points()) {
      const auto more = AddressKeysOf(clinic.data, point.channel(), point.address());
      keys.insert(keys.end(), more.begin(), more.end());
    }
  }
  const auto enrollments = EnrollmentsWith(tx, clinic.clinic, keys);
  if (!enrollments.ok()) return enrollments.status();
  absl::Status status = EnrollmentRefresh(engine, tx, clinic, now).Run(*enrollments, address.channel);
  return status.ok() && stops && holds_own ? StopAddress(engine, tx, clinic, address, true, now) : status;
}

absl::Status StopAddress(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                         const Address& address, bool stopped, absl::Time now) {
  const auto change = [stopped](store::AddressRow& row) {
    row.stopped = stopped;
    row.held_by.clear();
  };
  return ChangeAddress(engine, tx, clinic, address, change, now);
}

}  // namespace aftercare::engine
