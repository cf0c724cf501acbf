#include "services/client/input/consent_options.h"

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/client/common/text_file.h"
#include "services/client/common/values.h"

namespace aftercare::client {
namespace {

// Far more than a wording may have.
constexpr size_t kMaxFile = 64 << 10;

// Returns a wording as typed, or that of the file it names, with the line ends that the API takes.
absl::StatusOr<std::string> WordingOf(const std::string& text) {
  if (text.empty() || text[0] != '@') return text;
  absl::StatusOr<std::string> read = ReadTextFile(text.substr(1), kMaxFile);
  if (!read.ok()) return read.status();
  std::string wording = absl::StrReplaceAll(*read, {{"\r\n", "\n"}, {"\t", " "}});
  absl::StripTrailingAsciiWhitespace(&wording);
  return wording;
}

}  // namespace

void AddConsentOptions(CLI::App* command, const std::string& prefix, ConsentOptions* options) {
  command
      ->add_option(absl::StrCat("--", prefix, "method"), options->method,
                   "How the patient decided: " + EnumChoices(*v1::ConsentMethod_descriptor()))
      ->type_name("HOW");
  command
      ->add_option(absl::StrCat("--", prefix, "wording"), options->wording,
                   "The text that the patient decided about, or your id of it; @FILE reads it from a file")
      ->type_name("TEXT");
}

absl::Status ApplyConsentOptions(const ConsentOptions& options, const std::string& prefix, v1::ConsentSource* source) {
  if (!options.method.empty()) {
    const absl::StatusOr<int> method =
        ParseEnum(*v1::ConsentMethod_descriptor(), absl::StrCat("--", prefix, "method"), options.method);
    if (!method.ok()) return method.status();
    source->set_method(static_cast<v1::ConsentMethod>(*method));
  }
  if (options.wording.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> wording = WordingOf(options.wording);
  if (!wording.ok()) return wording.status();
  source->set_wording(*std::move(wording));
  return absl::OkStatus();
}

}  // namespace aftercare::client
