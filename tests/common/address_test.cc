#include "services/common/address.h"

#include <gtest/gtest.h>

namespace aftercare {
namespace {

TEST(AddressTest, LoopbackIsKnownByItsNumbersAndItsName) {
  for (const std::string address : {"127.0.0.1:0", "127.1.2.3:65535", "[::1]:1", "localhost:50051"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
    EXPECT_TRUE(IsHostAndPort(address)) << address;
  }
  for (const std::string address : {"0.0.0.0:1", "128.0.0.1:1", "[::2]:1", "localhost", "localhost.evil.example:1"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

TEST(AddressTest, AHostHasAPort) {
  for (const std::string address : {"0.0.0.0:1", "[::]:443", "clinic-1.example:50051", "[2001:db8::1]:1"}) {
    EXPECT_TRUE(IsHostAndPort(address)) << address;
  }
  for (const std::string address : {"clinic", "clinic:", "clinic:65536", "clinic:1x", ":1", "::1:1", "[]:1",
                                    "http://clinic:1", "clinic:1/x", "-clinic:1", "cli nic:1", "clinic:1\n"}) {
    EXPECT_FALSE(IsHostAndPort(address)) << address;
  }
}

TEST(AddressTest, AUnixSocketHasAPath) {
  EXPECT_EQ(UnixPathOf("unix:/run/a.sock"), "/run/a.sock");
  EXPECT_EQ(UnixPathOf("unix:"), "");
  EXPECT_EQ(UnixPathOf("127.0.0.1:1"), "");
}

}  // namespace
}  // namespace aftercare
