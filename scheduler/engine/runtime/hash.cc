#include "scheduler/engine/runtime/hash.h"

#include <openssl/evp.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace aftercare::engine {
namespace {

std::string SerializeDeterministically(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // sorts map entries
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

uint64_t StableHash(absl::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(), nullptr);
  uint64_t hash = 0;
  std::memcpy(&hash, digest, sizeof(hash));
  return hash;
}

uint64_t Fingerprint(const google::protobuf::Message& message) {
  return StableHash(absl::StrCat(message.GetDescriptor()->full_name(), ":", SerializeDeterministically(message)));
}

}  // namespace aftercare::engine
