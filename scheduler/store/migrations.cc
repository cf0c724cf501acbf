#include "scheduler/store/migrations.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "scheduler/store/migrate_contacts.h"
#include "scheduler/store/query.h"
#include "scheduler/store/schema_steps.h"

namespace aftercare::store {
namespace {

// After these steps follows what SQL alone cannot do.
constexpr int64_t kStepWithContacts = 4;
constexpr int64_t kStepWithAddressHashes = 9;

// Before all steps, because it holds the number of the last one.
constexpr char kMeta[] = "CREATE TABLE meta (key {key} NOT NULL PRIMARY KEY, number BIGINT, bytes {bytes}) {clustered}";

std::string InDialect(absl::string_view text, const Dialect& dialect) {
  return absl::StrReplaceAll(text, {{"{key}", dialect.key},
                                    {"{bytes}", dialect.bytes},
                                    {"{serial}", dialect.serial},
                                    {"{clustered}", dialect.clustered}});
}

// 0: there is none yet.
absl::StatusOr<int64_t> SchemaVersion(Connection& connection) {
  const absl::StatusOr<bool> has_meta = connection.HasTable("meta");
  if (!has_meta.ok()) return has_meta.status();
  if (!*has_meta) return 0;
  Query query(connection, "SELECT number FROM meta WHERE key = 'schema_version'");
  return FirstIntOrZero(query);
}

absl::Status CheckVersion(int64_t version) {
  if (version <= NewestSchema()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("the database has schema version ", version,
                                                    ", this program knows up to ", NewestSchema(),
                                                    "; run a newer version of Aftercare"));
}

absl::Status InsertSecret(Connection& connection) {
  std::array<char, 16> secret;
  ssize_t size;
  do {
    size = getrandom(secret.data(), secret.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size != static_cast<ssize_t>(secret.size())) return absl::UnavailableError("the system gives no random bytes");
  return Query(connection, "INSERT INTO meta (key, bytes) VALUES ('secret', $1)")
      .Bytes(absl::string_view(secret.data(), secret.size()))
      .Run();
}

absl::Status Prepare(Connection& connection, const Dialect& dialect) {
  if (absl::Status status = connection.Execute(InDialect(kMeta, dialect)); !status.ok()) return status;
  return InsertSecret(connection);
}

// Runs a step part by part, and says before each part what it is about.
absl::Status RunStep(Connection& connection, const Dialect& dialect, int64_t step, const MigrationProgress& progress) {
  for (absl::string_view part : absl::StrSplit(SchemaSteps()[step], kStepPart)) {
    const std::pair<absl::string_view, absl::string_view> split = absl::StrSplit(part, absl::MaxSplits('\n', 1));
    if (progress && !split.first.empty()) {
      progress(absl::StrCat("the database is brought to schema ", step + 1, ": ", split.first));
    }
    if (absl::Status status = connection.Execute(InDialect(split.second, dialect)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ApplySteps(Connection& connection, const Dialect& dialect, int64_t version, MigrationProgress progress) {
  if (version == 0) {
    if (absl::Status status = Prepare(connection, dialect); !status.ok()) return status;
  }
  // A new database has nothing that takes time.
  if (version == 0) progress = nullptr;
  for (int64_t step = version; step < NewestSchema(); ++step) {
    if (absl::Status status = RunStep(connection, dialect, step, progress); !status.ok()) return status;
    absl::Status status;
    if (step + 1 == kStepWithContacts) status = MigrateContacts(connection);
    if (step + 1 == kStepWithAddressHashes) status = HashContacts(connection);
    if (!status.ok()) return status;
  }
  return Query(connection,
               "INSERT INTO meta (key, number) VALUES ('schema_version', $1)"
               " ON CONFLICT (key) DO UPDATE SET number = excluded.number")
      .Int(NewestSchema())
      .Run();
}

// In a transaction under the write lock, so that two programs that start at once do not both migrate.
absl::StatusOr<bool> MigrateLocked(Connection& connection, const Dialect& dialect, const MigrationProgress& progress) {
  const absl::StatusOr<int64_t> version = SchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (absl::Status status = CheckVersion(*version); !status.ok()) return status;
  if (*version == NewestSchema()) return false;
  if (absl::Status status = ApplySteps(connection, dialect, *version, progress); !status.ok()) return status;
  return true;
}

}  // namespace

int NewestSchema() { return static_cast<int>(SchemaSteps().size()); }

absl::Status CheckSchema(Connection& connection) {
  const absl::StatusOr<int64_t> version = SchemaVersion(connection);
  return version.ok() ? CheckVersion(*version) : version.status();
}

absl::Status Migrate(Connection& connection, const Dialect& dialect, const MigrationProgress& progress) {
  if (absl::Status status = connection.Begin(); !status.ok()) return status;
  const absl::StatusOr<bool> changed = MigrateLocked(connection, dialect, progress);
  if (changed.ok() && *changed) return connection.Commit();
  connection.Rollback();
  return changed.status();
}

}  // namespace aftercare::store
