#include "services/gateway/sms_text.h"

#include <gtest/gtest.h>

#include "services/gateway/addresses.h"

namespace aftercare::gateway {
namespace {

TEST(SmsTextTest, TheSmsAlphabetIsKnown) {
  for (const char* text : {"", "Ice pack now.\nThen rest", "Grüße, Señor Ångström", "10 € {[~]} ^ | \\", "ΔΦΓΛΩΠΨΣΘΞ",
                           "¿Qué?é"}) {
    EXPECT_TRUE(FitsSmsAlphabet(text)) << text;
  }
  for (const char* text : {"hielo í", "Ω ω", "`", "你好", "ice \xF0\x9F\x98\x80", "“quoted”", "ç", "\t"}) {
    EXPECT_FALSE(FitsSmsAlphabet(text)) << text;
  }
}

TEST(SmsTextTest, Utf16IsRead) {
  EXPECT_EQ(FromUtf16(std::string("\0d\0o\0n\0e", 8)), "done");
  EXPECT_EQ(FromUtf16("\xD8\x3D\xDE\x0A"), "\xF0\x9F\x98\x8A");
  EXPECT_EQ(FromUtf16("\x4F\x60"), "你");
  EXPECT_EQ(FromUtf16(std::string("\xD8\x3D\0a", 4)), "\xEF\xBF\xBD" "a") << "half a pair";
  EXPECT_EQ(FromUtf16("\x4F"), "\xEF\xBF\xBD") << "half a character";
  EXPECT_EQ(FromUtf16(""), "");
}

TEST(SmsTextTest, WhatIsNotUtf8IsReplaced) {
  const std::string bad = "\xEF\xBF\xBD";
  for (const char* text : {"", "done", "über 你好 \xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBF"}) {
    EXPECT_EQ(RepairedUtf8(text), text);
  }
  EXPECT_EQ(RepairedUtf8("a\xFF" "b"), "a" + bad + "b");
  EXPECT_EQ(RepairedUtf8("\xC3"), bad) << "half a character";
  EXPECT_EQ(RepairedUtf8("\xE4\xBD" "a"), bad + bad + "a");
  EXPECT_EQ(RepairedUtf8("\xC0\x80"), bad + bad) << "longer than it need be";
  EXPECT_EQ(RepairedUtf8("\xE0\x80\x80"), bad + bad + bad);
  EXPECT_EQ(RepairedUtf8("\xED\xA0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(RepairedUtf8("\xF4\x90\x80\x80"), bad + bad + bad + bad) << "beyond Unicode";
}

TEST(AddressesTest, ANumberIsOneHoweverItIsSpelled) {
  for (const char* number : {"+15550100", "15550100", "0015550100"}) {
    EXPECT_EQ(ComparableNumber(number), "+15550100") << number;
  }
  EXPECT_EQ(ComparableNumber("0049301234567"), "+49301234567");
  for (const char* other : {"", "+", "00", "12345", "+12345", "0012345", "CLINIC", "+1555 0100", "1234567890123456"}) {
    EXPECT_EQ(ComparableNumber(other), other);
  }
}

TEST(AddressesTest, WhatCouldEndACommandIsNoMailAddress) {
  for (const char* address : {"ana@clinic.test", "a.b+c@sub.clinic.test", "m\xC3\xBCller@clinic.test"}) {
    EXPECT_TRUE(IsMailAddress(address)) << address;
  }
  for (const char* address : {"", "ana", "@clinic.test", "ana@", "a@b@c", "ana@clinic.test\r\nRCPT TO:<x@y>", "a b@c.d",
                              "<ana@clinic.test>", "ana@clinic.test,bob@clinic.test", "\"ana\"@clinic.test"}) {
    EXPECT_FALSE(IsMailAddress(address)) << address;
  }
}

TEST(AddressesTest, APhoneNumberIsInE164Form) {
  for (const char* number : {"+1555", "+15550111", "+123456789012345"}) EXPECT_TRUE(IsPhoneNumber(number)) << number;
  for (const char* number : {"", "+", "+155", "15550111", "+1555011\n1", "+1234567890123456", "+1 555 0111"}) {
    EXPECT_FALSE(IsPhoneNumber(number)) << number;
  }
}

}  // namespace
}  // namespace aftercare::gateway
