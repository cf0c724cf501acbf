#include "services/client/input/csv.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Read {
  std::vector<std::vector<std::string>> records;
  std::vector<int64_t> lines;
  std::string fault;
  int64_t fault_line = 0;
};

Read ReadAll(absl::string_view text) {
  Read read;
  CsvReader reader(text);
  CsvRecord record;
  while (reader.Next(&record)) {
    read.records.push_back(record.fields);
    read.lines.push_back(record.line);
  }
  EXPECT_FALSE(reader.Next(&record)) << "the end stays the end";
  read.fault = reader.fault();
  read.fault_line = reader.fault_line();
  return read;
}

TEST(CsvTest, RecordsAreReadWhateverEndsTheirLines) {
  for (const char* text : {"a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\nc,d", "\xEF\xBB\xBF" "a,b\r\nc,d",
                           "a,b\n\n\r\n  \nc,d\n\n", " a , b\nc,d "}) {
    const Read read = ReadAll(text);
    EXPECT_THAT(read.records, ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d"))) << text;
    EXPECT_EQ(read.fault, "");
  }
}

TEST(CsvTest, QuotesHoldCommasQuotesAndLineEnds) {
  const Read read = ReadAll("\"a,b\",\"c \"\"d\"\"\",\"e\r\nf\n\ng\",\"\",\" h \"\r\nx,y\n");
  EXPECT_THAT(read.records,
              ElementsAre(ElementsAre("a,b", "c \"d\"", "e\r\nf\n\ng", "", " h "), ElementsAre("x", "y")));
  EXPECT_THAT(read.lines, ElementsAre(1, 5));
}

TEST(CsvTest, LinesAreCountedAsAnEditorDoes) {
  EXPECT_THAT(ReadAll("a\n\n\nb\n\"c\nc\"\nd\n").lines, ElementsAre(1, 4, 5, 7));
  EXPECT_THAT(ReadAll("a\r\n\r\nb\r\n\"c\r\nc\"\r\nd").lines, ElementsAre(1, 3, 4, 6));
  EXPECT_THAT(ReadAll("a\r\rb\r").lines, ElementsAre(1, 3));
}

TEST(CsvTest, EmptyFieldsAreFields) {
  EXPECT_THAT(ReadAll(",\na,,\n,,b").records,
              ElementsAre(ElementsAre("", ""), ElementsAre("a", "", ""), ElementsAre("", "", "b")));
  EXPECT_THAT(ReadAll("\"\"\n").records, ElementsAre(ElementsAre("")));
}

TEST(CsvTest, NothingHasNoRecords) {
  for (const char* text : {"", "\n\r\n", "   ", "\xEF\xBB\xBF"}) EXPECT_THAT(ReadAll(text).records, IsEmpty());
}

TEST(CsvTest, BytesAreKeptAsTheyAre) {
  const std::string text("Zo\xC3\xAB,\xff\xfe,a\0b,\t=1+1\n", 18);
  EXPECT_THAT(ReadAll(text).records,
              ElementsAre(ElementsAre("Zo\xC3\xAB", "\xff\xfe", std::string("a\0b", 3), "=1+1")));
}

TEST(CsvTest, QuotesThatDoNotFitAreAFaultOfTheRecordTheyBeginIn) {
  for (const char* text : {"a\nb\nc\"d,e\nf\n", "a\nb\n\"c\"d,e\nf\n", "a\n\n\"c\n\n\nd,e\n"}) {
    const Read read = ReadAll(text);
    EXPECT_EQ(read.fault_line, 3) << text;
    EXPECT_NE(read.fault, "") << text;
  }
  EXPECT_EQ(ReadAll("a\n\"b").fault, "a quote is not closed");
}

TEST(CsvTest, WhatIsWrittenIsReadBack) {
  const std::vector<std::string> fields = {"",           "a",   "a,b", "\"", "\"\"a\"\"",
                                           "a\nb\r\nc", " d ", std::string(5000, '"')};
  const std::string line = CsvLine(fields);
  EXPECT_EQ(line.back(), '\n');
  EXPECT_THAT(ReadAll(line + CsvLine({"z"})).records, ElementsAre(fields, ElementsAre("z")));
}

}  // namespace
}  // namespace aftercare::client
