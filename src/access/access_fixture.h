// access/access_fixture.h: for tests: people over a real store of the test's own, by a clock that
// is set. One thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include "access/access.h"

namespace pursuit::access::test {

inline constexpr std::string_view kPassword = "seven green lanterns";

class SetClock final : public base::Clock {
 public:
  [[nodiscard]] base::Millis now_ms() const override { return at_ms; }
  [[nodiscard]] std::int64_t monotonic_ns() const override { return at_ms * 1'000'000; }
  base::Millis at_ms = 1'780'000'000'000;
};

/// Whom a provider of one issuer lets in, as a manager of the UAE.
inline Provided provided(const std::string& subject, const std::string& name) {
  Provided who;
  who.subject = "https://id.example.com " + subject;
  who.name = name;
  who.display_name = "Sara Ali";
  who.language = "ar";
  who.role = model::Role::kRegionManager;
  who.scope.markets = {"UAE"};
  return who;
}

class AccessOfAStore : public testing::Test {
 protected:
  AccessOfAStore()
      : folder_(std::filesystem::temp_directory_path() /
                ("pursuit-access-" + std::to_string(::getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(folder_);
    store_ = std::move(*store::Store::open({.url = folder_ / "people.db"}));
    access_ = make();
  }
  ~AccessOfAStore() override {
    access_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::unique_ptr<Access> make(VerifyHash verify = verify_argon2id) {
    AccessOptions options;
    options.random = [this](std::span<unsigned char> bytes) {
      for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random_ += 7);
    };
    options.sealer = *Sealer::from_text(std::string(64, '5'));
    options.verify = std::move(verify);
    return std::make_unique<Access>(*store_, clock_, std::move(options));
  }
  /// A user with kPassword who has never signed in.
  store::UserRow user(const std::string& name, model::Role role = model::Role::kAdmin) {
    UserWish wish;
    wish.role = role;
    wish.scope.emplace().everything = true;
    auto added = access_->add_user(name, wish, {});
    const auto link = access_->make_link(added->id, {});
    SignIn first;
    first.password = kPassword;
    first.address = "192.0.2.200";
    const auto signed_in = access_->sign_in_by_link(*link, first);
    EXPECT_TRUE(signed_in.has_value());
    EXPECT_TRUE(access_->sign_out_everywhere(added->id, {}).has_value());
    return *added;
  }
  static SignIn wish(const std::string& name, const std::string& address = "192.0.2.1",
                     std::string_view password = kPassword) {
    SignIn wish;
    wish.name = name;
    wish.password = password;
    wish.address = address;
    return wish;
  }

  std::filesystem::path folder_;
  SetClock clock_;
  unsigned random_ = 1;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Access> access_;
};

}  // namespace pursuit::access::test
