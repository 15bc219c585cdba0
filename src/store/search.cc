#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "store/lead_row.h"
#include "store/store_impl.h"
#include "store/tables.h"
#include "store/words.h"

namespace pursuit::store {

namespace {

constexpr std::size_t kMaxWords = 6;
constexpr std::size_t kMaxLooked = 10'000;  // leads that match and are asked about
constexpr std::size_t kStep = 256;

/// Numbers of leads of which every one of `words` begins a word, in order of arrival.
std::vector<std::int64_t> leads_with(Connection& connection, std::vector<std::string> words) {
  // The longest first: it says most.
  std::ranges::sort(words, std::ranges::greater{}, &std::string::size);
  if (words.size() > kMaxWords) words.resize(kMaxWords);
  std::string sql;
  std::vector<std::string> bounds;  // each word, and the end of what it begins
  bounds.reserve(words.size() * 2);
  soci::session& session = connection.sql();
  soci::statement statement(session);
  std::int64_t at = 0;
  long long lead = 0;
  statement.exchange(soci::into(lead));
  for (const std::string& word : words) {
    sql += fmt::format("{}SELECT lead FROM word WHERE word >= :from{} AND word < :to{}",
                       at == 0 ? "" : " INTERSECT ", at, at);
    ++at;
    bounds.push_back(word);
    statement.exchange(soci::use(bounds.back()));
    bounds.push_back(word + "\xF4\x8F\xBF\xBF");  // the last code point there is
    statement.exchange(soci::use(bounds.back()));
  }
  // A word of its own may begin with the same letters: each lead once.
  sql = fmt::format("SELECT DISTINCT lead FROM ({}) AS m ORDER BY lead LIMIT {}", sql, kMaxLooked);
  statement.alloc();
  statement.prepare(sql);
  statement.define_and_bind();
  std::vector<std::int64_t> leads;
  if (statement.execute(true)) {
    do {
      leads.push_back(lead);
    } while (statement.fetch());
  }
  return leads;
}

/// Reads leads some at a time until enough are accepted.
class Hits {
 public:
  Hits(Connection& connection, const SearchOptions& options)
      : connection_(connection), options_(options) {}

  void add(const Lookup& lookup, const Cells& keys) {
    std::vector<LeadRecord> leads;
    connection_.bulk().find(lookup, keys, [&](std::size_t, std::span<const Cell> row) {
      leads.push_back(lead_of(row));
    });
    std::ranges::sort(leads, {}, &LeadRecord::number);
    for (LeadRecord& lead : leads) {
      if (full() || !seen_.insert(lead.number).second) continue;
      if (!options_.accept || options_.accept(lead)) found_.push_back(std::move(lead));
    }
  }
  void add(std::span<const std::int64_t> numbers) {
    for (std::size_t from = 0; from < numbers.size() && !full(); from += kStep) {
      Cells keys(1);
      for (const std::int64_t n : numbers.subspan(from, std::min(kStep, numbers.size() - from))) {
        keys.add({n});
      }
      add(tables::kLeadByNumber, keys);
    }
  }
  [[nodiscard]] bool full() const { return found_.size() >= options_.limit; }
  [[nodiscard]] std::vector<LeadRecord> take() { return std::move(found_); }

 private:
  Connection& connection_;
  const SearchOptions& options_;
  std::unordered_set<std::uint32_t> seen_;
  std::vector<LeadRecord> found_;
};

}  // namespace

base::Result<std::vector<LeadRecord>> Store::search(const SearchOptions& options) const {
  const SearchWords asked = search_words(options.text);
  if (asked.words.empty() || options.limit == 0) return std::vector<LeadRecord>{};
  return impl_->readers.read([&](Connection& connection) {
    Hits hits(connection, options);
    Cells exact(1);  // who asks for an id wants that lead first
    exact.add({options.text});
    hits.add(tables::kLeadById, exact);
    if (!hits.full()) hits.add(leads_with(connection, asked.words));
    if (!hits.full() && !asked.number.empty()) hits.add(leads_with(connection, {asked.number}));
    return hits.take();
  });
}

}  // namespace pursuit::store
