#ifndef AFTERCARE_SERVICES_CLIENT_INPUT_PATHWAY_FILE_H_
#define AFTERCARE_SERVICES_CLIENT_INPUT_PATHWAY_FILE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "aftercare/v1/pathway.pb.h"
#include "google/protobuf/text_format.h"
#include "scheduler/plan/contact_hours.h"
#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/message_check.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::client {

// A pathway in protobuf text format, with the place of every field, so that faults can be reported by line and column.
// Immutable, so thread safe.
class PathwayFile {
 public:
  // Reads and parses a file. Returns a usage error if the file cannot be read. If the content is not a pathway, the
  // failure lists every fault with its line and column.
  static absl::StatusOr<PathwayFile> Read(const std::string& path);

  // As Read, with the content of the file. Failures name `path`.
  static absl::StatusOr<PathwayFile> Parse(const std::string& path, absl::string_view text);

  const v1::Pathway& pathway() const { return pathway_; }

  // Compiles the pathway with the checks that the server makes. The failure lists every fault by line and field.
  absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> Compile() const;

  // Returns what is no fault but may be a mistake, one line each, ended by a line feed: rules of one series that can be
  // due for one patient at one time, texts of more than one SMS part, messages that the contact hours never let out,
  // and days with too many messages to one patient. Names at most the first 20 of each kind. `pathway` is what Compile
  // returned. `hours` are those of the clinic, if they are known.
  std::string Warnings(const plan::CompiledPathway& pathway, const plan::ContactHours& hours = {}) const;

  // Returns the place of a field in the file: `knee.textproto:120:3`. `field` is its path in the pathway, such as
  // `rules[3].texts["es"]`. If the file does not have the field, returns the place of the nearest enclosing field, or
  // the path of the file if there is none.
  std::string Locate(absl::string_view field) const;

  // Returns the id to use if the user names none: the file's name up to the first dot.
  std::string DefaultId() const;

 private:
  PathwayFile() = default;

  // Returns the path of a text, whose locale is normalized: the file may spell it in another way.
  std::string FieldOfText(const plan::LongText& text) const;

  std::string path_;
  std::string text_;
  v1::Pathway pathway_;
  std::shared_ptr<google::protobuf::TextFormat::ParseInfoTree> places_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_INPUT_PATHWAY_FILE_H_
