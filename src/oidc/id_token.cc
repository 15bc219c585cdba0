#include "oidc/id_token.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace pursuit::oidc {
namespace {

using nlohmann::json;

constexpr std::size_t kMostSubjectBytes = 255;
constexpr const char* kLogoutEvent = "http://schemas.openid.net/event/backchannel-logout";
constexpr std::size_t kMostTexts = 1'000;
constexpr std::size_t kMostTextBytes = 256;
/// Past the year 5000; beyond it seconds would overflow as milliseconds.
constexpr double kMostSeconds = 1e11;

std::unexpected<base::Error> refuse(std::string why, std::string claim) {
  return base::fail(base::ErrorCode::kInvalidInput, std::move(why), std::move(claim));
}

std::optional<std::string> text_of(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

/// An instant in seconds, which may have a fraction.
std::optional<base::Millis> instant_of(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0 && seconds < kMostSeconds)) return std::nullopt;
  return static_cast<base::Millis>(seconds * 1'000);
}

base::Result<void> check_audience(const json& claims, const std::string& client_id) {
  const auto audience = claims.find("aud");
  if (audience == claims.end()) return refuse("is missing", "aud");
  bool is_ours = false;
  bool is_of_others = false;
  const auto look = [&](const json& one) {
    const bool ours = one.is_string() && one.get_ref<const std::string&>() == client_id;
    is_ours = is_ours || ours;
    is_of_others = is_of_others || !ours;
  };
  if (audience->is_array()) {
    std::ranges::for_each(*audience, look);
  } else {
    look(*audience);
  }
  if (!is_ours) return refuse("the token is for another application", "aud");
  const auto party = text_of(claims, "azp");
  if (is_of_others && !party) return refuse("missing, though others may read the token", "azp");
  if (claims.contains("azp") && party != client_id)
    return refuse("the token was given to another application", "azp");
  return {};
}

base::Result<void> check_times(const json& claims, base::Millis now_ms) {
  const auto expires = instant_of(claims, "exp");
  if (!expires) return refuse("no instant", "exp");
  if (*expires + kClockSkewMs <= now_ms) return refuse("the token is over its time", "exp");
  const auto issued = instant_of(claims, "iat");
  if (!issued) return refuse("no instant", "iat");
  if (*issued - kClockSkewMs > now_ms) return refuse("the token is of the future", "iat");
  if (*issued + kMostAgeMs + kClockSkewMs <= now_ms) return refuse("the token is old", "iat");
  if (!claims.contains("nbf")) return {};
  const auto begins = instant_of(claims, "nbf");
  if (!begins || *begins - kClockSkewMs > now_ms)
    return refuse("the token is of the future", "nbf");
  return {};
}

/// Of a subject, a session or a token: it may stand in a log and in a key.
bool is_id(const std::string& text) {
  return !text.empty() && text.size() <= kMostSubjectBytes &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

/// What both kinds of tokens must say: whose, for whom, and of when.
base::Result<json> check_origin(std::string_view payload, const Expected& expected) {
  json claims = json::parse(payload, nullptr, false);
  if (!claims.is_object()) return refuse("not a JSON object", "token");
  if (text_of(claims, "iss") != expected.issuer)
    return refuse("the token is of another provider", "iss");
  if (auto ok = check_audience(claims, expected.client_id); !ok) return std::unexpected(ok.error());
  if (auto ok = check_times(claims, expected.now_ms); !ok) return std::unexpected(ok.error());
  return claims;
}

/// Whether a claim that may be left out is an id where it is there.
bool is_id_if_there(const json& claims, const char* name) {
  const auto text = text_of(claims, name);
  return text ? is_id(*text) : !claims.contains(name);
}

}  // namespace

base::Result<json> check_claims(std::string_view payload, const Expected& expected) {
  auto claims = check_origin(payload, expected);
  if (!claims) return claims;
  if (text_of(*claims, "nonce") != expected.nonce || expected.nonce.empty())
    return refuse("the token ends another sign-in", "nonce");
  const auto subject = text_of(*claims, "sub");
  if (!subject || !is_id(*subject)) return refuse("not 1 to 255 visible characters", "sub");
  return claims;
}

base::Result<json> check_logout_claims(std::string_view payload, const Expected& expected) {
  auto claims = check_origin(payload, expected);
  if (!claims) return claims;
  // An ID token has one, and must not end what it began.
  if (claims->contains("nonce")) return refuse("must not be there", "nonce");
  const auto events = claims->find("events");
  if (events == claims->end() || !events->is_object() || !events->contains(kLogoutEvent) ||
      !events->at(kLogoutEvent).is_object())
    return refuse("no event of signing out", "events");
  for (const char* const name : {"sub", "sid", "jti"}) {
    if (!is_id_if_there(*claims, name)) return refuse("not 1 to 255 visible characters", name);
  }
  if (!claims->contains("sub") && !claims->contains("sid")) return refuse("is missing", "sub");
  if (!claims->contains("jti")) return refuse("is missing", "jti");
  return claims;
}

std::vector<std::string> texts_of(const json& claims, std::string_view name) {
  const json* at = &claims;
  // A claim may have dots in its own name: that one goes first.
  if (const auto whole = claims.find(name); whole != claims.end()) {
    at = &*whole;
  } else {
    while (!name.empty()) {
      const std::size_t dot = std::min(name.find('.'), name.size());
      if (!at->is_object()) return {};
      const auto next = at->find(name.substr(0, dot));
      if (next == at->end()) return {};
      at = &*next;
      name.remove_prefix(std::min(dot + 1, name.size()));
    }
  }
  std::vector<std::string> texts;
  const auto add = [&](const json& one) {
    if (!one.is_string() || texts.size() == kMostTexts) return;
    const auto& text = one.get_ref<const std::string&>();
    if (!text.empty() && text.size() <= kMostTextBytes) texts.push_back(text);
  };
  if (at->is_array()) {
    std::ranges::for_each(*at, add);
  } else {
    add(*at);
  }
  return texts;
}

}  // namespace pursuit::oidc
