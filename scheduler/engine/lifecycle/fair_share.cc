#include "scheduler/engine/lifecycle/fair_share.h"

#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_set.h"

namespace aftercare::engine {
namespace {

constexpr int kFirstLapDivisor = 16;  // a clinic's share in the first lap is this part of the whole

// Rounds up.
int Divide(int whole, int parts) { return (whole + parts - 1) / parts; }

// Visits clinics in the order of the source, round the ring: those behind the first, then those up to it.
class ClinicRing {
 public:
  ClinicRing(FairSource& source, std::string begin) : source_(source), begin_(std::move(begin)), at_(begin_) {}

  // Returns the next clinic; nothing when each has been visited.
  absl::StatusOr<std::optional<std::string>> Next() {
    auto next = source_.NextClinic(at_);
    if (next.ok() && !next->has_value() && !wrapped_ && !begin_.empty()) {
      wrapped_ = true;
      next = source_.NextClinic("");
    }
    if (!next.ok() || !next->has_value()) return next;
    if (!visited_.insert(**next).second) return std::optional<std::string>();
    at_ = **next;
    return next;
  }

 private:
  FairSource& source_;
  const std::string begin_;
  std::string at_;
  absl::flat_hash_set<std::string> visited_;
  bool wrapped_ = false;
};

// Offers each clinic its first share. Adds the clinics that took all of it to `hungry`. Returns how many were taken.
absl::StatusOr<int> FirstLap(FairSource& source, int max, const std::string& after, RoundRobinCursor& cursor,
                             LookBudget& budget, std::vector<std::string>* hungry) {
  ClinicRing ring(source, after);
  int total = 0;
  while (total < max && !budget.exceeded()) {
    auto clinic = ring.Next();
    if (!clinic.ok()) return clinic.status();
    if (!clinic->has_value() || !budget.Spend()) break;
    const int share = std::min(max - total, Divide(max, kFirstLapDivisor));
    auto taken = source.TakeFrom(**clinic, share);
    if (!taken.ok()) return taken.status();
    total += *taken;
    if (*taken == share) hungry->push_back(**clinic);
    cursor.set_last(**std::move(clinic));
  }
  return total;
}

// Divides `max` among the hungry clinics. Leaves those in `hungry` that took their whole share again. Returns how many
// were taken.
absl::StatusOr<int> NextLap(FairSource& source, int max, LookBudget& budget, std::vector<std::string>* hungry) {
  const int equal_share = Divide(max, static_cast<int>(hungry->size()));
  std::vector<std::string> still_hungry;
  int total = 0;
  for (std::string& clinic : *hungry) {
    const int share = std::min(max - total, equal_share);
    if (share == 0 || budget.exceeded()) break;
    auto taken = source.TakeFrom(clinic, share);
    if (!taken.ok()) return taken.status();
    total += *taken;
    if (*taken == share) still_hungry.push_back(std::move(clinic));
  }
  *hungry = std::move(still_hungry);
  return total;
}

}  // namespace

absl::Status ShareFairly(FairSource& source, int max, const std::string& after, RoundRobinCursor& cursor,
                         LookBudget& budget) {
  std::vector<std::string> hungry;
  auto taken = FirstLap(source, max, after, cursor, budget, &hungry);
  if (!taken.ok()) return taken.status();
  int left = max - *taken;
  while (left > 0 && !hungry.empty() && !budget.exceeded()) {
    taken = NextLap(source, left, budget, &hungry);
    if (!taken.ok()) return taken.status();
    left -= *taken;
  }
  return absl::OkStatus();
}

}  // namespace aftercare::engine
