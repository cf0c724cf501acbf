#include "services/client/render/help.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/common/terminal.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class HelpTest : public testing::Test {
 protected:
  HelpTest() : app_("About.") {
    app_.name("aftercare");
    app_.formatter(MakeHelpFormatter(70));
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.footer("Of the whole.");
    group_ = app_.add_subcommand("clinic", "Clinics");
    group_->require_subcommand(1);
    leaf_ = group_->add_subcommand("create", "Create one");
    leaf_->add_option("ID", id_, "Letters")->required();
    leaf_
        ->add_option("--zone", zone_,
                     "A description so long that it cannot stand on one line of the width that was asked for")
        ->required()
        ->type_name("ZONE");
    leaf_->add_option("--limit", limit_, "How many")->capture_default_str()->envname("AFTERCARE_LIMIT")->type_name("N");
    leaf_->footer("Example:\n  aftercare clinic create x");
  }

  std::string FailureOf(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());
    try {
      app_.parse(arguments);
    } catch (const CLI::ParseError& error) {
      return RenderParseFailure(&app_, error);
    }
    return "";
  }

  CLI::App app_;
  CLI::App* group_;
  CLI::App* leaf_;
  std::string id_;
  std::string zone_;
  int limit_ = 5;
};

TEST_F(HelpTest, DescriptionsAreBrokenToTheWidth) {
  for (const absl::string_view line : absl::StrSplit(leaf_->help(), '\n')) {
    if (absl::StrContains(line, "Options of every command")) continue;  // Written by hand, as footers are.
    EXPECT_LE(DisplayWidth(line), 70) << line;
  }
}

TEST_F(HelpTest, AnOptionSaysWhatItNeedsAndWhatItIsWithout) {
  EXPECT_THAT(leaf_->help(), HasSubstr("--limit N                 How many. Default: 5. Environment:\n"
                                       "                            AFTERCARE_LIMIT\n"));
  EXPECT_THAT(leaf_->help(), HasSubstr("                            for. Required\n"));
}

TEST_F(HelpTest, AFooterBelongsToOneCommandOnly) {
  EXPECT_THAT(app_.help(), HasSubstr("Of the whole."));
  EXPECT_THAT(group_->help(), Not(HasSubstr("Of the whole.")));
  EXPECT_THAT(leaf_->help(), HasSubstr("Example:\n  aftercare clinic create x"));
  EXPECT_THAT(leaf_->help(), HasSubstr("--server, --clinic, --json"));
}

TEST_F(HelpTest, WhereACommandIsMissingTheChoicesAreShown) {
  EXPECT_THAT(FailureOf({}), HasSubstr("which command? Choose a command:\n  clinic        Clinics\n"));
  EXPECT_THAT(FailureOf({"clinic"}), HasSubstr("  create        Create one\nRun aftercare clinic --help"));
}

TEST_F(HelpTest, AnUnknownCommandIsNamed) {
  EXPECT_THAT(FailureOf({"clinics"}), HasSubstr("there is no command clinics."));
  EXPECT_THAT(FailureOf({"--colour"}), HasSubstr("there is no option --colour."));
}

TEST_F(HelpTest, AFaultOfACommandPointsToItsHelp) {
  const std::string failure = FailureOf({"clinic", "create", "x"});
  EXPECT_THAT(failure, HasSubstr("aftercare: --zone is required\n"));
  EXPECT_THAT(failure, HasSubstr("Run aftercare clinic create --help for more.\n"));
}

}  // namespace
}  // namespace aftercare::client
