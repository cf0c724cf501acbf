#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_IMPORT_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_IMPORT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "google/rpc/status.pb.h"
#include "services/client/input/csv.h"

// Reads the CSV file of `aftercare import`, and writes the file of the lines that failed. Free functions are pure and
// thread safe.
namespace aftercare::client {

// Why one line was not imported. Holds no data of a patient.
struct LineFault {
  int64_t line = 0;
  std::vector<std::string> columns;  // The columns at fault; none if the fault is in the whole line.
  std::string message;
};

// One line of the file.
struct ImportRow {
  v1::ImportLine message;                    // The patient, with the number of the line.
  std::vector<std::string> contact_columns;  // For each contact point, the column it is from.

  // What is wrong with the row, found without the server. If `fault` is not empty the row must not be sent.
  std::vector<std::string> bad_columns;
  std::string fault;
};

// A file of patients: a header that names the columns, then one line for each patient. Not thread safe.
class ImportFile {
 public:
  // Reads the header, and checks that the quotes of the whole file are correct. `path` is the name for failures,
  // `clinic` a resource name, and `pathway` the id or name of the pathway for lines that name none. If `pathway` is
  // empty, the file must have a pathway column. `text` must outlive the result. The failure names every column that is
  // unknown, repeated or missing.
  static absl::StatusOr<ImportFile> Open(const std::string& path, absl::string_view text, const std::string& clinic,
                                         const std::string& pathway);

  // Returns the number of patients in the file.
  int64_t size() const { return size_; }

  // Reads the next row. Returns false at the end. A row that repeats an earlier one has a fault.
  bool Next(ImportRow* row);

 private:
  explicit ImportFile(absl::string_view text) : reader_(std::make_unique<CsvReader>(text)) {}

  void CheckRepeated(ImportRow* row);

  std::unique_ptr<CsvReader> reader_;
  std::vector<std::string> columns_;
  std::string clinic_;
  std::string pathway_;
  int64_t size_ = 0;
  CsvRecord record_;
  absl::flat_hash_map<std::string, int64_t> seen_;  // Line by patient, pathway, procedure date and enrollment id.
};

// Returns the names of all columns, for help texts.
std::string ImportColumns();

// Returns the fault of a row that the server refused with `status`. It names columns of the file in place of fields.
LineFault FaultOf(const ImportRow& row, const google::rpc::Status& status);

// Returns the fault that was found without the server.
LineFault FaultOf(const ImportRow& row);

// Returns the faults as a CSV file with the columns line, columns (separated by spaces) and message.
std::string RenderFaults(const std::vector<LineFault>& faults);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_IMPORT_FILE_H_
