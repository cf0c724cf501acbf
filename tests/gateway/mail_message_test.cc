#include "services/gateway/mail_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"

namespace aftercare::gateway {
namespace {

using ::testing::HasSubstr;

v1::EmailChannel Config() {
  v1::EmailChannel config;
  config.set_from_address("care@clinic.test");
  config.set_from_name("Riverside \"Knee\" Clinic");
  config.set_subject("A message from your clinic");
  return config;
}

v1::Lease Message(const std::string& text) {
  v1::Lease lease;
  lease.mutable_contact_point()->set_address("ana@home.test");
  lease.set_idempotency_key("0123abcd");
  lease.set_text(text);
  return lease;
}

TEST(MailMessageTest, ItHasTheHeadersAMailMustHave) {
  EXPECT_EQ(MailMessage(Config(), Message("Ice pack now."), absl::FromUnixSeconds(1772366400)),
            "Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n"
            "From: \"Riverside \\\"Knee\\\" Clinic\" <care@clinic.test>\r\n"
            "To: ana@home.test\r\n"
            "Subject: A message from your clinic\r\n"
            "Message-ID: <0123abcd@clinic.test>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Ice pack now.\r\n");
}

TEST(MailMessageTest, ATextStaysInTheBody) {
  const std::string message = MailMessage(Config(), Message("One\r\n\r\nBcc: all@example\n.\n"), absl::UnixEpoch());
  const std::string head = message.substr(0, message.find("\r\n\r\n"));
  EXPECT_THAT(head, ::testing::Not(HasSubstr("Bcc")));
  EXPECT_THAT(message, HasSubstr("\r\n\r\nOne\r\n\r\nBcc: all@example\r\n.\r\n"));
}

TEST(MailMessageTest, HeadersAreAsciiOnOneLogicalLine) {
  EXPECT_EQ(HeaderText("Plain words"), "Plain words");
  EXPECT_EQ(HeaderText("Grüße"), "=?UTF-8?B?R3LDvMOfZQ==?=");
  EXPECT_EQ(HeaderText("A\r\nBcc: all@example"), "A  Bcc: all@example");
  EXPECT_EQ(HeaderText("=?UTF-8?B?eA==?="), "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=");
  std::string long_text;
  for (int i = 0; i < 50; ++i) long_text += "ü€";
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(HeaderText(long_text), "\r\n"))) {
    EXPECT_LE(line.size(), 76u);
    EXPECT_THAT(line, HasSubstr("=?UTF-8?B?"));
  }
}

TEST(MailMessageTest, QuotedPrintableKeepsLinesShortAndBlanksAtTheirEnds) {
  EXPECT_EQ(QuotedPrintable("a=b \nü"), "a=3Db=20\r\n=C3=BC\r\n");
  const std::string encoded = QuotedPrintable(std::string(300, 'x') + std::string(100, '='));
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(encoded, "\r\n"))) EXPECT_LE(line.size(), 76u);
  std::string joined = encoded;
  for (size_t at; (at = joined.find("=\r\n")) != std::string::npos;) joined.erase(at, 3);
  EXPECT_EQ(joined.substr(0, 303), std::string(300, 'x') + "=3D");
}

}  // namespace
}  // namespace aftercare::gateway
