// export/export_bench.cc: how fast result files are written when the figures cost next to nothing.
// `export_bench FOLDER [LEADS] [THREADS]` leaves no files behind.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>

#include "base/time.h"
#include "export/export.h"
#include "export/lead_order.h"
#include "export/row_source.h"

namespace pursuit::exporting {
namespace {

constexpr base::Millis kAsOf = 1'780'272'000'000;

std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 31)) * 0x7FB5'D329'728E'A185;
  x = (x ^ (x >> 27)) * 0x81DA'DEF4'BC2D'D44D;
  return x ^ (x >> 33);
}

// Figures made on the fly of the lead's number: 2.8 visits and a third of the leads open, as in a
// network of dealers.
class MadeUpRows final : public RowSource {
 public:
  explicit MadeUpRows(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint64_t h = mixed(i);
      const std::uint64_t dealer = i / 10'000;
      const std::array<std::string, model::kDimensions> names = {
          "KSA",
          "KSA-G" + std::to_string(dealer / 10),
          "KSA-G" + std::to_string(dealer / 10) + "-D" + std::to_string(dealer),
          "channel-" + std::to_string(h % 8),
          "retail",
          "nameplate-" + std::to_string(i / 1'000 % 10),
          "owner-" + std::to_string(dealer) + "-" + std::to_string(h / 8 % 10)};
      model::ProfileCodes codes{};
      for (std::size_t d = 0; d < model::kRuleDimensions; ++d)
        codes[d] = leads_.intern(static_cast<model::Dimension>(d), names[d]);
      const std::uint32_t owner =
          leads_.intern(model::Dimension::kOwner, names[model::kRuleDimensions]);
      char id[16];
      std::snprintf(id, sizeof id, "L%09u", static_cast<unsigned>(i * 7'919ull % count));
      leads_.add(id, leads_.intern_profile(codes), owner);
    }
  }

  [[nodiscard]] const model::Policy& policy() const override { return policy_; }
  [[nodiscard]] const model::LeadTable& leads() const override { return leads_; }
  [[nodiscard]] const engine::Tables& tables() const override { return tables_; }
  [[nodiscard]] std::vector<engine::AlertRow> alerts() const override { return {}; }
  [[nodiscard]] engine::LeadFigures figures(base::LeadId lead) const override {
    const std::uint64_t h = mixed(lead.v);
    const auto part = [&](unsigned shift) { return static_cast<double>((h >> shift) & 0xFFFF); };
    engine::LeadFigures f{};
    f.lead = lead;
    f.state = static_cast<engine::LeadState>(h % 3);
    f.stage = static_cast<model::StageCode>(h % 3 == 0 ? h / 3 % 4 : 3 + h % 3);
    f.entered_ms = kAsOf - static_cast<base::Millis>(h >> 30);
    f.last_activity_ms = f.entered_ms + 1'000'000;
    f.overall_ms = static_cast<base::Millis>(h >> 31);
    f.overall_sla_hours = 160;
    f.overall_category = engine::Category::kOnTime;
    f.duration_ms = static_cast<base::Millis>(h >> 33);
    f.threshold_ms = 1.1 * static_cast<double>(h >> 55);
    f.threshold_n = 31;
    f.category = engine::Category::kDelayed;
    f.sla_hours = static_cast<double>(24 + h % 4);
    f.effective_sla_hours = f.sla_hours * (1 + part(20) * 1e-7);
    f.deviation_hours = base::to_hours(f.duration_ms) - f.effective_sla_hours;
    f.contribution = {25.0 / static_cast<double>(7 + h % 8),
                      15.0 / static_cast<double>(7 + h % 8),
                      part(3) / 2'700,
                      15,
                      0,
                      0,
                      0};
    f.score = f.contribution[0] + f.contribution[1] + f.contribution[2] + f.contribution[3];
    f.tier = model::Tier::kWarm;
    f.rank = 1 + static_cast<std::uint32_t>(h % 900);
    return f;
  }
  void visits(base::LeadId lead, std::vector<engine::VisitFigures>& out) const override {
    std::uint64_t h = mixed(lead.v + 77);
    out.resize(1 + h % 4 + (h % 10 < 3 ? 1 : 0));
    base::Millis at_ms = kAsOf - static_cast<base::Millis>(h >> 29);
    for (std::size_t i = 0; i < out.size(); ++i) {
      h = mixed(h + i);
      const auto duration_ms = static_cast<base::Millis>(h >> 34);
      const double sla = static_cast<double>(24 + h % 4);
      const double effective = sla * (1 + static_cast<double>(h & 0xFFFF) * 1e-7);
      out[i] = {.stage = static_cast<model::StageCode>(i % 4),
                .kind = engine::VisitKind::kAdvance,
                .category = engine::Category::kDelayed,
                .entered_ms = at_ms,
                .left_ms = at_ms + duration_ms,
                .duration_ms = duration_ms,
                .sla_hours = sla,
                .effective_sla_hours = effective,
                .deviation_hours = base::to_hours(duration_ms) - effective};
      at_ms += duration_ms;
    }
  }
  void prefetch(base::LeadId) const override {}
  void prefetch_history(base::LeadId) const override {}

 private:
  model::Policy policy_;
  model::LeadTable leads_;
  engine::Tables tables_;
};

// Of the wall, and of all cores together: the latter says what it costs on a busy machine too.
struct Seconds {
  double wall;
  double cores;
};

Seconds seconds_of(const auto& work) {
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t cores_begin = std::clock();
  work();
  const auto wall = std::chrono::steady_clock::now() - begin;
  return {std::chrono::duration<double>(wall).count(),
          static_cast<double>(std::clock() - cores_begin) / CLOCKS_PER_SEC};
}

int run(const std::string& folder, std::uint32_t count, unsigned threads) {
  const MadeUpRows rows(count);
  base::ThreadPool pool(threads);
  for (int round = 0; round < 3; ++round) {
    const Seconds order = seconds_of([&] { (void)leads_by_id(rows.leads(), pool); });
    base::Result<ExportReport> report;
    const Seconds all = seconds_of([&] {
      report = write_results(
          rows,
          {.out_dir = folder, .format = FileFormat::kCsv, .threads = threads, .progress = {}});
    });
    if (!report) {
      std::fprintf(stderr, "%s\n", report.error().text().c_str());
      return 1;
    }
    const double rows_made = static_cast<double>(report->rows());
    const double bytes = static_cast<double>(report->bytes());
    std::printf(
        "%u leads, %.0f rows, %.2f GB: order %.3f s (cores %.3f s), all %.3f s (cores %.3f s, "
        "%.0f ns a row)\n",
        count, rows_made, bytes * 1e-9, order.wall, order.cores, all.wall, all.cores,
        all.cores / rows_made * 1e9);
    for (const FileReport& file : report->files)
      std::filesystem::remove(std::filesystem::path(folder) / file.name);
  }
  return 0;
}

}  // namespace
}  // namespace pursuit::exporting

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: export_bench FOLDER [LEADS] [THREADS]\n");
    return 2;
  }
  const auto count = argc > 2 ? static_cast<std::uint32_t>(std::atol(argv[2])) : 1'000'000u;
  const auto threads = argc > 3 ? static_cast<unsigned>(std::atol(argv[3])) : 2u;
  return pursuit::exporting::run(argv[1], count, threads);
}
