#ifndef AFTERCARE_TESTS_SUPPORT_TEXT_PROTO_H_
#define AFTERCARE_TESTS_SUPPORT_TEXT_PROTO_H_

#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/text_format.h"

namespace aftercare {

// Parses a message in protobuf text format. Fails the test if the text is not one.
template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

}  // namespace aftercare

#endif  // AFTERCARE_TESTS_SUPPORT_TEXT_PROTO_H_
