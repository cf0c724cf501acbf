// Converts between what gRPC carries (bytes and grpc::Status) and what the engine works with (messages and
// absl::Status). gRPC could parse requests itself, but would answer one that is not UTF-8 with a bare INTERNAL.
//
// Functions are thread safe.
#ifndef AFTERCARE_SERVICES_SERVER_CODEC_H_
#define AFTERCARE_SERVICES_SERVER_CODEC_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "scheduler/engine/enrollments/import.h"

namespace aftercare::server {

// Parses a request. Returns INVALID_ARGUMENT if the bytes are not such a message, or if texts in it are not valid
// UTF-8; the error names every field with such a text.
absl::Status DecodeRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

// Parses a message of an import. A line with a text that is not valid UTF-8 does not make the others fail: its fields
// except the line number are cleared, and its error is added to `unreadable`, by the index of the line. Other errors
// are as of DecodeRequest.
absl::Status DecodeImportRequest(const grpc::ByteBuffer& bytes, v1::ImportEnrollmentsRequest* request,
                          engine::Import::Unreadable* unreadable);

// Serializes a response.
grpc::ByteBuffer EncodeResponse(const google::protobuf::Message& message);

// Converts a status. The details of an error (google.rpc.Status) are put into the trailer where gRPC clients look for
// them. An error without details, such as one of the store, is given a reason and details first.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CODEC_H_
