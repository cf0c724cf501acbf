#include "tests/engine/twice_store.h"

#include <memory>
#include <utility>

namespace aftercare::engine {
namespace {

class TwiceStore : public store::Store {
 public:
  explicit TwiceStore(std::unique_ptr<store::Store> store) : store_(std::move(store)) {}

  void Submit(Mutation mutation, Done done) override {
    auto shared = std::make_shared<Mutation>(std::move(mutation));
    auto was_run = std::make_shared<bool>(false);
    store_->Submit(
        [shared, was_run](store::WriteTransaction& tx) {
          *was_run = true;
          (*shared)(tx).IgnoreError();
          return absl::AbortedError("undone, to be run once more");
        },
        [this, shared, was_run, done = std::move(done)](absl::Status status) mutable {
          if (!*was_run || !absl::IsAborted(status)) return done(std::move(status));
          store_->Submit([shared](store::WriteTransaction& tx) { return (*shared)(tx); }, std::move(done));
        });
  }

  void SetListeners(CommitListener on_commit, HealthListener on_health) override {
    store_->SetListeners(std::move(on_commit), std::move(on_health));
  }
  void Read(ReadJob job) override { store_->Read(std::move(job)); }
  void ReadInBackground(ReadJob job) override { store_->ReadInBackground(std::move(job)); }
  void Close() override { store_->Close(); }
  int QueueDepth() const override { return store_->QueueDepth(); }
  int ReadQueueDepth() const override { return store_->ReadQueueDepth(); }
  int BackgroundReadQueueDepth() const override { return store_->BackgroundReadQueueDepth(); }
  void SetGroupListener(GroupListener on_group) override { store_->SetGroupListener(std::move(on_group)); }
  const std::string& secret() const override { return store_->secret(); }

 private:
  const std::unique_ptr<store::Store> store_;
};

}  // namespace

std::unique_ptr<store::Store> RunMutationsTwice(std::unique_ptr<store::Store> store) {
  return std::make_unique<TwiceStore>(std::move(store));
}

}  // namespace aftercare::engine
