#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_IMPORT_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_IMPORT_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/enrollment_service.pb.h"
#include "google/rpc/status.pb.h"
#include "services/client/input/csv.h"

namespace aftercare::client {

// Why one line of a file was not imported. Holds nothing of a patient.
struct LineFault {
  int64_t line = 0;
  std::vector<std::string> columns;  // at fault, where it lies in some
  std::string message;
};

// One patient of a file.
struct ImportRow {
  v1::ImportLine message;  // with the number of the line
  std::vector<std::string> contact_columns;  // which columns the contact points are from

  // Faults that the server need not be asked about: then the row is not to be sent.
  std::vector<std::string> bad_columns;
  std::string fault;
};

// A file of patients: a header that names the columns, then a line for each. Not thread safe.
class ImportFile {
 public:
  // Reads the header, and goes once through the whole file to see that it can be read. `path` is what failures call it;
  // `clinic` is a resource name; `pathway` (id or name) is for lines that name none. `text` must outlive the result. A
  // failure names every column that is unknown, doubled or missing.
  static absl::StatusOr<ImportFile> Open(const std::string& path, absl::string_view text, const std::string& clinic,
                                         const std::string& pathway);

  // Patients in it.
  int64_t size() const { return size_; }

  // Reads the next one. False at the end.
  bool Next(ImportRow* row);

 private:
  explicit ImportFile(absl::string_view text) : reader_(std::make_unique<CsvReader>(text)) {}

  void CheckTwice(ImportRow* row);

  std::unique_ptr<CsvReader> reader_;
  std::vector<std::string> columns_;
  std::string clinic_;
  std::string pathway_;
  int64_t size_ = 0;
  CsvRecord record_;
  absl::flat_hash_map<std::string, int64_t> seen_;  // lines by patient, pathway and procedure date
};

// Names of all columns, for help texts.
std::string ImportColumns();

// What the server refused in terms of the file's columns.
LineFault FaultOf(const ImportRow& row, const google::rpc::Status& status);
// What the row itself says.
LineFault FaultOf(const ImportRow& row);

// The faults as a file: line, columns, message.
std::string RenderFaults(const std::vector<LineFault>& faults);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_IMPORT_FILE_H_
