#include "sample/policy_text.h"

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "sample/catalogue.h"
#include "sample/season.h"

namespace pursuit::sample {

namespace {

constexpr std::string_view kRules =
    R"(# A policy for the sample network; `pursuit policy check` shows it with every default.

[sla]
grace = 0.5

[[sla.rule]]
stage = "Created"
hours = 24

[[sla.rule]]
stage = "Created"
channel = "walk-in"
hours = 4

[[sla.rule]]
stage = "Created"
region = "UAE"
hours = 12

[[sla.rule]]
stage = "Created"
region = "KSA"
nameplate = "Sahra"
hours = 8

[[sla.rule]]
stage = "Created"
tier = "Hot"
hours = 6

[[sla.rule]]
stage = "Contacted"
hours = 72

[[sla.rule]]
stage = "Contacted"
channel = "fleet"
hours = 168

[[sla.rule]]
stage = "Experiencing"
hours = 168

[[sla.rule]]
stage = "Experiencing"
product = "Truck"
hours = 240

[[sla.rule]]
stage = "Deciding"
hours = 192

[[sla.rule]]
stage = "Deciding"
channel = "fleet"
hours = 480

[[sla.rule]]
stage = "Deciding"
region = "EGY"
hours = 336

[[sla.rule]]
stage = "*"
hours = 720

[[sla.rule]]
stage = "*"
channel = "fleet"
hours = 1440

[[override]]
region = "UAE"
tier = { hot = 75, warm = 45 }

[[override]]
product = "Electric"
weights = { conversion = 0.25, volume = 0.10, recency = 0.35, stage = 0.30 }

[time]
duration = "elapsed"  # "working" counts only the hours below
)";

constexpr std::array<std::string_view, 7> kFromThursday = {"thu", "fri", "sat", "sun",
                                                           "mon", "tue", "wed"};

std::string weekly(const Market& market, std::string_view blocks) {
  std::string text = "weekly = {";
  std::string_view separator = " ";
  for (unsigned day = 0; day < kFromThursday.size(); ++day) {
    if (((market.rest_days >> day) & 1u) != 0) continue;
    text.append(separator).append(kFromThursday[day]).append(" = [").append(blocks).append("]");
    separator = ", ";
  }
  return text + " }\n";
}

std::string calendar(const Market& market, const GenerateOptions& options) {
  std::string text = "\n[[calendar]]\nregion = \"" + std::string(market.code) + "\"\nzone = \"" +
                     std::string(market.zone) + "\"\n" +
                     weekly(market, R"("09:00-13:00", "16:00-21:00")");
  const std::int64_t last = base::day_of(options.as_of_ms);
  std::int64_t start = ramadan_start_before(last);
  for (; start > last - 365 * options.years; start = ramadan_start_before(start - 1)) {
    text += "[[calendar.period]]\nfrom = \"" + base::format_date(start) + "\"\nto = \"" +
            base::format_date(start + kRamadanDays - 1) + "\"\n" +
            weekly(market, R"("10:00-15:00", "20:30-23:30")");
  }
  return text;
}

}  // namespace

std::string policy_text(const GenerateOptions& options) {
  std::string text(kRules);
  for (const Market& market : kMarkets) text += calendar(market, options);
  return text;
}

}  // namespace pursuit::sample
