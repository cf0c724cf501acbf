#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_PATHWAY_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_PATHWAY_FILE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/pathway.pb.h"
#include "google/protobuf/text_format.h"
#include "scheduler/plan/field_errors.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::client {

// A pathway written as text by a person, who wants to know where a fault is. Immutable, so thread safe.
class PathwayFile {
 public:
  // Reads and parses. A usage error if the file cannot be read; if it is no pathway, a failure that names every fault
  // with its line and column.
  static absl::StatusOr<PathwayFile> Read(const std::string& path);

  // The same of text at hand; `path` is what failures call it.
  static absl::StatusOr<PathwayFile> Parse(const std::string& path, absl::string_view text);

  const v1::Pathway& pathway() const { return pathway_; }

  // Checks it as the server would. A failure names every fault by line and field.
  absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> Compile() const;

  // Where a field stands, `knee.textproto:120:3`, by its path in the pathway; the nearest enclosing field if it is not
  // there, and just the file if that is none.
  std::string Locate(absl::string_view field) const;

  // What the file's name suggests as an id: the part before the first dot.
  std::string DefaultId() const;

 private:
  PathwayFile() = default;

  std::string path_;
  std::string text_;
  v1::Pathway pathway_;
  std::shared_ptr<google::protobuf::TextFormat::ParseInfoTree> places_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_PATHWAY_FILE_H_
