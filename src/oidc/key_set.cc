#include "oidc/key_set.h"

#include <algorithm>
#include <array>
#include <utility>

#include <cjose/cjose.h>
#include <nlohmann/json.hpp>

namespace pursuit::oidc {
namespace {

using nlohmann::json;

constexpr std::size_t kMostKeys = 100;
constexpr std::size_t kMostTokenBytes = 32u << 10;
constexpr std::size_t kLeastRsaBits = 2'048;
constexpr std::array<std::string_view, 3> kAlgorithms = {"RS256", "ES256", "PS256"};

using Jws = std::unique_ptr<cjose_jws_t, decltype(&cjose_jws_release)>;

std::unexpected<base::Error> refuse(std::string why) {
  return base::fail(base::ErrorCode::kInvalidInput, std::move(why), "token");
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Whether cjose may decode it: its decoder ends the process (an assertion) on text that is cut
/// short, or that has padding within.
bool is_base64url(std::string_view text) {
  return text.size() % 4 != 1 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

/// The header's own text: what stands before the first dot, in base64url.
base::Result<json> read_header(std::string_view token) {
  if (token.size() > kMostTokenBytes) return refuse("longer than 32 KiB");
  if (std::ranges::count(token, '.') != 2) return refuse("not a signed token of three parts");
  const std::size_t dot = token.find('.');
  const std::size_t last_dot = token.rfind('.');
  const std::string_view part = token.substr(0, dot);
  if (!is_base64url(part) || !is_base64url(token.substr(dot + 1, last_dot - dot - 1)) ||
      !is_base64url(token.substr(last_dot + 1)))
    return refuse("its parts are not base64url");
  uint8_t* bytes = nullptr;
  std::size_t size = 0;
  cjose_err error{};
  if (part.empty() || !cjose_base64url_decode(part.data(), part.size(), &bytes, &size, &error))
    return refuse("its header is not base64url");
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  cjose_get_dealloc()(bytes);
  json header = json::parse(text, nullptr, false);
  if (!header.is_object()) return refuse("its header is not a JSON object");
  return header;
}

}  // namespace

base::Result<TokenHeader> header_of(std::string_view token) {
  const auto header = read_header(token);
  if (!header) return std::unexpected(header.error());
  TokenHeader out{.algorithm = text_of(*header, "alg"), .key_id = text_of(*header, "kid")};
  if (std::ranges::find(kAlgorithms, out.algorithm) == kAlgorithms.end())
    return refuse("signed in a way that is not taken; RS256, ES256 and PS256 are");
  if (header->contains("crit")) return refuse("needs an extension that is not known here");
  return out;
}

bool KeySet::read_key(const json& source, Key& key) {
  if (!source.is_object()) return false;
  const std::string kind = text_of(source, "kty");
  key.is_rsa = kind == "RSA";
  if (!key.is_rsa && !(kind == "EC" && text_of(source, "crv") == "P-256")) return false;
  if (const std::string use = text_of(source, "use"); !use.empty() && use != "sig") return false;
  key.algorithm = text_of(source, "alg");
  key.id = text_of(source, "kid");
  // The public part alone: a provider that shows the rest is not one to keep it for.
  json open = {{"kty", kind}};
  for (const char* const name : {"n", "e", "crv", "x", "y"}) {
    if (!source.contains(name)) continue;
    if (name != std::string_view("crv") && !is_base64url(text_of(source, name))) return false;
    open[name] = source[name];
  }
  const std::string text = open.dump(-1, ' ', false, json::error_handler_t::replace);
  cjose_err error{};
  cjose_jwk_t* const imported = cjose_jwk_import(text.data(), text.size(), &error);
  if (imported == nullptr) return false;
  key.key = std::shared_ptr<const _cjose_jwk_int>(
      imported, [imported](const _cjose_jwk_int*) { cjose_jwk_release(imported); });
  return !key.is_rsa || cjose_jwk_get_keysize(imported, &error) >= kLeastRsaBits;
}

base::Result<KeySet> KeySet::from_json(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array())
    return base::fail(base::ErrorCode::kInvalidInput, "not a set of keys", "jwks_uri");
  if (document["keys"].size() > kMostKeys)
    return base::fail(base::ErrorCode::kLimit, "more than 100 keys", "jwks_uri");
  KeySet set;
  for (const json& source : document["keys"]) {
    Key key;
    if (read_key(source, key)) set.keys_.push_back(std::move(key));
  }
  return set;
}

std::vector<const KeySet::Key*> KeySet::keys_for(const TokenHeader& header) const {
  std::vector<const Key*> found;
  const bool wants_rsa = header.algorithm != "ES256";
  for (const Key& key : keys_) {
    if (key.is_rsa != wants_rsa) continue;
    if (!key.algorithm.empty() && key.algorithm != header.algorithm) continue;
    if (header.key_id.empty() || key.id == header.key_id) found.push_back(&key);
  }
  // Without a name it must be plain which one is meant.
  if (header.key_id.empty() && found.size() > 1) found.clear();
  return found;
}

bool KeySet::has_key(const TokenHeader& header) const { return !keys_for(header).empty(); }

base::Result<std::string> KeySet::verify(std::string_view token, const TokenHeader& header) const {
  cjose_err error{};
  for (const Key* key : keys_for(header)) {
    // One for each try: verify() keeps what it made of the last.
    const Jws jws(cjose_jws_import(token.data(), token.size(), &error), &cjose_jws_release);
    if (!jws) return refuse("not a signed token");
    // What is checked here is what is read below, whatever was read before.
    const char* const algorithm =
        cjose_header_get(cjose_jws_get_protected(jws.get()), CJOSE_HDR_ALG, &error);
    if (algorithm == nullptr || header.algorithm != algorithm)
      return refuse("two readings of its header differ");
    if (!cjose_jws_verify(jws.get(), key->key.get(), &error)) continue;
    uint8_t* bytes = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(jws.get(), &bytes, &size, &error))
      return refuse("not a signed token");
    return std::string(reinterpret_cast<const char*>(bytes), size);
  }
  return refuse("no key of the provider made its signature");
}

}  // namespace pursuit::oidc
