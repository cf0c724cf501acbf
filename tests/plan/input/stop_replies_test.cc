// Reads tables of what patients write, labelled by people, and measures how well wishes for no more messages are
// understood.
#include <gmock/gmock.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/input/replies.h"

namespace aftercare::plan {
namespace {

// A table and what must hold in it.
struct Table {
  const char* name;
  size_t least_rows;
  double least_exact;          // Of the wishes, the share that is kStop.
  double least_held;           // Of the wishes, the share that is kStop or doubtful.
  double most_false_doubtful;  // Of the other texts, the share that is doubtful.
};

void PrintTo(const Table& table, std::ostream* out) { *out << table.name; }

struct Row {
  std::string label;  // stop, doubtful, other
  std::string language;
  std::string text;
};

std::vector<Row> ReadRows(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    if (columns.size() != 3) {
      ADD_FAILURE() << path << ": not three columns: " << line;
      continue;
    }
    if (columns[0] != "label") rows.push_back({columns[0], columns[1], columns[2]});
  }
  return rows;
}

bool IsHeld(ReplySense sense) {
  return sense == ReplySense::kStop || sense == ReplySense::kStopUnlessAsked || sense == ReplySense::kDoubtfulStop;
}

struct Figures {
  int wishes = 0;
  int exact = 0;
  int held = 0;
  int others = 0;
  int false_stops = 0;
  int false_doubtfuls = 0;
};

Figures Measure(const std::vector<Row>& rows) {
  const ReplyVocabulary vocabulary{v1::Clinic()};
  Figures figures;
  for (const auto& [label, language, text] : rows) {
    const ReplySense sense = vocabulary.Read(text).sense;
    const bool stops = sense == ReplySense::kStop;
    if (label == "stop") {
      ++figures.wishes;
      figures.exact += stops;
      figures.held += IsHeld(sense);
      if (!stops) std::cout << (IsHeld(sense) ? "held:    " : "missed:  ") << text << "\n";
    } else if (label == "other") {
      ++figures.others;
      figures.false_stops += stops;
      figures.false_doubtfuls += IsHeld(sense) && !stops;
      if (IsHeld(sense)) std::cout << (stops ? "STOPPED: " : "doubted: ") << text << "\n";
    } else {
      EXPECT_EQ(label, "doubtful");
    }
  }
  return figures;
}

class StopRepliesTest : public testing::TestWithParam<Table> {};

TEST_P(StopRepliesTest, WishesAreHonouredAndNothingElseIs) {
  const std::vector<Row> rows = ReadRows(absl::StrCat(AFTERCARE_SOURCE_DIR "/tests/plan/input/", GetParam().name, ".tsv"));
  ASSERT_GE(rows.size(), GetParam().least_rows);
  const Figures figures = Measure(rows);
  ASSERT_GT(figures.wishes, 0);
  ASSERT_GE(3 * figures.others, static_cast<int>(rows.size()));
  const double exact = 1.0 * figures.exact / figures.wishes;
  const double held = 1.0 * figures.held / figures.wishes;
  const double false_doubtfuls = 1.0 * figures.false_doubtfuls / figures.others;
  std::ostringstream line;
  line << GetParam().name << ": of " << figures.wishes << " wishes " << exact << " stopped, " << held
       << " stopped or held; of " << figures.others << " other texts " << figures.false_stops << " stopped, "
       << figures.false_doubtfuls << " held";
  std::cout << line.str() << "\n";
  RecordProperty("figures", line.str());
  EXPECT_EQ(figures.false_stops, 0);
  EXPECT_GE(exact, GetParam().least_exact);
  EXPECT_GE(held, GetParam().least_held);
  EXPECT_LE(false_doubtfuls, GetParam().most_false_doubtful);
}

INSTANTIATE_TEST_SUITE_P(Tables, StopRepliesTest,
                         testing::Values(Table{"stop_replies", 2500, 0.94, 0.98, 0.05}),
                         [](const auto& info) { return std::string(info.param.name); });

// The writer of this table has not seen the rules.
INSTANTIATE_TEST_SUITE_P(HeldOut, StopRepliesTest,
                         testing::Values(Table{"stop_replies_held_out", 150, 0.8, 0.95, 0.1}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace aftercare::plan
