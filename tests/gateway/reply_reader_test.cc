#include "services/gateway/reply_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aftercare::gateway {
namespace {

v1::SmsChannel Config() {
  v1::SmsChannel config;
  config.set_from("Clinic");
  v1::InboundNumber* number = config.add_numbers();
  number->set_number("+15550100");
  number->set_clinic("clinics/riverside");
  number->add_other_clinics("clinics/hillside");
  number = config.add_numbers();
  number->set_number("12345");
  number->set_clinic("clinics/bayside");
  return config;
}

InboundSms Message(const std::string& to, const std::string& from = "+15550111") {
  return {.from = from, .to = to, .id = "one", .is_utf16 = false, .text = "stop"};
}

std::string ClinicOf(const ReplyReader& reader, const std::string& to) { return reader.Read(Message(to))->parent(); }

TEST(ReadableTextTest, ATextIsKeptAsItIs) {
  EXPECT_EQ(ReadableText("Stop!\tÜber\r\n\xF0\x9F\x98\x80 ", false), "Stop!\tÜber\r\n\xF0\x9F\x98\x80 ");
  EXPECT_EQ(ReadableText(std::string("\0d\0o\0n\0e", 8), true), "done");
}

TEST(ReadableTextTest, ControlCharactersAreBlanks) {
  EXPECT_EQ(ReadableText(std::string("a\0b\x1B" "c\x7F" "d\xC2\x85" "e\xC2\xA0" "f", 13), false),
            "a b c d e\xC2\xA0" "f");
  EXPECT_EQ(ReadableText(std::string("\0a\0\x85\0b", 6), true), "a b");
}

TEST(ReadableTextTest, ALongTextIsCutBetweenCharacters) {
  std::string longest;
  for (int i = 0; i < 4000; ++i) longest += "你";
  EXPECT_EQ(ReadableText(longest, false), longest);
  EXPECT_EQ(ReadableText(longest + "好", false), longest);
  EXPECT_EQ(ReadableText(std::string(5000, '\xFF'), false).size(), 4000u * 3);
}

TEST(ReadableTextTest, WhatSaysNothingIsRecordedAsEmpty) {
  for (const char* text : {"", " ", " \t\r\n", "\x01\x02"}) EXPECT_EQ(ReadableText(text, false), "(empty)");
  EXPECT_EQ(ReadableText("", true), "(empty)");
}

TEST(ReplyReaderTest, ANumberIsFoundHoweverItIsSpelled) {
  const ReplyReader reader(Config(), "clinics/lakeside");
  for (const char* number : {"+15550100", "15550100", "0015550100"}) {
    const auto request = reader.Read(Message(number));
    ASSERT_TRUE(request.ok()) << request.status();
    EXPECT_EQ(request->parent(), "clinics/riverside");
    EXPECT_THAT(request->other_clinics(), ::testing::ElementsAre("clinics/hillside"));
  }
  EXPECT_EQ(ClinicOf(reader, "12345"), "clinics/bayside");
}

TEST(ReplyReaderTest, OtherNumbersBelongToTheDefaultClinicElseToTheParent) {
  v1::SmsChannel config = Config();
  EXPECT_EQ(ClinicOf(ReplyReader(config, "clinics/lakeside"), "+12345"), "clinics/lakeside");
  config.set_default_clinic("clinics/woodside");
  const ReplyReader reader(config, "clinics/lakeside");
  for (const char* number : {"+15550999", "12346", ""}) EXPECT_EQ(ClinicOf(reader, number), "clinics/woodside");
  EXPECT_THAT(reader.Read(Message(""))->other_clinics(), ::testing::IsEmpty());
}

TEST(ReplyReaderTest, AnAnswerComesFromTheNumberThatWasWrittenTo) {
  const ReplyReader reader(Config(), "clinics/lakeside");
  EXPECT_EQ(reader.SenderOfAnswer("15550100"), "+15550100");
  EXPECT_EQ(reader.SenderOfAnswer("12345"), "12345");
  EXPECT_EQ(reader.SenderOfAnswer("+15550999"), "Clinic");
}

TEST(ReplyReaderTest, AnAddressThatCannotBeRecordedIsRefusedWithoutBeingTold) {
  const ReplyReader reader(Config(), "clinics/lakeside");
  std::string longest;
  for (int i = 0; i < 254; ++i) longest += "ü";
  EXPECT_TRUE(reader.Read(Message("12345", longest)).ok());
  for (const std::string& from : {std::string(), longest + "1", std::string("+1555\n0111"), std::string("1\0" "2", 3),
                                  std::string("1\xC2\x85"), std::string("1\xFF")}) {
    const absl::Status status = reader.Read(Message("12345", from)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message(), "from must be 1 to 254 plain characters");
  }
}

TEST(ReplyReaderTest, AnIdThatCanBeOneIsTheRequestId) {
  const ReplyReader reader(Config(), "clinics/lakeside");
  InboundSms message = Message("12345");
  EXPECT_EQ(reader.Read(message)->request_id(), "one");
  message.id = "a b";
  EXPECT_EQ(reader.Read(message)->request_id(), "");
  message.id = std::string(65, 'a');
  EXPECT_EQ(reader.Read(message)->request_id(), "");
}

}  // namespace
}  // namespace aftercare::gateway
