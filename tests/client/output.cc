#include "tests/client/output.h"

#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> Words(const std::string& command) { return absl::StrSplit(command, ' ', absl::SkipEmpty()); }

std::vector<google::protobuf::Struct> ObjectsOf(const std::string& text) {
  std::vector<google::protobuf::Struct> objects;
  for (const std::string& line : LinesOf(text)) {
    const auto status = google::protobuf::util::JsonStringToMessage(line, &objects.emplace_back());
    EXPECT_TRUE(status.ok()) << line << "\n" << status.ToString();
  }
  return objects;
}

std::string TextOf(const google::protobuf::Struct& object, const std::string& name) {
  const auto member = object.fields().find(name);
  return member == object.fields().end() ? "" : member->second.string_value();
}

void ExpectPlain(const std::string& text, int columns) {
  for (const std::string& line : LinesOf(text)) {
    EXPECT_LE(DisplayWidth(line), columns) << line;
    for (const char c : line) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << line;
  }
}

}  // namespace aftercare::client
