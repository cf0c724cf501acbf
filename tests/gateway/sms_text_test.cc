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
