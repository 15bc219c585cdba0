#include "load/change_rows.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/time.h"

namespace pursuit::load {
namespace {

constexpr std::size_t kRowsOfALead = 6;
constexpr std::array<const char*, 4> kStages = {"Created", "Contacted", "Experiencing", "Deciding"};
constexpr base::Millis kFirstMs = 1'780'300'000'000;  // after what the sample holds
constexpr base::Millis kRunMs = 3'600'000;            // between the instants of two runs
/// Coprime to the number of leads: a walk that comes to each before it comes to one again.
constexpr std::uint64_t kStride = 7'368'787;

}  // namespace

void ChangeRows::add_lead(Batch& batch) {
  const std::string lead = fmt::format("N{}-{}", run_, ++leads_);
  fmt::format_to(std::back_inserter(batch.body),
                 R"({{"type":"lead","source_key":"{0}","lead_id":"{0}","created_at":"{1}",)"
                 R"("region":"UAE","dealer_group":"group {2}","dealer":"dealer {3}",)"
                 R"("channel":"web","product":"Sedan","nameplate":"model {4}",)"
                 R"("owner":"seller {5}","name":"Given{6} Family{7}","phone":"+97150{8:07}",)"
                 R"("email":"person{8}@example.com"}})"
                 "\n",
                 lead, base::format_instant(kFirstMs + static_cast<base::Millis>(leads_)),
                 leads_ % 20, leads_ % 400, leads_ % 12, leads_ % 2'000, leads_ % 5'000,
                 leads_ % 77'777, leads_);
  batch.leads.push_back(lead);
}

void ChangeRows::add_event(Batch& batch, const std::string& lead, std::size_t stage) {
  // Every event of a run has an instant of its own, a millisecond after the last.
  const base::Millis at_ms = kFirstMs + run_ * kRunMs + static_cast<base::Millis>(++events_);
  fmt::format_to(std::back_inserter(batch.body),
                 R"({{"type":"event","source_key":"e{}-{}","lead_id":"{}","stage":"{}",)"
                 R"("at":"{}","actor":"seller {}"}})"
                 "\n",
                 run_, ++keys_, lead, kStages[stage], base::format_instant(at_ms), events_ % 2'000);
}

Batch ChangeRows::new_leads(std::size_t rows) {
  Batch batch;
  for (std::size_t i = 0; i < rows; ++i) {
    if (i % kRowsOfALead == 0) {
      add_lead(batch);
    } else {
      add_event(batch, std::string(batch.leads.back()),
                std::min(i % kRowsOfALead, kStages.size()) - 1);
    }
  }
  return batch;
}

Batch ChangeRows::events(std::size_t rows) {
  Batch batch;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t number = ++keys_ * kStride % std::max(known_leads_, 1u);
    batch.leads.push_back(fmt::format("L{:09}", number));
    add_event(batch, batch.leads.back(), 1 + keys_ % 3);
  }
  return batch;
}

}  // namespace pursuit::load
