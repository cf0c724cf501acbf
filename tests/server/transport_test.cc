#include "services/server/transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "tests/support/temp_dir.h"

namespace aftercare::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

int ModeOf(const std::string& path) {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0 ? static_cast<int>(found.st_mode & 07777) : -1;
}

TEST(TransportTest, WithoutSettingsThereIsNoTls) {
  EXPECT_TRUE(CheckTransport({}).ok());
  EXPECT_FALSE(Transport().has_tls());
}

TEST(TransportTest, SettingsThatNeedACertificateAreNamedWithoutOne) {
  const absl::Status bad = CheckTransport({.tls_key_file = "k", .tls_client_ca_file = "c", .principal_from = "serial"});
  EXPECT_EQ(bad.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(bad.message()),
              AllOf(HasSubstr("tls_key_file: "), HasSubstr("tls_client_ca_file: "), HasSubstr("principal_from: ")));
}

TEST(TransportTest, EveryFileThatCannotBeReadIsNamed) {
  const TempDir dir;
  const std::string junk = dir.Write("junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
  const absl::Status bad = CheckTransport(
      {.tls_cert_file = dir.File("none.pem"), .tls_key_file = junk, .tls_client_ca_file = junk});
  EXPECT_THAT(std::string(bad.message()),
              AllOf(HasSubstr("tls_cert_file: "), HasSubstr("none.pem cannot be read"), HasSubstr("tls_key_file: "),
                    HasSubstr("tls_client_ca_file: "), Not(HasSubstr("principal_from"))));
}

TEST(TransportTest, EachFieldOfACertificateHasItsProperty) {
  EXPECT_EQ(PrincipalProperty("common_name"), "x509_common_name");
  EXPECT_EQ(PrincipalProperty("uri"), "peer_uri");
  EXPECT_EQ(PrincipalProperty("dns"), "peer_dns");
  EXPECT_EQ(PrincipalProperty("email"), "peer_email");
  EXPECT_EQ(PrincipalProperty("Common_Name"), "");
}

TEST(UnixSocketTest, ThePathLiesInADirectoryOfItsOwn) {
  const TempDir dir;
  const auto socket = UnixSocket::Prepare(dir.File("new/s"));
  ASSERT_TRUE(socket.ok()) << socket.status();
  EXPECT_EQ((*socket)->address(), "unix:" + dir.File("new/s"));
  EXPECT_EQ(ModeOf(dir.File("new")), 0700);
}

TEST(UnixSocketTest, APathThatCannotBeASocketsIsRefused) {
  const TempDir dir;
  for (const std::string& path : {std::string(), std::string("s"), std::string("@s"), std::string("/s"), dir.File(""),
                                  dir.File("a/b/s"), dir.File("d/" + std::string(108, 's'))}) {
    EXPECT_EQ(UnixSocket::Prepare(path).status().code(), absl::StatusCode::kFailedPrecondition) << path;
  }
}

TEST(UnixSocketTest, ADirectoryThatOthersCanEnterIsRefused) {
  const TempDir dir;
  const std::string open = dir.File("open");
  ASSERT_EQ(mkdir(open.c_str(), 0700), 0);
  EXPECT_TRUE(UnixSocket::Prepare(open + "/s").ok());
  ASSERT_EQ(chmod(open.c_str(), 0710), 0);
  EXPECT_THAT(std::string(UnixSocket::Prepare(open + "/s").status().message()), HasSubstr("0700"));
}

TEST(UnixSocketTest, AFileAtThePathStays) {
  const TempDir dir;
  ASSERT_EQ(mkdir(dir.File("d").c_str(), 0700), 0);
  const std::string file = dir.Write("d/s", "mine");
  EXPECT_THAT(std::string(UnixSocket::Prepare(file).status().message()), HasSubstr("is no socket"));
  EXPECT_EQ(ReadFile(file), "mine");
}

TEST(PrivateFilesTest, FilesAreForTheirUserOnlyMeanwhile) {
  const TempDir dir;
  const mode_t before = umask(022);
  {
    const PrivateFiles only_ours;
    dir.Write("a", "");
  }
  dir.Write("b", "");
  umask(before);
  EXPECT_EQ(ModeOf(dir.File("a")), 0600);
  EXPECT_EQ(ModeOf(dir.File("b")), 0644);
}

}  // namespace
}  // namespace aftercare::server
