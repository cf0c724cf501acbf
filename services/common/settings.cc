#include "services/common/settings.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace aftercare {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }

  std::string text;
};

enum class Taken { kYes, kUnknown, kNoWholeNumber, kNoNumber };

// Fields are strings, numbers, and messages of such.
Taken Set(const std::string& name, const std::string& value, Message* config) {
  const FieldDescriptor* field = config->GetDescriptor()->FindFieldByName(name);
  const auto* reflection = config->GetReflection();
  if (field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING) {
    reflection->SetString(config, field, value);
    return Taken::kYes;
  }
  if (field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_INT32) {
    int32_t number = 0;
    if (!absl::SimpleAtoi(value, &number)) return Taken::kNoWholeNumber;
    reflection->SetInt32(config, field, number);
    return Taken::kYes;
  }
  if (field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_DOUBLE) {
    double number = 0;
    if (!absl::SimpleAtod(value, &number)) return Taken::kNoNumber;
    reflection->SetDouble(config, field, number);
    return Taken::kYes;
  }
  for (int i = 0; i < config->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* part = config->GetDescriptor()->field(i);
    if (part->is_repeated() || part->type() != FieldDescriptor::TYPE_MESSAGE) continue;
    const std::string prefix = absl::StrCat(part->name(), "_");
    if (!absl::StartsWith(name, prefix)) continue;
    return Set(name.substr(prefix.size()), value, reflection->MutableMessage(config, part));
  }
  return Taken::kUnknown;
}

absl::Status ToStatus(Taken taken, const std::string& what) {
  switch (taken) {
    case Taken::kYes: return absl::OkStatus();
    case Taken::kUnknown: return absl::InvalidArgumentError(absl::StrCat(what, " is not a setting"));
    case Taken::kNoWholeNumber: return absl::InvalidArgumentError(absl::StrCat(what, " must be a whole number"));
    case Taken::kNoNumber: break;
  }
  return absl::InvalidArgumentError(absl::StrCat(what, " must be a number"));
}

}  // namespace

absl::Status ApplyFile(const std::string& path, Message* config) {
  if (path.empty()) return absl::OkStatus();
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  // A folder opens but cannot be read.
  if (!file.good() || std::filesystem::is_directory(path)) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path));
  }
  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  const std::unique_ptr<Message> read(config->New());
  if (!parser.ParseFromString(text.str(), read.get())) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", errors.text));
  }
  config->MergeFrom(*read);
  return absl::OkStatus();
}

absl::Status ApplyEnvironment(const Settings& environment, absl::string_view prefix, Message* config) {
  for (const auto& [name, value] : environment) {
    if (!absl::StartsWith(name, prefix)) continue;
    const Taken taken = Set(absl::AsciiStrToLower(absl::StripPrefix(name, prefix)), value, config);
    const absl::Status status = ToStatus(taken, absl::StrCat("environment variable ", name));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ApplyFlags(const Settings& flags, Message* config) {
  for (const auto& [name, value] : flags) {
    if (value.empty()) continue;
    if (absl::Status status = ToStatus(Set(name, value, config), absl::StrCat("flag --", name)); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLogLevel(const std::string& level) {
  for (absl::string_view known : {"debug", "info", "warn", "error"}) {
    if (level == known) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("log_level: ", level, " is not one of debug, info, warn, error"));
}

Settings ProcessEnvironment() {
  Settings settings;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    settings.push_back(absl::StrSplit(absl::string_view(*entry), absl::MaxSplits('=', 1)));
  }
  return settings;
}

}  // namespace aftercare
