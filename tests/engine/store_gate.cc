#include "tests/engine/store_gate.h"

#include <memory>
#include <utility>

#include "tests/engine/forwarding_store.h"

namespace aftercare::engine {
namespace {

class GatedStore : public ForwardingStore {
 public:
  GatedStore(StoreGates& gates, std::unique_ptr<store::Store> store)
      : ForwardingStore(std::move(store)), gates_(gates) {}

  void Submit(Mutation mutation, Done done) override {
    if (auto refusal = gates_.mutations.TakeRefusal()) return done(*std::move(refusal));
    gates_.mutations.Pass([this, mutation = std::move(mutation), done = std::move(done)]() mutable {
      ForwardingStore::Submit(std::move(mutation), std::move(done));
    });
  }
  void Read(ReadJob job) override {
    if (auto refusal = gates_.reads.TakeRefusal()) return job(*std::move(refusal));
    gates_.reads.Pass([this, job = std::move(job)]() mutable { ForwardingStore::Read(std::move(job)); });
  }

 private:
  StoreGates& gates_;
};

}  // namespace

int Gate::passed() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return passed_;
}

void Gate::Hold() {
  const std::lock_guard<std::mutex> lock(mutex_);
  holding_ = true;
}

void Gate::Release() {
  std::vector<absl::AnyInvocable<void()>> held;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    holding_ = false;
    held.swap(held_);
  }
  for (auto& request : held) request();
}

void Gate::ReleaseOne(size_t index) {
  absl::AnyInvocable<void()> request;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    request = std::move(held_.at(index));
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(index));
  }
  request();
}

size_t Gate::held() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return held_.size();
}

void Gate::AwaitHeld(size_t count) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [&] { return held_.size() >= count; })) GiveUp("requests at a gate");
}

void Gate::Refuse(int count, absl::Status status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  refusals_left_ = count;
  refusal_ = std::move(status);
}

int Gate::refusals_left() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return refusals_left_;
}

std::optional<absl::Status> Gate::TakeRefusal() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (refusals_left_ == 0) return std::nullopt;
  --refusals_left_;
  return refusal_;
}

void Gate::Pass(absl::AnyInvocable<void()> request) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++passed_;
    if (holding_) {
      held_.push_back(std::move(request));
      changed_.notify_all();
      return;
    }
  }
  request();
}

World::Wrap StoreGates::Wrap() {
  return [this](std::unique_ptr<store::Store> store) { return std::make_unique<GatedStore>(*this, std::move(store)); };
}

}  // namespace aftercare::engine
