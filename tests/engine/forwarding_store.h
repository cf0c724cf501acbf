#ifndef AFTERCARE_TESTS_ENGINE_FORWARDING_STORE_H_
#define AFTERCARE_TESTS_ENGINE_FORWARDING_STORE_H_

#include <memory>
#include <string>
#include <utility>

#include "scheduler/store/store.h"

namespace aftercare::engine {

// Passes every request on to another store. A test overrides what it wants to be otherwise. As thread safe as the
// store.
class ForwardingStore : public store::Store {
 public:
  explicit ForwardingStore(std::unique_ptr<store::Store> store) : store_(std::move(store)) {}

  void SetListeners(CommitListener on_commit, HealthListener on_health) override {
    store_->SetListeners(std::move(on_commit), std::move(on_health));
  }
  void Submit(Mutation mutation, Done done) override { store_->Submit(std::move(mutation), std::move(done)); }
  void Read(ReadJob job) override { store_->Read(std::move(job)); }
  void ReadInBackground(ReadJob job) override { store_->ReadInBackground(std::move(job)); }
  void Close() override { store_->Close(); }
  int QueueDepth() const override { return store_->QueueDepth(); }
  int ReadQueueDepth() const override { return store_->ReadQueueDepth(); }
  int BackgroundReadQueueDepth() const override { return store_->BackgroundReadQueueDepth(); }
  void SetGroupListener(GroupListener on_group) override { store_->SetGroupListener(std::move(on_group)); }
  void SetBeforeCommitListener(BeforeCommitListener before_commit) override {
    store_->SetBeforeCommitListener(std::move(before_commit));
  }
  const std::string& secret() const override { return store_->secret(); }

 private:
  const std::unique_ptr<store::Store> store_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_FORWARDING_STORE_H_
