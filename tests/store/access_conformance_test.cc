// Tokens and role bindings, on every kind of database.
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/store/store_suite.h"

namespace aftercare::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AccessConformance : public StoreSuite {
 protected:
  static TokenRow Token(const std::string& token, const std::string& principal) {
    return {token, principal, std::string("\0\xFF hash", 7), At(1), "root", At(100)};
  }
  static RoleBindingRow Binding(const std::string& principal, const std::string& clinic, v1::Role role) {
    return {principal, clinic, role, At(2), "root"};
  }
  static absl::Time At(int seconds) { return absl::FromUnixSeconds(seconds); }

  AccessRows Rows() { return Ask(&ReadTransaction::ReadAccess).value(); }
  std::vector<std::string> Tokens() {
    std::vector<std::string> lines;
    for (const TokenRow& row : Rows().tokens) {
      const std::string used = row.last_use_time ? absl::StrCat(" ", absl::ToUnixSeconds(*row.last_use_time)) : "";
      lines.push_back(absl::StrCat(row.principal, " ", row.token, " ", row.creator, " ",
                                   absl::ToUnixSeconds(row.create_time), "-", absl::ToUnixSeconds(row.expire_time),
                                   used));
    }
    return lines;
  }
  std::vector<std::string> Bindings() {
    std::vector<std::string> lines;
    for (const RoleBindingRow& row : Rows().bindings) {
      lines.push_back(absl::StrCat(row.principal, " ", row.clinic, " ", row.role, " ", row.creator, " ",
                                   absl::ToUnixSeconds(row.create_time)));
    }
    return lines;
  }
  // What a mutation that says whether it changed something says.
  template <typename Method, typename Argument>
  bool Change(Method method, const Argument& argument) {
    absl::StatusOr<bool> changed;
    Apply([&](WriteTransaction& tx) {
      changed = (tx.*method)(argument);
      return changed.status();
    });
    return changed.ok() && *changed;
  }
};

TEST_P(AccessConformance, TokensAreListedByPrincipalAsTheyWereWritten) {
  EXPECT_THAT(Tokens(), IsEmpty());
  ASSERT_THAT(Do(&WriteTransaction::InsertToken, Token("t2", "gateway")), IsOk());
  ASSERT_THAT(Do(&WriteTransaction::InsertToken, Token("t1", "gateway")), IsOk());
  ASSERT_THAT(Do(&WriteTransaction::InsertToken, Token("t3", "backend")), IsOk());
  Open();
  EXPECT_THAT(Tokens(), ElementsAre("backend t3 root 1-100", "gateway t1 root 1-100", "gateway t2 root 1-100"));
  EXPECT_EQ(Rows().tokens[0].secret_hash, Token("", "").secret_hash);
  EXPECT_THAT(Do(&WriteTransaction::InsertToken, Token("t1", "other")), Fails(absl::StatusCode::kAlreadyExists));
}

TEST_P(AccessConformance, ATokenIsDeletedOnce) {
  ASSERT_THAT(Do(&WriteTransaction::InsertToken, Token("t1", "gateway")), IsOk());
  EXPECT_TRUE(Change(&WriteTransaction::DeleteToken, std::string("t1")));
  EXPECT_FALSE(Change(&WriteTransaction::DeleteToken, std::string("t1")));
  EXPECT_THAT(Tokens(), IsEmpty());
}

TEST_P(AccessConformance, ARoleIsBoundAndUnboundOnce) {
  EXPECT_TRUE(Change(&WriteTransaction::InsertRoleBinding, Binding("b", "north", v1::ROLE_READER)));
  EXPECT_FALSE(Change(&WriteTransaction::InsertRoleBinding, Binding("b", "north", v1::ROLE_READER)));
  EXPECT_TRUE(Change(&WriteTransaction::InsertRoleBinding, Binding("b", kInAllClinics, v1::ROLE_GATEWAY)));
  EXPECT_TRUE(Change(&WriteTransaction::InsertRoleBinding, Binding("a", "north", v1::ROLE_ADMIN)));
  EXPECT_THAT(Bindings(), ElementsAre("a north 1 root 2", "b - 3 root 2", "b north 4 root 2"));
  EXPECT_FALSE(Change(&WriteTransaction::DeleteRoleBinding, Binding("b", "south", v1::ROLE_READER)));
  EXPECT_TRUE(Change(&WriteTransaction::DeleteRoleBinding, Binding("b", "north", v1::ROLE_READER)));
  EXPECT_THAT(Bindings(), ElementsAre("a north 1 root 2", "b - 3 root 2"));
}

TEST_P(AccessConformance, TheVersionGrowsWithEachChangeAndNotWithAUse) {
  int64_t version = Rows().version;
  const auto grows = [&] {
    const int64_t before = version;
    version = Rows().version;
    return version > before;
  };
  ASSERT_THAT(Do(&WriteTransaction::InsertToken, Token("t1", "gateway")), IsOk());
  EXPECT_TRUE(grows());
  Apply([](WriteTransaction& tx) { return tx.SetTokenUsed("t1", absl::FromUnixSeconds(50)); });
  EXPECT_FALSE(grows());
  EXPECT_THAT(Tokens(), ElementsAre("gateway t1 root 1-100 50"));
  Change(&WriteTransaction::InsertRoleBinding, Binding("b", "north", v1::ROLE_READER));
  EXPECT_TRUE(grows());
  Change(&WriteTransaction::InsertRoleBinding, Binding("b", "north", v1::ROLE_READER));
  EXPECT_FALSE(grows());
  Change(&WriteTransaction::DeleteRoleBinding, Binding("b", "north", v1::ROLE_READER));
  EXPECT_TRUE(grows());
  Change(&WriteTransaction::DeleteToken, std::string("t1"));
  EXPECT_TRUE(grows());
}

TEST_P(AccessConformance, AUseOfATokenThatIsGoneIsForgotten) {
  Apply([](WriteTransaction& tx) { return tx.SetTokenUsed("t1", absl::FromUnixSeconds(50)); });
  EXPECT_THAT(Tokens(), IsEmpty());
}

INSTANTIATE_FOR_EVERY_DATABASE(AccessConformance);

}  // namespace
}  // namespace aftercare::store
