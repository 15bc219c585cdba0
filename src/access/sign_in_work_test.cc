// What a sign-in that fails costs: whether there is such a user must not show in its time. The work
// is counted, not timed.
#include <string>
#include <vector>

#include "access/access_fixture.h"

namespace pursuit::access {
namespace {

class SignInWork : public test::AccessOfAStore {};

TEST_F(SignInWork, ANameThatNobodyHasCostsTheWorkOfAWrongPassword) {
  const auto sara = user("sara");
  user("huda");
  UserWish newcomer;
  newcomer.role = model::Role::kSales;
  ASSERT_TRUE(access_->add_user("nour", newcomer, {}));  // has no password yet
  UserWish disable;
  disable.active = false;
  ASSERT_TRUE(access_->change_user(sara.id, disable, {}));
  // Algorithm, memory, passes and lanes are what a hash begins with, before salt and result.
  std::vector<std::string> work;
  const auto checked = make([&](const std::string& hash, std::string_view password) {
    std::size_t end = 0;
    for (int parts = 0; parts < 3 && end != std::string::npos; ++parts)
      end = hash.find('$', end + 1);
    work.push_back(hash.substr(0, end) + " " + std::to_string(hash.size()));
    return verify_argon2id(hash, password);
  });
  const std::string long_one(5'000, 'x');
  const std::vector<SignIn> wishes = {wish("huda", "192.0.2.1", "no, not this one"),
                                      wish("nobody", "192.0.2.2"),
                                      wish("nour", "192.0.2.3"),
                                      wish("sara", "192.0.2.4"),
                                      wish("", "192.0.2.5"),
                                      wish("huda", "192.0.2.6", ""),
                                      wish("huda", "192.0.2.7", long_one),
                                      wish("nobody", "192.0.2.8", long_one)};
  for (const SignIn& wish : wishes) {
    const auto denied = checked->sign_in(wish);
    ASSERT_FALSE(denied.has_value()) << wish.name;
    EXPECT_EQ(denied.error().why, Denied::Why::kWrong) << wish.name;
  }
  ASSERT_EQ(work.size(), wishes.size());  // once each
  for (const std::string& one : work) EXPECT_EQ(one, work.front());
  EXPECT_TRUE(work.front().starts_with("$argon2id$v=19$m=65536,")) << work.front();
}

}  // namespace
}  // namespace pursuit::access
