#include "services/server/codec.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/plan/input/text_validation.h"
#include "scheduler/sync.h"

namespace aftercare::server {
namespace {

namespace pb = google::protobuf;

// Takes away what proto2 does not know: that a field is optional in the way of proto3, which is a oneof of its own.
void ForgetProto3(pb::DescriptorProto* message) {
  for (pb::DescriptorProto& nested : *message->mutable_nested_type()) ForgetProto3(&nested);
  for (pb::FieldDescriptorProto& field : *message->mutable_field()) {
    if (!field.proto3_optional()) continue;
    field.clear_proto3_optional();
    field.clear_oneof_index();
    message->mutable_oneof_decl()->RemoveLast();  // such oneofs are behind all others
  }
}

// The same messages under proto2 rules, which do not insist on UTF-8, so that a message that is refused for it can be
// read all the same and its faults be named.
class LenientMessages {
 public:
  // Null if there is no such message under proto2 rules.
  std::unique_ptr<pb::Message> New(const pb::Descriptor* strict) {
    MutexLock lock(mutex_);
    AddFile(strict->file());
    const pb::Descriptor* lenient = pool_.FindMessageTypeByName(strict->full_name());
    if (lenient == nullptr) return nullptr;
    return std::unique_ptr<pb::Message>(factory_.GetPrototype(lenient)->New());
  }

 private:
  void AddFile(const pb::FileDescriptor* file) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (pool_.FindFileByName(file->name()) != nullptr) return;
    for (int i = 0; i < file->dependency_count(); ++i) AddFile(file->dependency(i));
    pb::FileDescriptorProto proto;
    file->CopyTo(&proto);
    proto.set_syntax("proto2");
    for (pb::DescriptorProto& message : *proto.mutable_message_type()) ForgetProto3(&message);
    pool_.BuildFile(proto);
  }

  Mutex mutex_;
  pb::DescriptorPool pool_ ABSL_GUARDED_BY(mutex_);
  pb::DynamicMessageFactory factory_ ABSL_GUARDED_BY(mutex_);
};

LenientMessages& Lenient() {
  static LenientMessages& messages = *new LenientMessages;
  return messages;
}

void FindBadText(const pb::Message& message, const std::string& prefix, plan::FieldErrors* errors);

void CheckString(const std::string& text, const std::string& path, plan::FieldErrors* errors) {
  if (plan::IsCleanText(text, /*allow_newline=*/true)) return;
  errors->push_back({path, "must be valid UTF-8 without control characters"});
}

void FindBadTextIn(const pb::Message& message, const pb::FieldDescriptor* field, int index, const std::string& path,
                   plan::FieldErrors* errors) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (field->type() == pb::FieldDescriptor::TYPE_STRING) {
    CheckString(field->is_repeated() ? reflection.GetRepeatedString(message, field, index)
                                     : reflection.GetString(message, field),
                path, errors);
  } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
    FindBadText(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, index)
                                     : reflection.GetMessage(message, field),
                absl::StrCat(path, "."), errors);
  }
}

void FindBadText(const pb::Message& message, const std::string& prefix, plan::FieldErrors* errors) {
  std::vector<const pb::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    const std::string path = absl::StrCat(prefix, field->name());
    if (!field->is_repeated()) {
      FindBadTextIn(message, field, -1, path, errors);
      continue;
    }
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) FindBadTextIn(message, field, i, absl::StrCat(path, "[", i, "]"), errors);
  }
}

std::string WireOf(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  std::string wire;
  if (!bytes.Dump(&slices).ok()) return wire;
  for (const grpc::Slice& slice : slices) wire.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return wire;
}

absl::Status Malformed(const pb::Descriptor* type) {
  return engine::MakeError(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
                           absl::StrCat("the request is not a message of type ", type->full_name()));
}

absl::Status DescribeFailure(const pb::Message& lenient, const pb::Descriptor* type) {
  plan::FieldErrors errors;
  FindBadText(lenient, "", &errors);
  return errors.empty() ? Malformed(type) : engine::InvalidFields(errors);
}

bool DecodeStrictly(const grpc::ByteBuffer& bytes, pb::Message* message) {
  grpc::ByteBuffer copy(bytes);  // a reference; Deserialize empties it
  return grpc::SerializationTraits<pb::Message>::Deserialize(&copy, message).ok();
}

// The message under lenient rules, or nothing if it is no such message even so.
std::unique_ptr<pb::Message> DecodeLeniently(const grpc::ByteBuffer& bytes, const pb::Descriptor* type) {
  std::unique_ptr<pb::Message> lenient = Lenient().New(type);
  if (lenient == nullptr || !lenient->ParseFromString(WireOf(bytes))) return nullptr;
  return lenient;
}

// Takes over one line, or says why it cannot be read.
absl::Status TakeLine(const pb::Message& lenient, v1::ImportLine* line) {
  if (line->ParseFromString(lenient.SerializeAsString())) return absl::OkStatus();
  const pb::FieldDescriptor* number =
      lenient.GetDescriptor()->FindFieldByNumber(v1::ImportLine::kLineNumberFieldNumber);
  line->Clear();
  line->set_line_number(lenient.GetReflection()->GetInt64(lenient, number));
  return DescribeFailure(lenient, v1::ImportLine::descriptor());
}

}  // namespace

absl::Status DecodeRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
  if (DecodeStrictly(bytes, message)) return absl::OkStatus();
  const std::unique_ptr<pb::Message> lenient = DecodeLeniently(bytes, message->GetDescriptor());
  return lenient == nullptr ? Malformed(message->GetDescriptor()) : DescribeFailure(*lenient, message->GetDescriptor());
}

absl::Status DecodeImportRequest(const grpc::ByteBuffer& bytes, v1::ImportEnrollmentsRequest* request,
                          engine::Import::Unreadable* unreadable) {
  if (DecodeStrictly(bytes, request)) return absl::OkStatus();
  const std::unique_ptr<pb::Message> lenient = DecodeLeniently(bytes, request->GetDescriptor());
  if (lenient == nullptr) return Malformed(request->GetDescriptor());
  const pb::Reflection& reflection = *lenient->GetReflection();
  const pb::Descriptor& type = *lenient->GetDescriptor();
  plan::FieldErrors errors;
  const auto parent = reflection.GetString(*lenient, type.FindFieldByNumber(request->kParentFieldNumber));
  CheckString(parent, "parent", &errors);
  if (!errors.empty()) return engine::InvalidFields(errors);
  request->Clear();
  request->set_parent(parent);
  const pb::FieldDescriptor* concurrent = type.FindFieldByNumber(request->kAllowConcurrentFieldNumber);
  request->set_allow_concurrent(reflection.GetBool(*lenient, concurrent));
  const pb::FieldDescriptor* lines = type.FindFieldByNumber(request->kLinesFieldNumber);
  for (int i = 0; i < reflection.FieldSize(*lenient, lines); ++i) {
    absl::Status status = TakeLine(reflection.GetRepeatedMessage(*lenient, lines, i), request->add_lines());
    if (!status.ok()) unreadable->emplace(i, std::move(status));
  }
  return absl::OkStatus();
}

grpc::ByteBuffer EncodeResponse(const google::protobuf::Message& message) {
  grpc::ByteBuffer bytes;
  bool own_buffer = false;
  grpc::GenericSerialize<grpc::ProtoBufferWriter, pb::Message>(message, &bytes, &own_buffer);
  return bytes;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const absl::Status shown = engine::Presentable(status);
  return grpc::Status(static_cast<grpc::StatusCode>(shown.code()), std::string(shown.message()),
                      engine::ToStatusProto(shown).SerializeAsString());
}

}  // namespace aftercare::server
