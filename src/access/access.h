// access/access.h: people and how they are known: users, passwords, sessions, links, second
// factors, tokens. Start here. Any thread. Every change writes its line of the audit log in the
// same transaction.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/attempts.h"
#include "access/password.h"
#include "access/seal.h"
#include "access/secret.h"
#include "base/clock.h"
#include "base/error.h"
#include "store/accounts.h"

namespace pursuit::access {

struct AccessOptions {
  Random random;
  std::optional<Sealer> sealer;  // nothing: second factors cannot be set up
  AttemptLimits attempts;
  VerifyHash verify = verify_argon2id;  // the work of a password check
  base::Millis session_idle_ms = 12ll * 3'600'000;
  base::Millis session_life_ms = 7ll * 24 * 3'600'000;
  /// Of who was let in by an identity provider: what they may do is asked anew so often.
  base::Millis provided_life_ms = 12ll * 3'600'000;
  base::Millis link_life_ms = 24ll * 3'600'000;
};

/// Who a request is of.
struct Identity {
  std::int64_t user_id = 0;
  std::string name;
  std::string display_name;
  std::string language;
  model::Role role = model::Role::kReadOnly;
  model::Scope scope;
  std::int64_t token_id = 0;  // by a token
  std::string session;        // by a session: its id (SessionRow::id)
  base::Millis expires_at_ms = 0;
};

/// Who does something, for the audit log.
struct Actor {
  std::string name;
  std::string address;
};

/// Why a sign-in was refused. Whether the account exists shows in none of it.
struct Denied {
  enum class Why : std::uint8_t {
    kWrong,        // no such user, no such password, disabled: which, is not told
    kNeedsTotp,    // the password is right, the second factor is missing or wrong
    kTooMany,      // wait
    kBadPassword,  // the new password is not taken; `text` says why
    kNameTaken,    // by a provider: a user of that name is somebody else here
    kFailed,       // `error`
  };
  Why why = Why::kWrong;
  std::int64_t wait_seconds = 0;
  std::string text;
  base::Error error{};
};

struct SignIn {
  std::string name, password, totp;
  std::string address, agent;
  std::string old_secret;  // of the session that the client has: it ends
};

struct SignedIn {
  std::string secret;  // of the cookie
  Identity identity;
};

/// What a user is made of or changed to; nothing: as it is.
struct UserWish {
  std::optional<std::string> display_name, language;
  std::optional<model::Role> role;
  std::optional<model::Scope> scope;
  std::optional<bool> active;
  bool remove_totp = false;
  std::optional<std::string> subject;  // who it is to an identity provider; empty: nobody
};

/// Somebody whom an identity provider let in, and what they are to become.
struct Provided {
  std::string subject;  // who it is there, its issuer included; never an e-mail address
  std::string name;     // of a new user
  std::string display_name, language;
  model::Role role = model::Role::kReadOnly;
  model::Scope scope;
  std::string session;  // what the provider calls the session; empty: it does not say
};

struct NewToken {
  std::string name;
  model::Role role = model::Role::kReadOnly;
  model::Scope scope;
  base::Millis expires_at_ms = 0;
};

class Access {
 public:
  /// `store` and `clock` outlive it.
  Access(store::Store& store, const base::Clock& clock, AccessOptions options);
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

  // Sign-in (sign_in.cc).
  std::expected<SignedIn, Denied> sign_in(const SignIn& wish);
  /// By a link; it is used up, unless `wish.password` is given and not taken. A password becomes
  /// the user's, and ends the other sessions.
  std::expected<SignedIn, Denied> sign_in_by_link(std::string_view link, const SignIn& wish);
  // By an identity provider (provider_sign_in.cc).
  /// The user of that subject, made at the first time; role and scope become those of `who`.
  /// kNameTaken: there is a user of the name who is not of that subject; kWrong: disabled.
  std::expected<SignedIn, Denied> sign_in_by_provider(const Provided& who, const SignIn& wish);
  /// A sign-in that came to nothing, for the audit log: `detail` says why and holds no secret. Who
  /// the provider says has no role here any more (`subject`) loses sessions, role and scope.
  base::Result<void> note_provider_refusal(const std::string& subject, const std::string& detail,
                                           const std::string& address, bool has_no_role);

  /// Ends what the provider says is over: the session it calls `session`, or all that it let
  /// `subject` begin where it names none (or never said what it calls them). One of the two may be
  /// empty. Returns how many ended.
  base::Result<std::size_t> sign_out_by_provider(const std::string& subject,
                                                 const std::string& session,
                                                 const std::string& address);

  base::Result<void> sign_out(std::string_view session, const Actor& actor);
  /// Ends all sessions of a user; returns how many.
  base::Result<std::size_t> sign_out_everywhere(std::int64_t user_id, const Actor& actor);
  base::Result<std::vector<store::SessionRow>> sessions(std::int64_t user_id) const;
  /// A new password for who knows the old one; ends the other sessions. kUsage: not taken.
  std::expected<void, Denied> change_password(const Identity& who, std::string_view old_password,
                                              std::string_view new_password,
                                              const std::string& address);

  // Second factor (second_factor.cc). Set up in two steps, so that nobody is locked out by a key
  // that never reached a phone.
  struct TotpOffer {
    std::string key;     // base32
    std::string url;     // for a QR code
    std::string sealed;  // to hand back to confirm_totp
  };
  [[nodiscard]] base::Result<TotpOffer> offer_totp(const Identity& who) const;
  base::Result<void> confirm_totp(const Identity& who, std::string_view sealed,
                                  std::string_view code, const std::string& address);

  // Who a request is of (identify.cc). What another program changes is seen within a second.
  base::Result<std::optional<Identity>> by_session(std::string_view secret);
  base::Result<std::optional<Identity>> by_token(std::string_view token);

  /// Whether that session or token is good now, and its user may do and see no less and no more.
  base::Result<bool> is_still(const Identity& identity) const;

  // People (people.cc).
  base::Result<std::vector<store::UserRow>> users() const;
  base::Result<store::UserRow> user(std::int64_t id) const;
  base::Result<store::UserRow> user_named(std::string_view name) const;
  /// kInvalidInput: the name is none (1 to 64 of letters, digits and @ . _ - +); kConflict: taken.
  base::Result<store::UserRow> add_user(std::string_view name, const UserWish& wish,
                                        const Actor& actor);
  /// kConflict: nobody would be left who may manage people.
  base::Result<store::UserRow> change_user(std::int64_t id, const UserWish& wish,
                                           const Actor& actor);
  base::Result<void> erase_user(std::int64_t id, const Actor& actor);
  /// The secret of a link that signs the user in once; older links end.
  base::Result<std::string> make_link(std::int64_t id, const Actor& actor);
  /// A link for the first admin as long as nobody has signed in yet; makes the user where there is
  /// none.
  base::Result<std::optional<std::string>> first_link();

  // Tokens (tokens.cc).
  struct MadeToken {
    std::string secret;  // told this once
    store::TokenRow row;
  };
  /// Never more than its user may: kInvalidInput names what is over it.
  base::Result<MadeToken> add_token(std::int64_t user_id, const NewToken& wish, const Actor& actor);
  /// Of all users, or of one.
  base::Result<std::vector<store::TokenRow>> tokens(std::optional<std::int64_t> user_id) const;
  /// kNotFound: no such token, or none of `of_user`.
  base::Result<void> revoke_token(std::int64_t id, std::optional<std::int64_t> of_user,
                                  const Actor& actor);

  [[nodiscard]] const store::Accounts& accounts() const { return accounts_; }
  [[nodiscard]] store::Accounts& accounts() { return accounts_; }
  [[nodiscard]] const base::Clock& clock() const { return clock_; }

 private:
  struct Cached {
    std::optional<Identity> identity;
    std::int64_t read_at_ns = 0;
  };
  /// What a password check found: the user, if it is theirs.
  std::expected<store::UserRow, Denied> check(const SignIn& wish);
  std::expected<SignedIn, Denied> begin_session(store::UserRow user, const SignIn& wish,
                                                std::string_view used_link, bool new_password);
  /// The step of a code that is good now; nothing: it is not.
  [[nodiscard]] std::optional<std::int64_t> good_step(const store::UserRow& user,
                                                      std::string_view code) const;
  [[nodiscard]] bool has_password(const std::string& hash, std::string_view password);
  void note_failure(const SignIn& wish, bool is_user);
  base::Result<void> touch(const store::SessionRow& session, const store::UserRow& user,
                           base::Millis now_ms);
  [[nodiscard]] base::Millis life_ms(const store::UserRow& user) const;
  std::optional<Identity> cached(const std::string& key, std::int64_t now_ns);
  void remember(const std::string& key, const Identity& identity, std::int64_t now_ns);
  void forget();
  [[nodiscard]] store::SessionRow new_session(const store::UserRow& user, const SignIn& wish,
                                              const std::string& secret) const;

  store::Accounts accounts_;
  const base::Clock& clock_;
  const AccessOptions options_;
  Attempts attempts_;
  std::counting_semaphore<64> hashing_;  // so that sign-ins leave cores and memory to others
  std::atomic<int> waiting_{0};
  std::mutex mutex_;  // guards cache_
  std::unordered_map<std::string, Cached> cache_;
  // Grows when the cache is emptied: what was read before that is not put into it.
  std::atomic<std::uint64_t> forgotten_{0};
};

}  // namespace pursuit::access
