#include "scheduler/engine/replies/addresses.h"

#include <algorithm>
#include <set>
#include <utility>

#include "scheduler/engine/lifecycle/address_keys.h"
#include "scheduler/engine/lifecycle/consent_history.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/plan_outline.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/replies/open_messages.h"
#include "scheduler/engine/replies/reply_log.h"
#include "scheduler/engine/runtime/names.h"
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

// Brings enrollments up to date with what is known of their addresses, and records what patients decided about them.
class EnrollmentRefresh {
 public:
  // `decision` is about the channel of the addresses. Nothing if nobody decided anything.
  EnrollmentRefresh(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                    v1::Channel channel, const std::optional<v1::ConsentDecision>& decision, absl::Time now)
      : engine_(engine), tx_(tx), clinic_(clinic), channel_(channel), decision_(decision), now_(now) {}

  // Besides `deciders`, those decide whose addresses are stopped or started.
  absl::Status Run(const std::set<std::string>& enrollments, std::set<std::string> deciders) {
    for (const std::string& id : enrollments) {
      if (absl::Status status = Load(id); !status.ok()) return status;
    }
    if (decision_) {
      deciders.insert(stopped_.begin(), stopped_.end());
      deciders.insert(started_.begin(), started_.end());
      if (absl::Status status = Decide(deciders); !status.ok()) return status;
    }
    for (EnrollmentContext& context : changed_) {
      absl::Status status = Store(&context);
      if (status.ok()) status = RedirectOpenMessages(tx_, context, now_);
      if (!status.ok()) return status;
    }
    return Log();
  }

 private:
  // Reads an enrollment, and notes it in `changed_` if its addresses have other states now.
  absl::Status Load(const std::string& id) {
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
    changed_.push_back(*std::move(context));
    return absl::OkStatus();
  }

  // Adds the decision to the histories of patients, and copies it to their enrollments. Stores those that are not in
  // `changed_`, to which nothing else happens.
  absl::Status Decide(const std::set<std::string>& patients) {
    for (const std::string& patient : patients) {
      const auto known = ConsentHistoryOf(tx_, clinic_.clinic, patient);
      if (!known.ok()) return known.status();
      if (SaysTheSame(patient, PresentDecisions(*known))) continue;
      const auto history = AppendDecision(tx_, clinic_.clinic, patient, *decision_);
      if (!history.ok()) return history.status();
      const ConsentDecisions decisions = PresentDecisions(*history);
      auto contexts = EnrollmentContextsOf(engine_, tx_, clinic_.clinic, patient);
      if (!contexts.ok()) return contexts.status();
      for (EnrollmentContext& context : *contexts) {
        EnrollmentContext* const changed = FindChanged(context.row.enrollment);
        EnrollmentContext& copied_to = changed == nullptr ? context : *changed;
        if (SameDecisions(copied_to.row.data.consent_decisions(), decisions)) continue;
        *copied_to.row.data.mutable_consent_decisions() = decisions;
        if (changed != nullptr) continue;
        if (absl::Status status = Store(&context); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  // Returns whether the patient decided so before, in the same way, and no address has another state now: nothing is
  // recorded of a word that is only repeated.
  bool SaysTheSame(const std::string& patient, const ConsentDecisions& decisions) const {
    if (stopped_.count(patient) > 0 || started_.count(patient) > 0) return false;
    return std::any_of(decisions.begin(), decisions.end(), [&](const v1::ConsentDecision& one) {
      return one.channel() == channel_ && one.consent() == decision_->consent() &&
             one.source().method() == decision_->source().method();
    });
  }

  EnrollmentContext* FindChanged(const std::string& enrollment) {
    const auto found = std::find_if(changed_.begin(), changed_.end(), [&](const EnrollmentContext& context) {
      return context.row.enrollment == enrollment;
    });
    return found == changed_.end() ? nullptr : &*found;
  }

  absl::Status Store(EnrollmentContext* context) {
    ++context->row.version;
    absl::Status status = StoreEnrollment(tx_, context);
    return status.ok() ? LogEnrollment(tx_, context->row, v1::EVENT_TYPE_ENROLLMENT_UPDATED, now_) : status;
  }

  // Logs what has changed for patients.
  absl::Status Log() {
    v1::ConsentDecision logged;
    logged.set_channel(channel_);
    for (const auto& [patients, consent] :
         {std::pair(stopped_, v1::CONSENT_REFUSED), std::pair(started_, v1::CONSENT_GRANTED)}) {
      logged.set_consent(consent);
      for (const std::string& patient : patients) {
        if (absl::Status status = LogConsent(tx_, clinic_.clinic, patient, logged, now_); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  EngineContext& engine_;
  store::WriteTransaction& tx_;
  const store::ClinicRow& clinic_;
  const v1::Channel channel_;
  const std::optional<v1::ConsentDecision> decision_;
  const absl::Time now_;
  std::vector<EnrollmentContext> changed_;
  std::set<std::string> stopped_;  // the patients who have an address more that is stopped,
  std::set<std::string> started_;  // and those who have one less
};

// Returns the patients of enrollments.
absl::StatusOr<std::set<std::string>> PatientsOf(store::ReadTransaction& tx, absl::string_view clinic,
                                                 const std::set<std::string>& enrollments) {
  std::set<std::string> patients;
  for (const std::string& id : enrollments) {
    const auto row = tx.GetEnrollment(clinic, id);
    if (!row.ok()) return row.status();
    if (row->has_value()) patients.insert((*row)->data.patient());
  }
  return patients;
}

v1::ConsentDecision DecisionAbout(v1::Channel channel, bool stopped, const v1::ConsentSource& source) {
  v1::ConsentDecision decision;
  decision.set_channel(channel);
  decision.set_consent(stopped ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
  *decision.mutable_source() = source;
  return decision;
}

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
                           const std::optional<v1::ConsentDecision>& decision, absl::Time now) {
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
  std::set<std::string> deciders;
  if (decision) {
    auto owners = PatientsOf(tx, clinic.clinic, *enrollments);
    if (!owners.ok()) return owners.status();
    deciders = *std::move(owners);
  }
  return EnrollmentRefresh(engine, tx, clinic, address.channel, decision, now).Run(*enrollments, std::move(deciders));
}

v1::ConsentSource SourceOfReply(const store::WriteTransaction& tx, absl::string_view clinic, absl::string_view reply,
                                absl::Time now) {
  v1::ConsentSource source;
  source.set_method(v1::CONSENT_METHOD_MESSAGE);
  if (!reply.empty()) source.set_wording(ReplyNameOf(clinic, reply));
  StampSource(tx, now, &source);
  return source;
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
  const v1::ConsentSource source = SourceOfReply(tx, clinic.clinic, reply.reply, now);
  std::optional<v1::ConsentDecision> decision;
  std::set<std::string> deciders;
  if (stops) decision = DecisionAbout(address.channel, /*stopped=*/true, source);
  if (stops && !reply.data.patient().empty()) deciders.insert(reply.data.patient());
  absl::Status status =
      EnrollmentRefresh(engine, tx, clinic, address.channel, decision, now).Run(*enrollments, std::move(deciders));
  return status.ok() && stops && holds_own ? StopAddress(engine, tx, clinic, address, true, source, now) : status;
}

absl::Status StopAddress(EngineContext& engine, store::WriteTransaction& tx, const store::ClinicRow& clinic,
                         const Address& address, bool stopped, const v1::ConsentSource& source, absl::Time now) {
  const auto change = [stopped](store::AddressRow& row) {
    row.stopped = stopped;
    row.held_by.clear();
  };
  return ChangeAddress(engine, tx, clinic, address, change, DecisionAbout(address.channel, stopped, source), now);
}

}  // namespace aftercare::engine
