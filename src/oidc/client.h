// oidc/client.h: sign-in at an identity provider, start here: the authorization code flow with PKCE
// (OpenID Connect Core 1.0, RFC 7636, RFC 9207), and signing out on either side. What lies between
// start and end is kept in a sealed cookie, so that nobody can fill this side's memory. Any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>

#include "access/seal.h"
#include "access/secret.h"
#include "base/clock.h"
#include "oidc/provider.h"
#include "oidc/roles.h"

namespace pursuit::oidc {

struct ClientOptions {
  std::string client_id;
  std::string client_secret;                      // empty: a public client, by PKCE alone
  std::string redirect_uri;                       // of this server, as the provider knows it
  std::string home_uri;                           // where signing out there leads back to
  std::string scopes = "openid profile email";    // what is asked for, with "openid"
  std::string name_claim = "preferred_username";  // what a new user is called
  access::Random random;
};

/// A sign-in that began.
struct Started {
  std::string url;     // where the browser goes
  std::string cookie;  // what it brings back
};

/// What the provider sent the browser back with, and the cookie beside it.
struct Returned {
  std::string cookie;
  std::string code, state;
  std::string issuer;  // empty: not named
  std::string error;   // instead of a code
};

/// Who signed in, by a token that was checked.
struct Person {
  std::string subject;  // the issuer, a blank, and who it is there: nobody else's for good
  std::string name;     // fit for a user's name
  std::string display_name;
  std::string language;         // "en" or "ar"
  std::optional<Grant> grant;   // nothing: no rule gives a role
  std::string return_to, kept;  // as given to start()
  std::string session;          // what the provider calls it; empty: it does not say
  std::string hint;             // for the browser to keep until sign_out_url(); sealed
};

/// Whom the provider signed out.
struct SignedOut {
  std::string subject;  // as Person has it; empty: whoever's session it is
  std::string session;  // as Person has it; empty: all sessions of the subject
};

struct Trouble {
  enum class Why {
    kOver,     // too late, another browser, or a second time: start again
    kRefused,  // the provider refused, or they went back
    kAway,     // the provider does not answer, or has trouble of its own
    kBusy,     // too many at once
    kAnswer,   // what it answered cannot be believed
  };
  Why why = Why::kAnswer;
  std::string detail;     // for the log: no secret in it
  std::string return_to;  // as far as it is known
};

class Client {
 public:
  /// `fetch` and `clock` outlive it. `sealer` is for the cookie.
  Client(Provider& provider, const Fetch& fetch, const base::Clock& clock, Roles roles,
         access::Sealer sealer, ClientOptions options);

  /// `return_to` is a place of the page (is_place), else it is left out; `kept` is a secret of at
  /// most 100 bytes to have again at the end.
  [[nodiscard]] std::expected<Started, Trouble> start(std::string_view return_to,
                                                      std::string_view kept = {});
  /// Each sign-in ends once: a second time is kOver, whatever became of the first.
  [[nodiscard]] std::expected<Person, Trouble> finish(const Returned& returned);
  /// Where somebody signs out at the provider, too; nothing: it has no such place. With the hint of
  /// a Person the provider knows who it is and need not ask them.
  [[nodiscard]] std::optional<std::string> sign_out_url(std::string_view hint = {});
  /// A logout token that the provider sent (OpenID Connect Back-Channel Logout 1.0). Each counts
  /// once: a second time is kOver.
  [[nodiscard]] std::expected<SignedOut, Trouble> signed_out(std::string_view token);

 private:
  struct Begun;
  [[nodiscard]] std::expected<Begun, Trouble> open(const Returned& returned);
  [[nodiscard]] std::expected<std::string, Trouble> token_for(const Metadata& metadata,
                                                              const std::string& code,
                                                              const std::string& verifier) const;
  [[nodiscard]] std::expected<Person, Trouble> person_of(const std::string& token,
                                                         const Begun& begun);
  /// Whether `id`, of `at_ms`, was not used before: a state, or the id of a logout token.
  [[nodiscard]] bool use_up(const std::string& id, base::Millis at_ms);
  [[nodiscard]] std::string subject_of(const std::string& id) const;

  Provider& provider_;
  const Fetch& fetch_;
  const base::Clock& clock_;
  const Roles roles_;
  const access::Sealer sealer_;
  const ClientOptions options_;
  std::counting_semaphore<64> asking_;  // so that a slow provider does not hold every worker
  std::mutex mutex_;                    // guards used_
  std::map<std::string, base::Millis, std::less<>> used_;  // what counts once, and of when it is
};

/// Whether that is a place of the page, to be put behind `/#`: "/today?tier=hot". Never one of
/// another site.
[[nodiscard]] bool is_place(std::string_view text);

}  // namespace pursuit::oidc
