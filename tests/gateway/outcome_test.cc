#include "services/gateway/outcome.h"

#include <gtest/gtest.h>

#include "services/gateway/smtp_dialogue.h"
#include "services/gateway/url.h"

namespace aftercare::gateway {
namespace {

using Kind = Outcome::Kind;

TEST(OutcomeTest, AnSmtpRefusalIsReadByWhatItAnswers) {
  const struct {
    SmtpStage stage;
    int reply;
    Kind kind;
  } cases[] = {
      {SmtpStage::kRecipient, 550, Kind::kPermanent},       {SmtpStage::kRecipient, 450, Kind::kTemporary},
      {SmtpStage::kRecipient, 421, Kind::kTemporary},       {SmtpStage::kData, 554, Kind::kPermanent},
      {SmtpStage::kData, 452, Kind::kTemporary},            {SmtpStage::kSender, 552, Kind::kPermanent},
      {SmtpStage::kSender, 550, Kind::kChannelDown},        {SmtpStage::kSender, 451, Kind::kChannelDown},
      {SmtpStage::kAuthentication, 535, Kind::kChannelDown}, {SmtpStage::kAuthentication, 454, Kind::kChannelDown},
      {SmtpStage::kConnecting, 421, Kind::kChannelDown},    {SmtpStage::kRecipient, 530, Kind::kChannelDown},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(SmtpRefusal(one.stage, one.reply).kind, one.kind) << one.reply;
    EXPECT_EQ(SmtpRefusal(one.stage, one.reply).error_code, "SMTP_" + std::to_string(one.reply));
  }
}

TEST(OutcomeTest, AnHttpStatusIsReadByItsMeaning) {
  for (const int status : {200, 202, 204}) EXPECT_EQ(HttpAnswer(status, {}).kind, Kind::kSent) << status;
  for (const int status : {401, 403}) EXPECT_EQ(HttpAnswer(status, {}).kind, Kind::kChannelDown) << status;
  for (const int status : {408, 425, 429, 500, 502, 503, 504}) {
    EXPECT_EQ(HttpAnswer(status, {}).kind, Kind::kTemporary) << status;
  }
  for (const int status : {500, 502, 504}) EXPECT_TRUE(HttpAnswer(status, {}).maybe_sent) << status;
  for (const int status : {403, 404, 408, 429, 503}) EXPECT_FALSE(HttpAnswer(status, {}).maybe_sent) << status;
  for (const int status : {301, 400, 404, 410, 422}) EXPECT_EQ(HttpAnswer(status, {}).kind, Kind::kPermanent) << status;
}

TEST(OutcomeTest, ARestIsBounded) {
  EXPECT_EQ(HttpAnswer(429, absl::Seconds(7)).rest, absl::Seconds(7));
  EXPECT_EQ(HttpAnswer(503, absl::Hours(24)).rest, absl::Minutes(5));
  EXPECT_EQ(HttpAnswer(503, -absl::Hours(1)).rest, absl::ZeroDuration());
}

TEST(SmtpDialogueTest, TheLastCommandAndItsReplyAreKept) {
  SmtpDialogue dialogue;
  dialogue.Begin();
  dialogue.Server("220 localhost ESMTP\r\n");
  dialogue.Client("EHLO gateway\r\n");
  dialogue.Server("250-localhost\r\n");
  dialogue.Server("250 CHUNKING\r\n");
  dialogue.Client("AUTH PLAIN\r\n");
  dialogue.Server("334 \r\n");
  dialogue.Client("AGdhdGV3YXkAc2VjcmV0\r\n");
  dialogue.Server("235 2.7.0 Welcome\r\n");
  EXPECT_TRUE(dialogue.signed_in());
  EXPECT_EQ(dialogue.stage(), SmtpStage::kAuthentication);
  dialogue.Client("MAIL FROM:<care@clinic.test>\r\n");
  dialogue.Server("250 2.1.0 Ok\r\n");
  dialogue.Client("RCPT TO:<ana@clinic.test>\r\n");
  dialogue.Server("550-5.1.1 Nobody\r\n");
  dialogue.Server("550 5.1.1 here\r\n");
  dialogue.Client("QUIT\r\n");
  dialogue.Server("221 2.0.0 Bye\r\n");
  EXPECT_EQ(dialogue.stage(), SmtpStage::kRecipient);
  EXPECT_EQ(dialogue.reply(), 550);

  dialogue.Begin();
  dialogue.Client("MAIL FROM:<care@clinic.test>\r\n");
  EXPECT_TRUE(dialogue.signed_in()) << "the connection is kept";
  dialogue.Begin();
  dialogue.Client("EHLO gateway\r\n");
  EXPECT_FALSE(dialogue.signed_in()) << "a new one";
}

TEST(UrlTest, LoopbackAndCredentialsAreSeen) {
  EXPECT_TRUE(ParseUrl("http://127.0.0.1:13013/cgi-bin/sendsms")->loopback);
  EXPECT_TRUE(ParseUrl("http://localhost/hook")->loopback);
  EXPECT_TRUE(ParseUrl("http://[::1]:80/hook")->loopback);
  EXPECT_FALSE(ParseUrl("http://127.evil.example/hook")->loopback);
  EXPECT_FALSE(ParseUrl("https://clinic.example/hook")->loopback);
  EXPECT_TRUE(ParseUrl("https://user@clinic.example/hook")->has_credentials);
  EXPECT_EQ(ParseUrl("SMTP://mail.example:587")->scheme, "smtp");
  EXPECT_FALSE(ParseUrl("clinic.example").has_value());
  EXPECT_FALSE(ParseUrl("").has_value());
}

}  // namespace
}  // namespace aftercare::gateway
