#include "store/digest.h"

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/assert.h"
#include "store/store.h"

namespace pursuit::store {

namespace {

using Sha256 = std::array<unsigned char, 32>;

/// A row as bytes that only an equal row has.
class Bytes {
 public:
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    bytes_ += text;
  }
  void add(std::int64_t value) { raw(&value, sizeof value); }
  void add(std::uint64_t value) { raw(&value, sizeof value); }
  void add(double value) { raw(&value, sizeof value); }
  void add(bool value) { bytes_ += value ? '\1' : '\0'; }
  template <class T>
  void add(const std::optional<T>& value) {
    add(value.has_value());
    if constexpr (std::is_same_v<T, std::string>) {
      if (value) add(std::string_view(*value));
    } else {
      if (value) add(*value);
    }
  }
  template <class... Fields>
  void all(const Fields&... fields) {
    (add(fields), ...);
  }
  void clear() { bytes_.clear(); }
  [[nodiscard]] std::string_view view() const { return bytes_; }

 private:
  void raw(const void* data, std::size_t size) {
    bytes_.append(static_cast<const char*>(data), size);
  }
  std::string bytes_;
};

using Text = std::string_view;

void write(Bytes& out, const model::LeadRow& row) {
  out.all(Text(row.lead_id), row.created_at_ms, row.channel, row.campaign, row.region,
          row.dealer_group, row.dealer, row.product, row.nameplate, row.owner, row.name, row.phone,
          row.email, row.consent, row.value, std::uint64_t{row.attributes.size()});
  for (const auto& [name, text] : row.attributes) out.all(Text(name), Text(text));
}
void write(Bytes& out, const model::EventRow& row) {
  out.all(Text(row.lead_id), Text(row.stage), row.at_ms, Text(row.actor));
}
void write(Bytes& out, const model::OutcomeRow& row) {
  out.all(Text(row.lead_id), row.won, row.at_ms, Text(row.reason), row.revenue,
          Text(row.transaction_id));
}
void write(Bytes& out, const model::SignalRow& row) {
  out.all(Text(row.lead_id), Text(row.kind), row.at_ms, row.value, Text(row.text));
}
void write(Bytes& out, const model::CostRow& row) {
  out.all(Text(row.channel), Text(row.campaign), std::int64_t{row.from_day},
          std::int64_t{row.to_day}, row.amount, Text(row.currency));
}
void write(Bytes& out, const model::NoteRow& row) {
  out.all(Text(row.lead_id), Text(row.kind), row.at_ms, Text(row.text), Text(row.actor));
}

// Without the instant: the key that a request carries is sent again later.
void write(Bytes& out, const model::ActionRow& row) {
  out.all(Text(row.lead_id), static_cast<std::int64_t>(row.kind), Text(row.author), Text(row.text),
          Text(row.value), row.until_ms);
}
void write(Bytes& out, const model::UndoRow& row) {
  out.all(Text(row.lead_id), row.action, Text(row.author));
}

/// Fetching an algorithm costs more than hashing a row: each thread does it once.
struct Hasher {
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{
      EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
  Bytes bytes;
};

Sha256 hash_of(const model::Row& row) {
  thread_local Hasher hasher;
  hasher.bytes.clear();
  hasher.bytes.add(std::uint64_t{row.index()});
  std::visit([](const auto& fields) { write(hasher.bytes, fields); }, row);
  const std::string_view bytes = hasher.bytes.view();
  Sha256 hash;
  unsigned size = 0;
  PURSUIT_ASSERT(EVP_DigestInit_ex2(hasher.context.get(), hasher.algorithm.get(), nullptr) == 1);
  PURSUIT_ASSERT(EVP_DigestUpdate(hasher.context.get(), bytes.data(), bytes.size()) == 1);
  PURSUIT_ASSERT(EVP_DigestFinal_ex(hasher.context.get(), hash.data(), &size) == 1);
  return hash;
}

}  // namespace

std::int64_t digest_of(const model::Row& row) {
  const Sha256 hash = hash_of(row);
  std::int64_t first = 0;
  std::memcpy(&first, hash.data(), sizeof first);
  return first;
}

std::string content_key(const model::Row& row) {
  const Sha256 hash = hash_of(row);
  std::string key = "content:";
  for (const unsigned char byte : std::span(hash).first(16)) {
    fmt::format_to(std::back_inserter(key), "{:02x}", byte);
  }
  return key;
}

}  // namespace pursuit::store
