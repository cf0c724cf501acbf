// What the store costs: enrollments made durable each second, next to SQLite itself doing the same; and what 100,000 of
// them weigh on disk, in memory and at the start.
//   store_bench [DIRECTORY]     the directory, a disk's, to be measured in; by default the current one
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scheduler/store/sqlite_driver.h"
#include "scheduler/store/store.h"
#include "tests/store/testing.h"

namespace aftercare::store {
namespace {

constexpr int kInFlight = 64;
constexpr int kRound = 50'000;
constexpr int kRounds = 3;
constexpr int kMany = 100'000;

[[noreturn]] void Fail(absl::string_view what, absl::string_view why) {
  std::fprintf(stderr, "%s: %s\n", std::string(what).c_str(), std::string(why).c_str());
  std::exit(1);
}

void Check(const absl::Status& status) {
  if (!status.ok()) Fail("store", status.ToString());
}

double Since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// An enrollment such as a clinic sends, under an id such as the server makes.
EnrollmentRow Enrollment(int number) {
  EnrollmentRow row;
  row.clinic = "north-shore";
  row.enrollment = absl::StrCat(absl::Hex(0x01890a5d00000000 + number * int64_t{7919}, absl::kZeroPad16), "x7");
  row.version = 1;
  row.next_due = At(number % 86'400);
  v1::Enrollment& data = row.data;
  data.set_patient(absl::StrCat("mrn-", 4'000'000 + number * 17 % 9'000'000));
  data.set_first_name("Alexandra");
  data.set_last_name("Featherstonehaugh");
  data.set_pathway("clinics/north-shore/pathways/knee-stem-cell");
  data.set_pathway_revision(3);
  data.set_procedure_date("2026-06-01");
  data.set_time_zone("America/New_York");
  data.set_locale("en-US");
  (*data.mutable_factors())["severity"] = "severe";
  (*data.mutable_factors())["cell_source"] = "autologous";
  v1::ContactPoint* sms = data.add_contact_points();
  sms->set_channel(v1::CHANNEL_SMS);
  sms->set_address(absl::StrCat("+1555", 1'000'000 + number));
  v1::ContactPoint* email = data.add_contact_points();
  email->set_channel(v1::CHANNEL_EMAIL);
  email->set_address(absl::StrCat("alexandra", number, "@example.com"));
  data.set_consent(v1::CONSENT_GRANTED);
  data.mutable_enroll_time()->set_seconds(1'780'322'400 + number);
  return row;
}

v1::Event Created(const EnrollmentRow& row) {
  v1::Event event;
  *event.mutable_event_time() = row.data.enroll_time();
  event.set_type(v1::EVENT_TYPE_ENROLLMENT_CREATED);
  event.set_enrollment(absl::StrCat("clinics/", row.clinic, "/enrollments/", row.enrollment));
  event.set_patient(row.data.patient());
  return event;
}

std::unique_ptr<Store> OpenStore(const std::string& path) {
  absl::StatusOr<std::unique_ptr<Driver>> driver = OpenSqlite(path);
  Check(driver.status());
  absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(*std::move(driver), {});
  Check(store.status());
  return *std::move(store);
}

// Keeps kInFlight enrollments under way until `count` are durable.
class Load {
 public:
  Load(Store& store, int count) : store_(store), count_(count) {}

  void Run() {
    for (int i = 0; i < kInFlight; ++i) SubmitNext();
    ended_.Await();
  }

 private:
  void SubmitNext() {
    const int number = next_++;
    if (number >= count_) return;
    EnrollmentRow row = Enrollment(number);
    store_.Submit(
        [row = std::move(row)](WriteTransaction& tx) {
          if (absl::Status status = tx.InsertEnrollment(row); !status.ok()) return status;
          return tx.AppendEvent(row.clinic, Created(row));
        },
        [this](absl::Status status) {
          Check(status);
          SubmitNext();
          if (++durable_ == count_) ended_.Set();
        });
  }

  Store& store_;
  const int count_;
  std::atomic<int> next_ = 0;
  std::atomic<int> durable_ = 0;
  Signal ended_;
};

double StorePerSecond(const std::string& path) {
  const std::unique_ptr<Store> store = OpenStore(path);
  const auto begin = std::chrono::steady_clock::now();
  Load(*store, kRound).Run();
  return kRound / Since(begin);
}

// SQLite's C interface, with as little around it as can be.
class Raw {
 public:
  explicit Raw(const std::string& path) {
    Expect(sqlite3_open(path.c_str(), &database_));
    Run("PRAGMA synchronous = FULL");
    Run("PRAGMA cache_size = -16384");
    Run("PRAGMA wal_autocheckpoint = 4000");
  }
  ~Raw() {
    for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }

  void Run(const char* sql) { Expect(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* Prepare(const char* sql) {
    sqlite3_stmt*& statement = statements_.emplace_back();
    Expect(sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return statement;
  }
  void Step(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) Fail("SQLite", sqlite3_errmsg(database_));
    sqlite3_reset(statement);
  }

 private:
  void Expect(int result) {
    if (result != SQLITE_OK) Fail("SQLite", sqlite3_errmsg(database_));
  }

  sqlite3* database_ = nullptr;
  std::vector<sqlite3_stmt*> statements_;
};

void BindText(sqlite3_stmt* statement, int index, const std::string& text) {
  sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void BindBytes(sqlite3_stmt* statement, int index, const std::string& bytes) {
  sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
}

// The same rows into the same tables, kInFlight to a commit, from messages that were serialized before.
double RawPerSecond(const std::string& path) {
  OpenStore(path).reset();  // the schema
  Raw raw(path);
  sqlite3_stmt* const enrollment = raw.Prepare(
      "INSERT INTO enrollment (row_id, clinic, enrollment, patient, pathway, state, opted_out, data)"
      " VALUES (?, 1, ?, ?, ?, ?, 0, ?)");
  sqlite3_stmt* const schedule = raw.Prepare(
      "INSERT INTO enrollment_schedule (enrollment, clinic, clock, next_due, version, calendar)"
      " VALUES (?, 1, 0, ?, ?, 0)");
  sqlite3_stmt* const events =
      raw.Prepare("INSERT INTO event_block (clinic, last_seq, events, data) VALUES (?, ?, ?, ?)");
  sqlite3_stmt* const sequence = raw.Prepare("UPDATE meta SET number = ? WHERE key = 'last_event_seq'");
  struct Bytes {
    EnrollmentRow row;
    std::string pathway = "knee-stem-cell";
    std::string data;
    std::string event;
  };
  std::vector<Bytes> all(kRound);
  for (int i = 0; i < kRound; ++i) {
    Bytes& bytes = all[i];
    bytes.row = Enrollment(i);
    v1::Event created = Created(bytes.row);
    created.clear_enrollment();
    bytes.event = created.SerializeAsString();
    v1::Enrollment rest = bytes.row.data;
    rest.clear_patient();
    rest.clear_pathway();
    bytes.data = rest.SerializeAsString();
  }
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kRound;) {
    raw.Run("BEGIN IMMEDIATE");
    std::string block;
    for (const int end = std::min(i + kInFlight, kRound); i < end; ++i) {
      const Bytes& bytes = all[i];
      sqlite3_bind_int64(enrollment, 1, i + 1);
      BindText(enrollment, 2, bytes.row.enrollment);
      BindText(enrollment, 3, bytes.row.data.patient());
      BindText(enrollment, 4, bytes.pathway);
      sqlite3_bind_int64(enrollment, 5, bytes.row.state);
      BindBytes(enrollment, 6, bytes.data);
      raw.Step(enrollment);
      sqlite3_bind_int64(schedule, 1, i + 1);
      sqlite3_bind_int64(schedule, 2, absl::ToUnixMicros(*bytes.row.next_due));
      sqlite3_bind_int64(schedule, 3, bytes.row.version);
      raw.Step(schedule);
      block += bytes.event;
    }
    BindText(events, 1, all[0].row.clinic);
    sqlite3_bind_int64(events, 2, i);
    sqlite3_bind_int64(events, 3, kInFlight);
    BindBytes(events, 4, block);
    raw.Step(events);
    sqlite3_bind_int64(sequence, 1, i);
    raw.Step(sequence);
    raw.Run("COMMIT");
  }
  return kRound / Since(begin);
}

int64_t BytesOf(const std::string& directory) {
  int64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) bytes += entry.file_size();
  return bytes;
}

// Memory of this process, in KiB: the line of /proc/self/status that begins with `name`.
int Kilobytes(absl::string_view name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    absl::string_view rest = line;
    int number = 0;
    if (absl::ConsumePrefix(&rest, name) && absl::ConsumeSuffix(&rest, " kB") && absl::SimpleAtoi(rest, &number)) {
      return number;
    }
  }
  return 0;
}

// As a process of its own: nothing is in its memory but what the opening took.
void MeasureOpening(const std::string& path) {
  const int before = Kilobytes("VmRSS:");
  const auto begin = std::chrono::steady_clock::now();
  const std::unique_ptr<Store> store = OpenStore(path);
  std::printf("  open            %8.3f s    (target < 1)\n", Since(begin));
  Check(Ask(*store, &ReadTransaction::DueEnrollments, "", "north-shore", absl::InfiniteFuture(), std::nullopt, 1000).status());
  std::printf("  resident        %8.1f MB   of which %.1f before the opening (target < 100)\n",
              Kilobytes("VmRSS:") / 1024.0, before / 1024.0);
}

// Keeps the readers busy without a pause until it ends, and looks at the size of the log.
class Readers {
 public:
  Readers(Store& store, const std::string& log) {
    for (int i = 0; i < 4; ++i) {
      threads_.emplace_back([this, &store, log] {
        while (!stop_) {
          Check(Ask(store, &ReadTransaction::DueEnrollments, "", "north-shore", absl::InfiniteFuture(), std::nullopt, 200).status());
          const int64_t size = std::filesystem::file_size(log);
          if (size > largest_log_) largest_log_ = size;
        }
      });
    }
  }
  ~Readers() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  int64_t largest_log() const { return largest_log_; }

 private:
  std::atomic<int64_t> largest_log_ = 0;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

void MeasureWeight(const std::string& self, const std::string& directory) {
  const std::string path = directory + "/facts.db";
  {
    const std::unique_ptr<Store> store = OpenStore(path);
    Load(*store, kMany).Run();
    std::printf("%d enrollments, each with its event:\n", kMany);
    std::printf("  on disk         %8.0f B    each, while running, with the log\n", 1.0 * BytesOf(directory) / kMany);
    std::printf("  resident        %8.1f MB   after writing them\n", Kilobytes("VmRSS:") / 1024.0);
  }
  std::printf("  on disk         %8.0f B    each, closed (target < 1000)\n", 1.0 * BytesOf(directory) / kMany);
  std::fflush(stdout);
  if (std::system(absl::StrCat("'", self, "' --open '", path, "'").c_str()) != 0) Fail(self, "cannot run itself");
}

void MeasureLogUnderReading(const std::string& directory) {
  const std::unique_ptr<Store> store = OpenStore(directory + "/facts.db");
  const Readers readers(*store, directory + "/facts.db-wal");
  const auto begin = std::chrono::steady_clock::now();
  Load(*store, kMany).Run();
  std::printf("while the readers never rest:\n  store           %8.0f /s\n", kMany / Since(begin));
  std::printf("  log, at most    %8.1f MB\n", readers.largest_log() / 1e6);
}

// Calls `measure` with a directory that is gone afterwards.
template <typename Measure>
auto InDirectory(const std::string& base, Measure measure) {
  std::string directory = base + "/store_bench_XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) Fail(base, "cannot be written to");
  struct Removal {
    const std::string& directory;
    ~Removal() { std::filesystem::remove_all(directory); }
  } removal{directory};
  return measure(directory);
}

void MeasureSpeed(const std::string& base) {
  std::printf("durable enrollments, %d in flight:\n", kInFlight);
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    const double raw = InDirectory(base, [](const std::string& at) { return RawPerSecond(at + "/facts.db"); });
    const double ours = InDirectory(base, [](const std::string& at) { return StorePerSecond(at + "/facts.db"); });
    ratios.push_back(ours / raw);
    std::printf("  store           %8.0f /s   SQLite %.0f /s, ratio %.2f\n", ours, raw, ours / raw);
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("  median ratio    %8.2f\n", ratios[ratios.size() / 2]);
}

}  // namespace
}  // namespace aftercare::store

int main(int argc, char** argv) {
  using namespace aftercare::store;
  if (argc == 3 && std::string(argv[1]) == "--open") {
    MeasureOpening(argv[2]);
    return 0;
  }
  const std::string base = argc > 1 ? argv[1] : ".";
  // The weight first, while nothing else has used this process's memory.
  InDirectory(base, [&](const std::string& at) { MeasureWeight("/proc/" + std::to_string(getpid()) + "/exe", at); });
  MeasureSpeed(base);
  InDirectory(base, MeasureLogUnderReading);
}
