#include "oidc/client.h"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "oidc/id_token.h"

namespace pursuit::oidc {

using nlohmann::json;

/// What the cookie holds of a sign-in that began.
struct Client::Begun {
  std::string state, nonce, verifier, return_to, kept;
  base::Millis at_ms = 0;
};

namespace {

constexpr base::Millis kMostMs = 10 * 60'000;  // for a person to sign in there
constexpr std::ptrdiff_t kAskingAtOnce = 4;
constexpr std::size_t kMostUsed = 100'000;
constexpr std::size_t kMostPlaceBytes = 1'024;
constexpr std::size_t kMostKeptBytes = 100;
constexpr std::size_t kMostSessionBytes = 255;
constexpr std::size_t kMostNameBytes = 64;
constexpr std::size_t kMostDisplayBytes = 200;
constexpr std::string_view kPurpose = "oidc sign-in";
constexpr std::string_view kHintPurpose = "oidc sign-out";
constexpr std::size_t kMostHintBytes = 3'600;  // browsers keep cookies of 4,096 with their names

using Why = Trouble::Why;

std::unexpected<Trouble> trouble(Why why, std::string detail, std::string return_to = {}) {
  return std::unexpected(
      Trouble{.why = why, .detail = std::move(detail), .return_to = std::move(return_to)});
}

Why why_of(const base::Error& error) {
  return error.code == base::ErrorCode::kBusy || error.code == base::ErrorCode::kIo ? Why::kAway
                                                                                    : Why::kAnswer;
}

/// A slot of a semaphore for as long as it lives, if there was one.
template <class Semaphore>
class Slot {
 public:
  explicit Slot(Semaphore& semaphore) : semaphore_(semaphore), has_(semaphore.try_acquire()) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    if (has_) semaphore_.release();
  }
  [[nodiscard]] explicit operator bool() const { return has_; }

 private:
  Semaphore& semaphore_;
  const bool has_;
};

std::string encoded(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

void add(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form.append(name).append("=").append(encoded(value));
}

/// What a verifier is known by until it is told (RFC 7636, S256).
std::string challenge_of(const std::string& verifier) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(verifier.data()),
                     verifier.size());
  std::array<char, 64> text{};
  sodium_bin2base64(text.data(), text.size(), hash.data(), hash.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text.data();
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Words of a provider for the log: a short line of visible ASCII.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, 60));
  std::ranges::replace_if(out, [](char c) { return c < 0x20 || c == 0x7F || c == '"'; }, '?');
  return out;
}

/// At most `most` bytes, not ending within a character; control characters become blanks.
std::string cut(std::string text, std::size_t most) {
  if (text.size() > most) {
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0u) == 0x80u) --most;
    text.resize(most);
  }
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

/// As names of users are: lower case letters, digits and @ . _ - +, at most 64.
std::string user_name(std::string_view text) {
  std::string name(text.substr(0, kMostNameBytes));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || std::string_view("@._-+").contains(c);
    if (!fits) c = '-';
  }
  return name;
}

}  // namespace

bool is_place(std::string_view text) {
  if (!text.starts_with('/') || text.starts_with("//") || text.size() > kMostPlaceBytes)
    return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~!$&'()*+,;=:@/?%").contains(c);
  });
}

Client::Client(Provider& provider, const Fetch& fetch, const base::Clock& clock, Roles roles,
               access::Sealer sealer, ClientOptions options)
    : provider_(provider),
      fetch_(fetch),
      clock_(clock),
      roles_(std::move(roles)),
      sealer_(sealer),
      options_(std::move(options)),
      asking_(kAskingAtOnce) {}

std::expected<Started, Trouble> Client::start(std::string_view return_to, std::string_view kept) {
  std::string place(is_place(return_to) ? return_to : std::string_view());
  const Slot slot(asking_);
  if (!slot) return trouble(Why::kBusy, "too many sign-ins at once", std::move(place));
  const auto metadata = provider_.metadata();
  if (!metadata)
    return trouble(why_of(metadata.error()), metadata.error().text(), std::move(place));
  const std::string state = access::make_secret(options_.random);
  const std::string nonce = access::make_secret(options_.random);
  const std::string verifier = access::make_secret(options_.random);
  std::string query;
  add(query, "response_type", "code");
  add(query, "client_id", options_.client_id);
  add(query, "redirect_uri", options_.redirect_uri);
  add(query, "scope", options_.scopes);
  add(query, "state", state);
  add(query, "nonce", nonce);
  add(query, "code_challenge", challenge_of(verifier));
  add(query, "code_challenge_method", "S256");
  const char joint = metadata->authorization_endpoint.contains('?') ? '&' : '?';
  const json begun = {{"state", state},
                      {"nonce", nonce},
                      {"verifier", verifier},
                      {"return", place},
                      {"kept", kept.substr(0, kMostKeptBytes)},
                      {"at", clock_.now_ms()}};
  return Started{.url = metadata->authorization_endpoint + joint + query,
                 .cookie = sealer_.seal(begun.dump(-1, ' ', false, json::error_handler_t::replace),
                                        kPurpose, options_.random)};
}

bool Client::use_up(const std::string& id, base::Millis at_ms) {
  const std::lock_guard lock(mutex_);
  const base::Millis now_ms = clock_.now_ms();
  std::erase_if(used_, [&](const auto& one) { return one.second + 2 * kMostMs < now_ms; });
  return used_.size() < kMostUsed && used_.emplace(id, at_ms).second;
}

std::expected<Client::Begun, Trouble> Client::open(const Returned& returned) {
  const auto text = sealer_.open(returned.cookie, kPurpose);
  if (!text) return trouble(Why::kOver, "no sign-in began in this browser");
  // It was written here: whoever could change it has the key.
  const json kept = json::parse(*text, nullptr, false);
  Begun begun{.state = text_of(kept, "state"),
              .nonce = text_of(kept, "nonce"),
              .verifier = text_of(kept, "verifier"),
              .return_to = text_of(kept, "return"),
              .kept = text_of(kept, "kept"),
              .at_ms = kept.value("at", base::Millis{0})};
  const base::Millis age_ms = clock_.now_ms() - begun.at_ms;
  if (age_ms < -kClockSkewMs || age_ms > kMostMs)
    return trouble(Why::kOver, "the sign-in took too long", begun.return_to);
  if (begun.state.empty() || !access::same_secret(begun.state, returned.state))
    return trouble(Why::kOver, "the answer is to another sign-in (state)", begun.return_to);
  if (!use_up(begun.state, begun.at_ms))
    return trouble(Why::kOver, "the sign-in ended before (state)", begun.return_to);
  return begun;
}

std::expected<std::string, Trouble> Client::token_for(const Metadata& metadata,
                                                      const std::string& code,
                                                      const std::string& verifier) const {
  FetchRequest request{.url = metadata.token_endpoint, .form = {}, .basic = {}};
  add(request.form, "grant_type", "authorization_code");
  add(request.form, "code", code);
  add(request.form, "redirect_uri", options_.redirect_uri);
  add(request.form, "code_verifier", verifier);
  if (options_.client_secret.empty()) {
    add(request.form, "client_id", options_.client_id);
  } else if (metadata.takes_basic) {
    request.basic = encoded(options_.client_id) + ":" + encoded(options_.client_secret);
  } else {
    add(request.form, "client_id", options_.client_id);
    add(request.form, "client_secret", options_.client_secret);
  }
  const auto answer = fetch_.fetch(request);
  if (!answer) return trouble(why_of(answer.error()), answer.error().text());
  const json body = json::parse(answer->body, nullptr, false);
  std::string token = body.is_object() ? text_of(body, "id_token") : std::string();
  if (answer->status == 200 && !token.empty()) return token;
  std::string detail = "the token endpoint answered with status " + std::to_string(answer->status);
  if (body.is_object() && body.contains("error")) detail += ", " + shown(text_of(body, "error"));
  if (answer->status == 200) detail += " and no id_token";
  return trouble(answer->status >= 500 ? Why::kAway : Why::kAnswer, std::move(detail));
}

std::string Client::subject_of(const std::string& id) const {
  return provider_.issuer() + " " + id;
}

std::expected<Person, Trouble> Client::person_of(const std::string& token, const Begun& begun) {
  const auto payload = provider_.verify(token);
  if (!payload) return trouble(why_of(payload.error()), payload.error().text());
  const auto claims = check_claims(*payload, {.issuer = provider_.issuer(),
                                              .client_id = options_.client_id,
                                              .nonce = begun.nonce,
                                              .now_ms = clock_.now_ms()});
  if (!claims) return trouble(Why::kAnswer, claims.error().text());
  Person person{.subject = subject_of(text_of(*claims, "sub")),
                .name = {},
                .display_name = cut(text_of(*claims, "name"), kMostDisplayBytes),
                .language = text_of(*claims, "locale").starts_with("ar") ? "ar" : "en",
                .grant = roles_.grant(*claims),
                .return_to = begun.return_to,
                .kept = begun.kept,
                .session = cut(text_of(*claims, "sid"), kMostSessionBytes),
                .hint = sealer_.seal(token, kHintPurpose, options_.random)};
  // One that no browser would keep is not worth sending: the provider asks them then.
  if (person.hint.size() > kMostHintBytes) person.hint.clear();
  for (const std::string& name : {options_.name_claim, std::string("email"), std::string("sub")}) {
    if (person.name.empty()) person.name = user_name(text_of(*claims, name.c_str()));
  }
  return person;
}

std::expected<Person, Trouble> Client::finish(const Returned& returned) {
  const auto begun = open(returned);
  if (!begun) return std::unexpected(begun.error());
  const auto at_place = [&](std::unexpected<Trouble> why) {
    why.error().return_to = begun->return_to;
    return why;
  };
  if (!returned.issuer.empty() && returned.issuer != provider_.issuer())
    return at_place(trouble(Why::kAnswer, "another provider answered (iss)"));
  if (!returned.error.empty()) {
    const bool is_away =
        returned.error == "server_error" || returned.error == "temporarily_unavailable";
    return at_place(trouble(is_away ? Why::kAway : Why::kRefused,
                            "the provider answered " + shown(returned.error)));
  }
  if (returned.code.empty()) return at_place(trouble(Why::kAnswer, "an answer without a code"));
  const Slot slot(asking_);
  if (!slot) return at_place(trouble(Why::kBusy, "too many sign-ins at once"));
  const auto metadata = provider_.metadata();
  if (!metadata) return at_place(trouble(why_of(metadata.error()), metadata.error().text()));
  if (metadata->names_issuer_in_answers && returned.issuer.empty())
    return at_place(trouble(Why::kAnswer, "the answer does not name its provider (iss)"));
  const auto token = token_for(*metadata, returned.code, begun->verifier);
  if (!token) return at_place(std::unexpected(token.error()));
  auto person = person_of(*token, *begun);
  if (!person) return at_place(std::unexpected(person.error()));
  return person;
}

std::optional<std::string> Client::sign_out_url(std::string_view hint) {
  const Slot slot(asking_);
  if (!slot) return std::nullopt;
  const auto metadata = provider_.metadata();
  if (!metadata || metadata->end_session_endpoint.empty()) return std::nullopt;
  std::string query;
  add(query, "client_id", options_.client_id);
  add(query, "post_logout_redirect_uri", options_.home_uri);
  if (const auto token = sealer_.open(hint, kHintPurpose)) add(query, "id_token_hint", *token);
  const char joint = metadata->end_session_endpoint.contains('?') ? '&' : '?';
  return metadata->end_session_endpoint + joint + query;
}

std::expected<SignedOut, Trouble> Client::signed_out(std::string_view token) {
  const Slot slot(asking_);
  if (!slot) return trouble(Why::kBusy, "too many requests at once");
  const auto payload = provider_.verify(token);
  if (!payload) return trouble(why_of(payload.error()), payload.error().text());
  const base::Millis now_ms = clock_.now_ms();
  const auto claims = check_logout_claims(*payload, {.issuer = provider_.issuer(),
                                                     .client_id = options_.client_id,
                                                     .nonce = {},
                                                     .now_ms = now_ms});
  if (!claims) return trouble(Why::kAnswer, claims.error().text());
  // States have no blank, so that neither is taken for the other.
  if (!use_up("logout " + text_of(*claims, "jti"), now_ms))
    return trouble(Why::kOver, "the token came before (jti)");
  const std::string subject = text_of(*claims, "sub");
  return SignedOut{.subject = subject.empty() ? std::string() : subject_of(subject),
                   .session = text_of(*claims, "sid")};
}

}  // namespace pursuit::oidc
