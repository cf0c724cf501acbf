#include "scheduler/plan/input/phone_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>

#include <set>

namespace aftercare::plan {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

std::string Read(absl::string_view number, absl::string_view region) { return ToE164(number, region).value_or("none"); }

TEST(PhoneNumbersTest, ANationalNumberIsReadInTheRegion) {
  EXPECT_EQ(Read("(212) 555-0100", "US"), "+12125550100");
  EXPECT_EQ(Read("07911 123456", "GB"), "+447911123456");
  EXPECT_EQ(Read("612 345 678", "ES"), "+34612345678");
  EXPECT_EQ(Read("٠٧٩١١ ١٢٣٤٥٦", "GB"), "+447911123456");
  EXPECT_EQ(Read("2125550100", ""), "none") << "and there is no country code like that";
  EXPECT_EQ(Read("0170 1234567", ""), "none");
}

TEST(PhoneNumbersTest, ANumberWithItsCountryCodeIsReadInAnyRegion) {
  for (const char* region : {"", "US", "GB", "DE"}) {
    EXPECT_EQ(Read("+34 612-345-678", region), "+34612345678") << region;
    EXPECT_EQ(Read(" +12125550100 ", region), "+12125550100") << region;
  }
}

TEST(PhoneNumbersTest, TwoZerosStandForThePlusUnlessTheRegionReadsThemOtherwise) {
  EXPECT_EQ(Read("0034612345678", ""), "+34612345678");
  EXPECT_EQ(Read("0034 612 345 678", "GB"), "+34612345678");
  EXPECT_EQ(Read("0012125550100", "US"), "+12125550100") << "the prefix in the United States is 011";
  EXPECT_EQ(Read("01134612345678", "US"), "+34612345678");
}

TEST(PhoneNumbersTest, ACountryCodeMayHaveNothingInFront) {
  EXPECT_EQ(Read("12125550100", "US"), "+12125550100");
  EXPECT_EQ(Read("447911123456", "US"), "+447911123456");
  EXPECT_EQ(Read("15550100", ""), "+15550100");
}

TEST(PhoneNumbersTest, WhatIsTooShortOrNoNumberIsNotRead) {
  for (const char* text : {"", "+", "72345", "abc", "+1", "555-0100x", "+0", "1@example.org"}) {
    EXPECT_EQ(Read(text, "US"), "none") << text;
  }
  EXPECT_EQ(Read(std::string(5000, '1'), "US"), "none");
}

TEST(PhoneNumbersTest, ANationalPrefixBehindTheCountryCodeIsLeftOut) {
  EXPECT_EQ(Read("+44 07911 123456", ""), "+447911123456");
  EXPECT_EQ(Read("+4407911123456", ""), "+447911123456");
  EXPECT_EQ(Read("+5215512345678", ""), "+525512345678");
}

TEST(PhoneNumbersTest, OnlyTelephoneNumbersAreStoredInAnotherForm) {
  EXPECT_EQ(ToStoredAddress(v1::CHANNEL_SMS, "(212) 555-0100", "US"), "+12125550100");
  EXPECT_EQ(ToStoredAddress(v1::CHANNEL_SMS, "72345", "US"), "72345");
  EXPECT_EQ(ToStoredAddress(v1::CHANNEL_SMS, "0034 612 345 678", ""), "+34612345678");
  EXPECT_EQ(ToStoredAddress(v1::CHANNEL_SMS, "612 34 56 78", "US"), "612 34 56 78") << "not Australia";
  EXPECT_EQ(ToStoredAddress(v1::CHANNEL_SMS, "612345678", ""), "612345678");
  EXPECT_EQ(ToStoredAddress(v1::CHANNEL_EMAIL, "(212) 555-0100", "US"), "(212) 555-0100");
  EXPECT_EQ(ToStoredAddress(v1::CHANNEL_WEBHOOK, "2125550100", "US"), "2125550100");
}

TEST(PhoneNumbersTest, ANumberIsFoundInTheFormsInWhichItMayBeStored) {
  EXPECT_THAT(StoredFormsOf(v1::CHANNEL_SMS, "0170 1234567", "DE"),
              ElementsAre("+491701234567", "0170 1234567", "1701234567", "01701234567"));
  EXPECT_THAT(StoredFormsOf(v1::CHANNEL_SMS, "+491701234567", "DE"),
              ElementsAre("+491701234567", "1701234567", "01701234567"));
  EXPECT_THAT(StoredFormsOf(v1::CHANNEL_SMS, "+491701234567", "US"), ElementsAre("+491701234567"));
  EXPECT_THAT(StoredFormsOf(v1::CHANNEL_SMS, "12125550100", "DE"), Contains("+12125550100"))
      << "a channel may write no plus";
  EXPECT_THAT(StoredFormsOf(v1::CHANNEL_SMS, "72345", "US"), ElementsAre("72345"));
  EXPECT_THAT(StoredFormsOf(v1::CHANNEL_EMAIL, "a@b.org", "US"), ElementsAre("a@b.org"));
}

TEST(PhoneNumbersTest, TheRegionIsTheClinicsOrThatOfItsPhone) {
  v1::Clinic clinic;
  EXPECT_EQ(RegionOf(clinic), "");
  clinic.set_phone("(212) 555-0100");
  EXPECT_EQ(RegionOf(clinic), "");
  clinic.set_phone("+49 30 123456");
  EXPECT_EQ(RegionOf(clinic), "DE");
  clinic.set_region("ES");
  EXPECT_EQ(RegionOf(clinic), "ES");
  EXPECT_TRUE(IsRegion("ES"));
  for (const char* code : {"", "es", "ESP", "XX", "001", "ZZ"}) EXPECT_FALSE(IsRegion(code)) << code;
}

// What is read quickly, without the library, is what the library makes of it.
TEST(PhoneNumbersTest, NumbersOfEveryRegionAreReadAsTheLibraryWritesThem) {
  const auto& numbers = *i18n::phonenumbers::PhoneNumberUtil::GetInstance();
  std::set<std::string> regions;
  numbers.GetSupportedRegions(&regions);
  EXPECT_GT(regions.size(), 200u);
  for (const std::string& region : regions) {
    for (const auto type : {i18n::phonenumbers::PhoneNumberUtil::MOBILE,
                            i18n::phonenumbers::PhoneNumberUtil::FIXED_LINE}) {
      i18n::phonenumbers::PhoneNumber number;
      if (!numbers.GetExampleNumberForType(region, type, &number)) continue;
      std::string international, written, national;
      numbers.Format(number, i18n::phonenumbers::PhoneNumberUtil::E164, &international);
      numbers.Format(number, i18n::phonenumbers::PhoneNumberUtil::INTERNATIONAL, &written);
      numbers.Format(number, i18n::phonenumbers::PhoneNumberUtil::NATIONAL, &national);
      i18n::phonenumbers::PhoneNumber again;
      ASSERT_EQ(numbers.Parse(international, "ZZ", &again), i18n::phonenumbers::PhoneNumberUtil::NO_PARSING_ERROR);
      std::string library;
      numbers.Format(again, i18n::phonenumbers::PhoneNumberUtil::E164, &library);
      EXPECT_EQ(Read(international, ""), library) << region;
      EXPECT_EQ(Read(written, region), library) << region;
      EXPECT_EQ(Read(national, region), library) << region;
      const std::string key = library.substr(1);
      EXPECT_THAT(StoredFormsOf(v1::CHANNEL_SMS, key, ""), Contains(library)) << region;
    }
  }
}

}  // namespace
}  // namespace aftercare::plan
