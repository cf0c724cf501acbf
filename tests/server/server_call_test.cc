#include "services/server/server_call.h"

#include <gtest/gtest.h>

namespace aftercare::server {
namespace {

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TraceIdTest, ATraceparentHasItInItsSecondPart) {
  EXPECT_EQ(TraceIdOf("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), kTraceId);
}

TEST(TraceIdTest, WhatIsNotATraceparentHasNone) {
  for (const char* header :
       {"", "00", "4bf92f3577b34da6a3ce929d0e0e4736", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-000f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\"",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011"}) {
    EXPECT_EQ(TraceIdOf(header), "") << header;
  }
}

}  // namespace
}  // namespace aftercare::server
