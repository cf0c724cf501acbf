#include "tests/engine/twice_store.h"

#include <memory>
#include <utility>

#include "tests/engine/forwarding_store.h"

namespace aftercare::engine {
namespace {

class TwiceStore : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  void Submit(Mutation mutation, Done done) override {
    auto shared = std::make_shared<Mutation>(std::move(mutation));
    auto was_run = std::make_shared<bool>(false);
    ForwardingStore::Submit(
        [shared, was_run](store::WriteTransaction& tx) {
          *was_run = true;
          (*shared)(tx).IgnoreError();
          return absl::AbortedError("undone, to be run once more");
        },
        [this, shared, was_run, done = std::move(done)](absl::Status status) mutable {
          if (!*was_run || !absl::IsAborted(status)) return done(std::move(status));
          SubmitOnce([shared](store::WriteTransaction& tx) { return (*shared)(tx); }, std::move(done));
        });
  }

 private:
  void SubmitOnce(Mutation mutation, Done done) { ForwardingStore::Submit(std::move(mutation), std::move(done)); }
};

}  // namespace

std::unique_ptr<store::Store> RunMutationsTwice(std::unique_ptr<store::Store> store) {
  return std::make_unique<TwiceStore>(std::move(store));
}

}  // namespace aftercare::engine
