#ifndef AFTERCARE_SERVICES_SERVER_CODEC_H_
#define AFTERCARE_SERVICES_SERVER_CODEC_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "scheduler/engine/enrollments/import.h"

namespace aftercare::server {

// Reads a request as it came over the wire. INVALID_ARGUMENT, naming every string field that is not UTF-8, where gRPC's
// own parsing would say no more than INTERNAL. Thread safe.
absl::Status Decode(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

// The same for a message of an import, of which a line that is not UTF-8 harms no other: nothing of it is kept but its
// number, and why stands in `unreadable`.
absl::Status DecodeImport(const grpc::ByteBuffer& bytes, v1::ImportEnrollmentsRequest* request,
                          engine::Import::Unreadable* unreadable);

// Writes a response for the wire.
grpc::ByteBuffer Encode(const google::protobuf::Message& message);

// With the details of `status` where gRPC clients look for them.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace aftercare::server

#endif  // AFTERCARE_SERVICES_SERVER_CODEC_H_
