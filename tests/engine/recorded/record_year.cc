// Records a year of traffic as the present version stores it:
//   build/release/bin/record_year tests/engine/recorded/schema-5
// writes facts.db, facts.txt (what it must be read as) and lease.txt (a lease that is held at its end). Run it before a
// change of what is stored, and add the folder to recorded_year_test.cc.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/engine/recorded/recorded_year.h"

int main(int argc, char** argv) {
  using namespace aftercare::engine;
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: record_year FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  World world(RecordedYearBegin(), {}, kRecordedRetention);
  const std::string lease = PlayRecordedYear(world);
  std::ofstream(folder / "lease.txt") << lease << "\n";
  std::ofstream(folder / "facts.txt") << DescribeClinic(world);
  world.Stop();
  std::filesystem::copy_file(world.database(), folder / "facts.db", std::filesystem::copy_options::overwrite_existing);
  return testing::Test::HasFailure() ? 1 : 0;
}
