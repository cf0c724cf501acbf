#include "services/client/commands/enrollment_import.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/client/commands/progress.h"
#include "services/client/common/failure.h"
#include "services/client/common/interrupt.h"
#include "services/client/common/text_file.h"
#include "services/client/common/values.h"
#include "services/client/input/import_file.h"
#include "services/client/render/table.h"
#include "services/common/backoff.h"
#include "services/common/host_clock.h"

namespace aftercare::client {
namespace {

// The size of one request: no more lines than the server reports failures of, and no more bytes than it surely takes.
constexpr int kChunkLines = 500;
constexpr size_t kChunkBytes = 1 << 20;
constexpr size_t kMaxFileBytes = 1 << 30;
constexpr size_t kShownFaults = 5;

struct ImportOptions {
  std::string file;
  std::string pathway;
  std::string errors;
  std::string retry_for = "1m";
  bool allow_concurrent = false;
};

// What became of the lines so far.
struct Tally {
  int64_t created = 0;
  int64_t unchanged = 0;
  std::vector<LineFault> faults;

  int64_t failed() const { return static_cast<int64_t>(faults.size()); }
  int64_t all() const { return created + unchanged + failed(); }
};

// Sends a file in chunks. Lives for one command.
class Importer {
 public:
  Importer(Session& session, const Interrupt& interrupt, ImportFile& file, absl::Duration retry_for,
           bool allow_concurrent)
      : session_(session),
        interrupt_(interrupt),
        file_(file),
        retry_for_(retry_for),
        allow_concurrent_(allow_concurrent),
        progress_(session, file.size()) {}

  const Tally& tally() const { return tally_; }

  // Returns OK if every line was imported or has failed.
  absl::Status Run() {
    progress_.Show(0, 0);
    while (ReadChunk()) {
      if (absl::Status status = SendChunk(); !status.ok()) return status;
      progress_.Show(tally_.all(), tally_.failed());
    }
    std::stable_sort(tally_.faults.begin(), tally_.faults.end(),
                     [](const LineFault& a, const LineFault& b) { return a.line < b.line; });
    return absl::OkStatus();
  }

 private:
  // Reads the next chunk into `request_` and `rows_`. Returns false if no line is left to send.
  bool ReadChunk() {
    rows_.clear();
    request_.Clear();
    request_.set_parent(session_.clinic());
    request_.set_allow_concurrent(allow_concurrent_);
    size_t bytes = 0;
    ImportRow row;
    while (rows_.size() < kChunkLines && bytes < kChunkBytes && file_.Next(&row)) {
      if (!row.fault.empty()) {
        tally_.faults.push_back(FaultOf(row));
        continue;
      }
      *request_.add_lines() = row.message;
      bytes += row.message.ByteSizeLong();
      rows_.push_back(std::move(row));
    }
    return !rows_.empty();
  }

  // Sends the chunk until it is answered. Sending it twice is safe: lines that were imported are found unchanged.
  absl::Status SendChunk() {
    absl::Time gone_since = absl::InfiniteFuture();
    while (true) {
      const auto response = session_.Call(request_);
      if (response.ok()) {
        Count(*response);
        backoff_.Reset();
        return absl::OkStatus();
      }
      if (interrupt_.Happened() || !IsRetryable(response.status())) return response.status();
      // If there was no server from the start, do not wait for one.
      if (!answered_ && ExitCodeOf(response.status()) == kExitUnreachable) return response.status();
      gone_since = std::min(gone_since, HostNow());
      const absl::Duration pause = backoff_.Next();
      if (HostNow() + pause > gone_since + retry_for_) return response.status();
      progress_.Clear();
      session_.Note(absl::StrCat("No answer from the server; trying again in ", absl::FormatDuration(pause), "\n"));
      interrupt_.WaitFor(pause);
    }
  }

  void Count(const v1::ImportEnrollmentsResponse& response) {
    answered_ = true;
    tally_.created += response.created_count();
    tally_.unchanged += response.unchanged_count();
    for (const v1::ImportFailure& failure : response.failures()) {
      // Rows are sorted by line.
      const auto row = std::lower_bound(
          rows_.begin(), rows_.end(), failure.line_number(),
          [](const ImportRow& each, int64_t line) { return each.message.line_number() < line; });
      if (row != rows_.end()) tally_.faults.push_back(FaultOf(*row, failure.status()));
    }
  }

  Session& session_;
  const Interrupt& interrupt_;
  ImportFile& file_;
  const absl::Duration retry_for_;
  const bool allow_concurrent_;
  Progress progress_;
  Backoff backoff_;
  bool answered_ = false;
  std::vector<ImportRow> rows_;  // The rows of request_.
  v1::ImportEnrollmentsRequest request_;
  Tally tally_;
};

// Returns `patients.errors.csv` for `patients.csv`, unless --errors names a file.
std::string ErrorsPath(const ImportOptions& options) {
  if (!options.errors.empty()) return options.errors;
  return absl::StrCat(absl::StripSuffix(options.file, ".csv"), ".errors.csv");
}

// Writes the file of faults. If the `whole` file was imported without faults, removes the one of an earlier run.
absl::Status WriteFaults(const std::string& path, const std::vector<LineFault>& faults, bool whole) {
  if (!faults.empty()) return WriteFileAtomically(path, RenderFaults(faults));
  return whole ? RemoveFile(path) : absl::OkStatus();
}

void PrintSummary(Session& session, const Tally& tally, const std::string& errors) {
  if (session.json()) {
    JsonObject summary;
    summary.Add("lines", tally.all()).Add("created", tally.created).Add("unchanged", tally.unchanged);
    summary.Add("failed", tally.failed());
    if (tally.failed() > 0) summary.Add("errors", errors);
    return session.PrintJson(summary);
  }
  session.Print(absl::StrCat(Counted(tally.all(), "line"), ": ", Thousands(tally.created), " created, ",
                             Thousands(tally.unchanged), " unchanged, ", Thousands(tally.failed()), " failed.\n"));
}

// Returns the failure of the command if lines failed. It shows the first ones and names the file that has all.
absl::Status FailedLines(const std::string& file, const Tally& tally, const std::string& errors) {
  plan::FieldErrors shown;
  for (const LineFault& fault : tally.faults) {
    if (shown.size() == kShownFaults) break;
    shown.push_back({absl::StrCat(file, ":", fault.line), fault.message});
  }
  return FaultsError(absl::StrCat(Counted(tally.failed(), "line"), " failed; every one is in ", errors), shown);
}

absl::Status Import(Session& session, const ImportOptions& options) {
  const absl::StatusOr<absl::Duration> retry_for = ParseDuration("--retry-for", options.retry_for);
  if (!retry_for.ok()) return retry_for.status();
  const std::string errors = ErrorsPath(options);
  if (errors == options.file) return UsageError("--errors must not be the file itself");
  const absl::StatusOr<std::string> text = ReadTextFile(options.file, kMaxFileBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<ImportFile> file = ImportFile::Open(options.file, *text, session.clinic(), options.pathway);
  if (!file.ok()) return file.status();

  Interrupt interrupt([&] { session.connection().StopWaiting(); });
  Tally tally;
  absl::Status status;
  {
    Importer importer(session, interrupt, *file, *retry_for, options.allow_concurrent);
    status = importer.Run();
    tally = importer.tally();
  }
  const absl::Status written = WriteFaults(errors, tally.faults, status.ok());
  PrintSummary(session, tally, errors);
  if (!status.ok()) {
    session.Note(absl::StrCat("Stopped after ", Thousands(tally.all()), " of ", Counted(file->size(), "line"),
                              ". Run the same command again to go on: nothing is imported twice.\n"));
    return status;
  }
  if (!written.ok()) return written;
  return tally.failed() > 0 ? FailedLines(options.file, tally, errors) : absl::OkStatus();
}

}  // namespace

void AddImportCommand(CLI::App& app, Action* action) {
  CLI::App* import = app.add_subcommand("import", "Enrol the patients of a CSV file");
  const auto options = std::make_shared<ImportOptions>();
  import->add_option("FILE", options->file, "A header line, then a line for each patient")->required();
  import->add_option("--pathway", options->pathway, "For lines that name none")->type_name("ID");
  import
      ->add_option("--errors", options->errors,
                   "Where to write which lines failed, and why. Default: FILE with .errors.csv for .csv. Removed where "
                   "none failed")
      ->type_name("FILE");
  import->add_option("--retry-for", options->retry_for, "How long to wait for a server that has gone")
      ->capture_default_str()
      ->type_name("DURATION");
  import->add_flag("--allow-concurrent", options->allow_concurrent,
                   "Enrol even patients who have a running enrollment on the pathway, as for a second knee");
  import->footer(
      "Columns, in any order: patient, first_name, procedure_date and consent; pathway, unless\n"
      "--pathway names it; and where wanted last_name, time_zone, locale, sms, email, webhook\n"
      "(tried in the order of their columns), "
      "enrollment_id, and factor:NAME for facts.\n\n"
      "Example:\n  aftercare import patients.csv --clinic demo --pathway knee_stem_cell\n\n"
      "    patient,first_name,procedure_date,consent,sms,factor:severity\n"
      "    P-17,Ana,2026-03-02,granted,+15550100,severe\n\n"
      "A line fails where its patient has a running enrollment on the pathway with another id or date\n"
      "(unless --allow-concurrent is given), or is recorded as deceased.\n"
      "A bad line does not keep the others. Importing the same file again is safe, and how to go on\n"
      "after a break: what was imported is left as it is.");
  import->callback([=] { *action = [=](Session& session) { return Import(session, *options); }; });
}

}  // namespace aftercare::client
