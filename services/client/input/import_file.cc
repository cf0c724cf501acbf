#include "services/client/input/import_file.h"

#include <cstring>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"
#include "scheduler/plan/input/text_validation.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"

namespace aftercare::client {
namespace {

constexpr char kFactor[] = "factor:";
constexpr size_t kMaxValue = 4000;  // Bytes; far more than any field may have.

using Setter = void (*)(const std::string& value, ImportRow* row);

template <std::string* (v1::Enrollment::*kField)()>
void SetText(const std::string& value, ImportRow* row) {
  *(row->message.mutable_enrollment()->*kField)() = value;
}

template <v1::Channel kChannel>
void AddContact(const std::string& address, ImportRow* row) {
  v1::ContactPoint* point = row->message.mutable_enrollment()->add_contact_points();
  point->set_channel(kChannel);
  point->set_address(address);
}

// Leaves an unknown value unset, so that the server reports it together with all other faults.
void SetConsent(const std::string& value, ImportRow* row) {
  const absl::StatusOr<int> consent = ParseEnum(*v1::Consent_descriptor(), "consent", value);
  if (consent.ok()) row->message.mutable_enrollment()->set_consent(static_cast<v1::Consent>(*consent));
}

// Reports an unknown value itself, since the server cannot see it.
void SetConsentMethod(const std::string& value, ImportRow* row);

// Returns all columns but those of factors, in the order of the help texts.
const std::vector<std::pair<std::string, Setter>>& Columns() {
  static const auto& columns = *new std::vector<std::pair<std::string, Setter>>{
      {"patient", SetText<&v1::Enrollment::mutable_patient>},
      {"first_name", SetText<&v1::Enrollment::mutable_first_name>},
      {"last_name", SetText<&v1::Enrollment::mutable_last_name>},
      {"pathway", SetText<&v1::Enrollment::mutable_pathway>},
      {"procedure_date", SetText<&v1::Enrollment::mutable_procedure_date>},
      {"time_zone", SetText<&v1::Enrollment::mutable_time_zone>},
      {"locale", SetText<&v1::Enrollment::mutable_locale>},
      {"consent", SetConsent},
      {"consent_method", SetConsentMethod},
      {"consent_wording",
       [](const std::string& value, ImportRow* row) {
         row->message.mutable_enrollment()->mutable_consent_source()->set_wording(value);
       }},
      {"sms", AddContact<v1::CHANNEL_SMS>},
      {"email", AddContact<v1::CHANNEL_EMAIL>},
      {"webhook", AddContact<v1::CHANNEL_WEBHOOK>},
      {"enrollment_id", [](const std::string& value, ImportRow* row) { row->message.set_enrollment_id(value); }}};
  return columns;
}

Setter SetterOf(const std::string& column) {
  for (const auto& [name, setter] : Columns()) {
    if (name == column) return setter;
  }
  return nullptr;
}

bool IsFactor(const std::string& column) {
  return column.size() > strlen(kFactor) && absl::StartsWith(column, kFactor);
}

bool IsContact(const std::string& column) { return column == "sms" || column == "email" || column == "webhook"; }

void AddFault(const std::string& column, absl::string_view description, ImportRow* row) {
  row->bad_columns.push_back(column);
  absl::StrAppend(&row->fault, row->fault.empty() ? "" : "; ", column, " ", description);
}

void SetConsentMethod(const std::string& value, ImportRow* row) {
  const absl::StatusOr<int> method = ParseEnum(*v1::ConsentMethod_descriptor(), "consent_method", value);
  if (!method.ok()) {
    const std::string choices = EnumChoices(*v1::ConsentMethod_descriptor());
    return AddFault("consent_method", absl::StrCat("must be one of: ", choices), row);
  }
  row->message.mutable_enrollment()->mutable_consent_source()->set_method(static_cast<v1::ConsentMethod>(*method));
}

void SetColumn(const std::string& column, const std::string& value, ImportRow* row) {
  if (value.empty()) return;
  if (value.size() > kMaxValue) return AddFault(column, "is too long", row);
  // gRPC cannot send a string that is not UTF-8.
  if (!plan::IsCleanText(value, /*allow_newline=*/true)) {
    return AddFault(column, "must be valid UTF-8 without control characters", row);
  }
  if (IsFactor(column)) {
    (*row->message.mutable_enrollment()->mutable_factors())[column.substr(strlen(kFactor))] = value;
    return;
  }
  SetterOf(column)(value, row);
  if (IsContact(column)) row->contact_columns.push_back(column);
}

// Returns what is wrong with the header.
plan::FieldErrors HeaderFaults(const std::string& place, const std::vector<std::string>& columns,
                               bool pathway_is_known) {
  plan::FieldErrors faults;
  std::set<std::string> seen;
  for (const std::string& column : columns) {
    const bool clean = plan::IsCleanText(column, /*allow_newline=*/false);
    const std::string shown = clean ? absl::StrCat("\"", column, "\"") : "whose name is not UTF-8";
    if (SetterOf(column) == nullptr && !IsFactor(column)) {
      faults.push_back({place, absl::StrCat("unknown column ", shown, "; there are ", ImportColumns())});
    } else if (!seen.insert(column).second) {
      faults.push_back({place, absl::StrCat("column ", shown, " stands twice")});
    }
  }
  std::vector<std::string> needed = {"patient", "first_name", "procedure_date", "consent"};
  if (!pathway_is_known) needed.push_back("pathway");
  for (const std::string& column : needed) {
    if (seen.count(column) > 0) continue;
    faults.push_back({place, absl::StrCat("column \"", column, "\" is missing",
                                          column == "pathway" ? " (or name one with --pathway)" : "")});
  }
  return faults;
}

// Returns what is wrong with a column. The server only sees that consent is not set, so the choices are named here.
std::string DescriptionOf(absl::string_view column, const std::string& description) {
  if (column != "consent") return description;
  return absl::StrCat("must be one of: ", EnumChoices(*v1::Consent_descriptor()));
}

// Returns the column of a field that the server names: `procedure_date` for `enrollment.procedure_date`.
std::string ColumnOf(const ImportRow& row, absl::string_view field) {
  absl::ConsumePrefix(&field, "enrollment.");
  if (absl::ConsumePrefix(&field, "consent_source.")) return absl::StrCat("consent_", field);
  if (absl::ConsumePrefix(&field, "factors[\"")) return absl::StrCat(kFactor, field.substr(0, field.rfind("\"]")));
  size_t index = 0;
  absl::string_view contact = field;
  if (absl::ConsumePrefix(&contact, "contact_points[") &&
      absl::SimpleAtoi(contact.substr(0, contact.find(']')), &index) && index < row.contact_columns.size()) {
    return row.contact_columns[index];
  }
  return std::string(field);
}

}  // namespace

absl::StatusOr<ImportFile> ImportFile::Open(const std::string& path, absl::string_view text, const std::string& clinic,
                                            const std::string& pathway) {
  if (text.find('\0') != absl::string_view::npos) {
    return FaultsError("the file cannot be read", {{path, "is not text in UTF-8; save it as \"CSV UTF-8\""}});
  }
  CsvReader whole(text);
  CsvRecord header;
  CsvRecord record;
  int64_t size = 0;
  const bool has_header = whole.Next(&header);
  while (whole.Next(&record)) ++size;
  if (!whole.fault().empty()) {
    return FaultsError("the file cannot be read",
                       {{absl::StrCat(path, ":", whole.fault_line()), whole.fault()}});
  }
  if (!has_header) return FaultsError("the file cannot be read", {{path, "has no header line"}});
  const plan::FieldErrors faults = HeaderFaults(absl::StrCat(path, ":", header.line), header.fields, !pathway.empty());
  if (!faults.empty()) return FaultsError("the header of the file does not fit", faults);

  ImportFile file(text);
  file.reader_->Next(&record);
  file.columns_ = std::move(header.fields);
  file.clinic_ = clinic;
  file.pathway_ = pathway;
  file.size_ = size;
  return file;
}

bool ImportFile::Next(ImportRow* row) {
  if (!reader_->Next(&record_)) return false;
  *row = ImportRow();
  row->message.set_line_number(record_.line);
  if (record_.fields.size() != columns_.size()) {
    row->fault = absl::StrCat("has ", record_.fields.size(), " fields, but the header has ", columns_.size());
    return true;
  }
  for (size_t i = 0; i < columns_.size(); ++i) SetColumn(columns_[i], record_.fields[i], row);
  std::string* pathway = row->message.mutable_enrollment()->mutable_pathway();
  if (pathway->empty()) *pathway = pathway_;
  if (!pathway->empty()) *pathway = PathwayName(clinic_, *pathway);
  CheckRepeated(row);
  return true;
}

void ImportFile::CheckRepeated(ImportRow* row) {
  const v1::Enrollment& patient = row->message.enrollment();
  if (patient.patient().empty() || patient.pathway().empty() || patient.procedure_date().empty()) return;
  // Two knees of one day are told apart by their enrollment ids.
  const std::string key = absl::StrCat(patient.patient(), "\n", patient.pathway(), "\n", patient.procedure_date(), "\n",
                                       row->message.enrollment_id());
  const auto [earlier, is_first] = seen_.emplace(key, row->message.line_number());
  if (is_first) return;
  row->bad_columns.insert(row->bad_columns.end(), {"patient", "pathway", "procedure_date"});
  absl::StrAppend(&row->fault, row->fault.empty() ? "" : "; ", "line ", row->message.line_number(), " repeats line ",
                  earlier->second, ": the same patient, pathway and procedure_date");
}

std::string ImportColumns() {
  const auto name = [](std::string* out, const auto& column) { *out += column.first; };
  return absl::StrCat(absl::StrJoin(Columns(), ", ", name), ", and ", kFactor, "NAME");
}

LineFault FaultOf(const ImportRow& row) { return {row.message.line_number(), row.bad_columns, row.fault}; }

LineFault FaultOf(const ImportRow& row, const google::rpc::Status& status) {
  LineFault fault{row.message.line_number(), {}, ""};
  for (const google::protobuf::Any& any : status.details()) {
    google::rpc::BadRequest bad;
    if (!any.Is<google::rpc::BadRequest>() || !any.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      fault.columns.push_back(ColumnOf(row, violation.field()));
      absl::StrAppend(&fault.message, fault.message.empty() ? "" : "; ", fault.columns.back(), " ",
                      DescriptionOf(fault.columns.back(), violation.description()));
    }
  }
  if (fault.message.empty()) fault.message = RenderItemStatus(status);
  return fault;
}

std::string RenderFaults(const std::vector<LineFault>& faults) {
  std::string text = CsvLine({"line", "columns", "message"});
  for (const LineFault& fault : faults) {
    text += CsvLine({absl::StrCat(fault.line), absl::StrJoin(fault.columns, " "), fault.message});
  }
  return text;
}

}  // namespace aftercare::client
