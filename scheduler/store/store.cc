#include "scheduler/store/store.h"

#include <algorithm>
#include <utility>

#include "scheduler/store/clinic_numbers.h"
#include "scheduler/store/migrations.h"
#include "scheduler/store/reader_pool.h"
#include "scheduler/store/writer.h"

namespace aftercare::store {
namespace {

class StoreImpl : public Store {
 public:
  StoreImpl(std::unique_ptr<Driver> driver, std::unique_ptr<ClinicNumbers> numbers, std::string secret,
            std::unique_ptr<Writer> writer, std::unique_ptr<ReaderPool> readers,
            std::unique_ptr<ReaderPool> background_readers)
      : driver_(std::move(driver)),
        numbers_(std::move(numbers)),
        secret_(std::move(secret)),
        writer_(std::move(writer)),
        readers_(std::move(readers)),
        background_readers_(std::move(background_readers)) {}
  ~StoreImpl() override { Close(); }

  void SetListeners(CommitListener on_commit, HealthListener on_health) override {
    writer_->SetListeners(std::move(on_commit), std::move(on_health));
  }
  void Submit(Mutation mutation, Done done) override { writer_->Submit(std::move(mutation), std::move(done)); }
  void Read(ReadJob job) override { readers_->Read(std::move(job)); }
  void ReadInBackground(ReadJob job) override { background_readers_->Read(std::move(job)); }
  void SetGroupListener(GroupListener on_group) override { writer_->SetGroupListener(std::move(on_group)); }
  void SetBeforeCommitListener(BeforeCommitListener before_commit) override {
    writer_->SetBeforeCommitListener(std::move(before_commit));
  }
  int QueueDepth() const override { return writer_->QueueDepth(); }
  int ReadQueueDepth() const override { return readers_->QueueDepth(); }
  int BackgroundReadQueueDepth() const override { return background_readers_->QueueDepth(); }
  const std::string& secret() const override { return secret_; }

  // The readers first: the last connection to close must be the writer's, which can write the log back into the file.
  void Close() override {
    readers_->Stop();
    background_readers_->Stop();
    writer_->Stop();
    driver_.reset();
  }

 private:
  std::unique_ptr<Driver> driver_;
  std::unique_ptr<ClinicNumbers> numbers_;  // used by the writer and the readers
  const std::string secret_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<ReaderPool> readers_;
  std::unique_ptr<ReaderPool> background_readers_;
};

absl::StatusOr<std::vector<std::unique_ptr<Connection>>> ConnectReaders(Driver& driver, int count) {
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < std::max(count, 1); ++i) {
    absl::StatusOr<std::unique_ptr<Connection>> connection = driver.ConnectReader();
    if (!connection.ok()) return connection.status();
    connections.push_back(*std::move(connection));
  }
  return connections;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(std::unique_ptr<Driver> driver, StoreOptions options) {
  absl::StatusOr<std::unique_ptr<Connection>> connection = driver->ConnectWriter();
  if (!connection.ok()) return connection.status();
  absl::Status migrated = Migrate(**connection, driver->dialect(), options.on_migration);
  if (!migrated.ok()) return migrated;
  auto numbers = std::make_unique<ClinicNumbers>();
  absl::StatusOr<std::string> secret = ReadTransaction(**connection, *numbers).Secret();
  if (!secret.ok()) return secret.status();
  const absl::StatusOr<EventSequence> sequence = EventSequence::Load(**connection);
  if (!sequence.ok()) return sequence.status();
  auto readers = ConnectReaders(*driver, options.reader_threads);
  if (!readers.ok()) return readers.status();
  auto background = ConnectReaders(*driver, 1);
  if (!background.ok()) return background.status();
  auto writer = std::make_unique<Writer>(*std::move(connection), *numbers, *sequence, options);
  const auto make_pool = [&](std::vector<std::unique_ptr<Connection>> connections) {
    return std::make_unique<ReaderPool>(std::move(connections), *numbers, options.max_queued_reads);
  };
  auto pool = make_pool(*std::move(readers));
  auto background_pool = make_pool(*std::move(background));
  return std::make_unique<StoreImpl>(std::move(driver), std::move(numbers), *std::move(secret), std::move(writer),
                                     std::move(pool), std::move(background_pool));
}

}  // namespace aftercare::store
