#include "services/client/input/pathway_file.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "scheduler/plan/message_check.h"
#include "scheduler/plan/series_check.h"
#include "scheduler/plan/input/text_validation.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/text_file.h"
#include "services/client/input/text_format_errors.h"

namespace aftercare::client {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

// One step of a field's path: `rules[3]`, `texts["es"]`.
struct Step {
  std::string name;
  int index = -1;
  std::string key;
};

// Splits a path at its dots. Keys in quotes may hold anything but quotes.
std::vector<Step> StepsOf(absl::string_view field) {
  std::vector<Step> steps;
  while (!field.empty()) {
    const size_t end = field.find_first_of(".[");
    Step step{std::string(field.substr(0, end)), -1, ""};
    field.remove_prefix(std::min(field.size(), end));
    if (absl::StartsWith(field, "[\"")) {
      const size_t close = std::min(field.find("\"]", 2), field.size());
      step.key = std::string(field.substr(2, close - 2));
      field.remove_prefix(std::min(field.size(), close + 2));
    } else if (absl::StartsWith(field, "[")) {
      const size_t close = std::min(field.find(']'), field.size());
      if (!absl::SimpleAtoi(field.substr(1, close - 1), &step.index)) step.index = -1;
      field.remove_prefix(std::min(field.size(), close + 1));
    }
    if (absl::StartsWith(field, ".")) field.remove_prefix(1);
    steps.push_back(std::move(step));
  }
  return steps;
}

// Returns the index of the entry of a map with that key, in the order of the text: the first entry that mentions the
// key in quotes. -1 if there is none.
int EntryOf(const TextFormat::ParseInfoTree& places, const FieldDescriptor* field, const std::string& key,
            const std::vector<absl::string_view>& lines) {
  const std::string quoted = absl::StrCat("\"", key, "\"");
  for (int i = 0;; ++i) {
    const int begin = places.GetLocation(field, i).line;
    if (begin < 0) return -1;
    const int next = places.GetLocation(field, i + 1).line;
    // Two entries may share a line; the last one ends somewhere within a few lines.
    const int end = next > begin ? next : begin + 3;
    for (int line = begin; line < end && line < static_cast<int>(lines.size()); ++line) {
      if (absl::StrContains(lines[line], quoted)) return i;
    }
  }
}

// Says that two rules of one series can meet, when and for whom.
std::string DescribeOverlap(const plan::CompiledPathway& pathway, const plan::SeriesOverlap& overlap) {
  std::string patient;
  for (const auto& [factor, value] : overlap.factors) {
    absl::StrAppend(&patient, patient.empty() ? " with " : ", ", pathway.source().factors(factor).id(), "=",
                    pathway.factor(factor).values[value]);
  }
  const int visit = pathway.rule(overlap.second).visit;
  return absl::StrFormat(
      "rules \"%s\" and \"%s\" are of one series, \"%s\", and can both be due for a patient%s, for example on day %d%s "
      "at "
      "%02d:%02d: the same would be said twice",
      pathway.rule_source(overlap.first).id(), pathway.rule_source(overlap.second).id(), pathway.series(overlap.second),
      patient, overlap.day, visit < 0 ? "" : absl::StrCat(" of visit \"", pathway.visit_source(visit).id(), "\""),
      overlap.minute / 60, overlap.minute % 60);
}

// Says how long a text is, and what makes it so.
std::string DescribeLongText(const plan::CompiledPathway& pathway, const plan::LongText& text) {
  std::string out = absl::StrFormat("%stext \"%s\" of rule \"%s\" takes %d SMS parts (%s, %s, %s)",
                                    text.discreet ? "discreet " : "", text.locale,
                                    pathway.rule_source(text.rule).id(), text.size.parts, plan::kSampleFirstName,
                                    plan::kSampleClinicName, plan::kSampleClinicPhone);
  if (text.size.not_gsm7.empty()) return out;
  const auto quote = [](std::string* quoted, const std::string& character) {
    absl::StrAppend(quoted, "\"", character, "\"");
  };
  absl::StrAppend(&out, ": with ", absl::StrJoin(text.size.not_gsm7, ", ", quote),
                  " a part holds 70 characters, not 160");
  return out;
}

std::string DescribeBusyDays(const plan::CompiledPathway& pathway, const plan::BusyDays& days) {
  const auto id = [&](std::string* ids, int rule) { absl::StrAppend(ids, pathway.rule_source(rule).id()); };
  const std::string when = days.first == days.last ? absl::StrCat("on day ", days.first)
                                                   : absl::StrCat("on each of days ", days.first, " to ", days.last);
  return absl::StrCat("one patient can get ", days.messages, " messages ", when, ", more than ",
                      plan::kMostMessagesADay, ": ", absl::StrJoin(days.rules, ", ", id));
}

}  // namespace

absl::StatusOr<PathwayFile> PathwayFile::Read(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) return text.status();
  return Parse(path, *text);
}

absl::StatusOr<PathwayFile> PathwayFile::Parse(const std::string& path, absl::string_view text) {
  PathwayFile file;
  file.path_ = path;
  file.text_ = std::string(text);
  file.places_ = std::make_shared<TextFormat::ParseInfoTree>();
  plan::FieldErrors errors;
  TextFormatErrors collector(path, &errors);
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.WriteLocationsTo(file.places_.get());
  if (!parser.ParseFromString(file.text_, &file.pathway_)) {
    return FaultsError("the file is not a pathway in protobuf text format", errors);
  }
  return file;
}

absl::StatusOr<std::shared_ptr<const plan::CompiledPathway>> PathwayFile::Compile() const {
  plan::FieldErrors errors;
  auto compiled = plan::CompiledPathway::Compile(pathway_, &errors);
  if (compiled != nullptr) return compiled;
  for (plan::FieldError& error : errors) error.field = absl::StrCat(Locate(error.field), ": ", error.field);
  return FaultsError(absl::StrCat("the pathway has ", errors.size(), errors.size() == 1 ? " fault" : " faults"),
                     errors);
}

std::string PathwayFile::Warnings(const plan::CompiledPathway& pathway, const plan::ContactHours& hours) const {
  constexpr size_t kShown = 20;
  std::string out;
  // Writes the first findings of one kind. `describe` returns the field and what is to say of it.
  const auto warn = [&](const auto& findings, absl::string_view others, const auto& describe) {
    for (size_t i = 0; i < std::min(kShown, findings.size()); ++i) {
      const std::pair<std::string, std::string> said = describe(findings[i]);
      absl::StrAppend(&out, said.first.empty() ? path_ : Locate(said.first), ": warning: ", said.second, "\n");
    }
    if (findings.size() > kShown) absl::StrAppend(&out, path_, ": warning: ", others, "\n");
  };
  warn(plan::FindSeriesOverlaps(pathway, kShown + 1), "other rules of one series meet as well",
       [&](const plan::SeriesOverlap& overlap) {
         return std::pair(absl::StrCat("rules[", overlap.second, "].series"), DescribeOverlap(pathway, overlap));
       });
  warn(plan::FindLongTexts(pathway, kShown + 1), "other texts take more than one SMS part as well",
       [&](const plan::LongText& text) {
         return std::pair(FieldOfText(text), DescribeLongText(pathway, text));
       });
  warn(plan::FindAlwaysSuppressed(pathway, hours, kShown + 1), "other messages are never sent as well",
       [&](const plan::TimeOfRule& time) {
         return std::pair(absl::StrCat("rules[", time.rule, "].schedule"),
                          absl::StrFormat("rule \"%s\" at %02d:%02d is never sent: the contact hours (%s) do not open "
                                          "before its window closes",
                                          pathway.rule_source(time.rule).id(), time.minute / 60, time.minute % 60,
                                          hours.Text()));
       });
  warn(plan::FindBusyDays(pathway, kShown + 1), "other days have too many messages as well",
       [&](const plan::BusyDays& days) { return std::pair(std::string(), DescribeBusyDays(pathway, days)); });
  return out;
}

std::string PathwayFile::FieldOfText(const plan::LongText& text) const {
  const v1::Rule& rule = pathway_.rules(text.rule);
  const std::string field = absl::StrCat("rules[", text.rule, text.discreet ? "].discreet_texts" : "].texts");
  for (const auto& [key, unused] : text.discreet ? rule.discreet_texts() : rule.texts()) {
    if (plan::NormalizeLocale(key) == text.locale) return absl::StrCat(field, "[\"", key, "\"]");
  }
  return field;
}

std::string PathwayFile::Locate(absl::string_view field) const {
  const std::vector<absl::string_view> lines = absl::StrSplit(text_, '\n');
  const TextFormat::ParseInfoTree* places = places_.get();
  const Descriptor* type = v1::Pathway::descriptor();
  TextFormat::ParseLocation best(-1, -1);
  for (const Step& step : StepsOf(field)) {
    const FieldDescriptor* descriptor = type == nullptr ? nullptr : type->FindFieldByName(step.name);
    if (descriptor == nullptr || places == nullptr) break;
    int index = descriptor->is_repeated() ? std::max(step.index, 0) : -1;
    if (descriptor->is_map()) index = EntryOf(*places, descriptor, step.key, lines);
    if (descriptor->is_repeated() && index < 0) break;
    const TextFormat::ParseLocation place = places->GetLocation(descriptor, index);
    if (place.line >= 0) best = place;
    type = descriptor->message_type();
    places = type == nullptr ? nullptr : places->GetTreeForNested(descriptor, index);
  }
  return best.line < 0 ? path_ : absl::StrCat(path_, ":", best.line + 1, ":", best.column + 1);
}

std::string PathwayFile::DefaultId() const {
  const std::string name = IdOf(path_);
  return name.substr(0, name.find('.'));
}

}  // namespace aftercare::client
