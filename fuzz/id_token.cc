// What a provider sends, and what anybody sends in its name: a line with a set of keys, a token, or
// the claims of one. Nothing crashes its readers, an error says where, and what is believed is of
// the issuer that was asked.
#include "oidc/id_token.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "oidc/key_set.h"
#include "oidc/provider.h"

namespace {

using namespace pursuit;

const std::string kIssuer = "https://id.example.com/realms/net";

void read_claims(std::string_view payload) {
  const oidc::Expected expected = {
      .issuer = kIssuer, .client_id = "pursuit", .nonce = "n0nce", .now_ms = 1'780'000'000'000};
  const auto claims = oidc::check_claims(payload, expected);
  const auto ended = oidc::check_logout_claims(payload, expected);
  // No token both begins and ends a session.
  PURSUIT_ASSERT(!claims || !ended);
  for (const auto* checked : {&claims, &ended}) {
    if (!*checked) {
      PURSUIT_ASSERT(!checked->error().message.empty());
      continue;
    }
    PURSUIT_ASSERT((**checked)["iss"] == kIssuer);
    for (const char* const name : {"groups", "realm_access.roles", ""}) {
      for (const std::string& text : oidc::texts_of(**checked, name)) {
        PURSUIT_ASSERT(!text.empty() && text.size() <= 256);
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  const std::string_view first = text.substr(0, line);
  const std::string_view rest =
      line == std::string_view::npos ? std::string_view() : text.substr(line + 1);
  read_claims(first);
  (void)oidc::read_metadata(first, kIssuer, {"keys.example.com"});
  const auto header = oidc::header_of(rest);
  const auto keys = oidc::KeySet::from_json(first);
  if (!header || !keys) return 0;
  PURSUIT_ASSERT(keys->size() <= 100);
  if (const auto payload = keys->verify(rest, *header)) {
    PURSUIT_ASSERT(keys->has_key(*header));
    read_claims(*payload);
  }
  return 0;
}
