#include "scheduler/engine/replies/senders.h"

#include <iterator>
#include <utility>

#include "scheduler/engine/lifecycle/address_keys.h"

namespace aftercare::engine {
namespace {

// Finds the enrollments of the patients who may have written from one address.
class SenderSearch {
 public:
  SenderSearch(EngineContext& engine, store::ReadTransaction& tx, const std::string& clinic, absl::Time now)
      : engine_(engine), tx_(tx), clinic_(clinic), now_(now) {}

  absl::StatusOr<Senders> Run(std::vector<std::string> keys) {
    senders_.keys = std::move(keys);
    for (const std::string& key : senders_.keys) {
      if (absl::Status status = FindAt(key); !status.ok()) return status;
    }
    for (const std::string& patient : present_) {
      if (absl::Status status = Add(patient); !status.ok()) return status;
    }
    senders_.patients = present_;
    for (const std::string& patient : former_) {
      auto was_written_to = WasWrittenTo(patient);
      if (!was_written_to.ok()) return was_written_to.status();
      if (!*was_written_to) continue;
      if (absl::Status status = Add(patient); !status.ok()) return status;
    }
    auto sent = SentMessagesOf(tx_, senders_.enrollments, now_ - kAnswerTime, now_);
    if (!sent.ok()) return sent.status();
    senders_.sent = *std::move(sent);
    return std::move(senders_);
  }

 private:
  // Adds the patients who have the address to present_, and others who may have had it to former_.
  absl::Status FindAt(const std::string& key) {
    const auto found = tx_.EnrollmentsAt(clinic_, key);
    if (!found.ok()) return found.status();
    for (const store::EnrollmentAtAddress& at : *found) {
      auto row = tx_.GetEnrollment(clinic_, at.enrollment);
      if (!row.ok()) return row.status();
      if (!row->has_value()) continue;
      (at.has_address ? present_ : former_).insert((*row)->data.patient());
    }
    for (const std::string& patient : present_) former_.erase(patient);
    return absl::OkStatus();
  }

  absl::Status Add(const std::string& patient) {
    auto contexts = EnrollmentContextsOf(engine_, tx_, clinic_, patient);
    if (!contexts.ok()) return contexts.status();
    std::move(contexts->begin(), contexts->end(), std::back_inserter(senders_.enrollments));
    return absl::OkStatus();
  }

  // Returns whether a message to the patient within kAnswerTime went to the address.
  absl::StatusOr<bool> WasWrittenTo(const std::string& patient) {
    const auto contexts = EnrollmentContextsOf(engine_, tx_, clinic_, patient);
    if (!contexts.ok()) return contexts.status();
    const auto sent = SentMessagesOf(tx_, *contexts, now_ - kAnswerTime, now_);
    if (!sent.ok()) return sent.status();
    return std::any_of(sent->begin(), sent->end(), [&](const SentMessage& message) { return senders_.WentHere(message); });
  }

  EngineContext& engine_;
  store::ReadTransaction& tx_;
  const std::string clinic_;
  const absl::Time now_;
  std::set<std::string> present_;
  std::set<std::string> former_;
  Senders senders_;
};

}  // namespace

absl::StatusOr<Senders> FindSenders(EngineContext& engine, store::ReadTransaction& tx, const store::ClinicRow& clinic,
                                    v1::Channel channel, absl::string_view address, absl::Time now) {
  return SenderSearch(engine, tx, clinic.clinic, now).Run(AddressKeysOf(clinic.data, channel, address));
}

}  // namespace aftercare::engine
