#include "export/row_stream.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pursuit::exporting {
namespace {

struct Instant {
  base::Millis at_ms;
};
struct Date {
  std::int64_t day;
};
using Cell = std::variant<std::monostate, std::string, std::uint64_t, double, bool, Instant, Date>;

class Recorder final : public RowSink, public Cells {
 public:
  explicit Recorder(std::vector<Cell>& cells) : cells_(cells) {}

  Cells& begin_row() override { return *this; }
  void end_row() override {}
  Cells& text(std::string_view value) override { return add(std::string(value)); }
  Cells& count(std::uint64_t value) override { return add(value); }
  Cells& number(double value) override {
    if (std::isnan(value)) return absent();
    return add(value);
  }
  Cells& flag(bool value) override { return add(value); }
  Cells& instant(base::Millis at_ms) override { return add(Instant{at_ms}); }
  Cells& date(std::int64_t day) override { return add(Date{day}); }
  Cells& absent() override { return add(std::monostate{}); }

 private:
  template <class T>
  Cells& add(T value) {
    cells_.emplace_back(std::move(value));
    return *this;
  }
  std::vector<Cell>& cells_;
};

/// Counts rows; their cells go nowhere.
class Counter final : public RowSink, public Cells {
 public:
  Cells& begin_row() override { return *this; }
  void end_row() override { ++rows; }
  Cells& text(std::string_view /*value*/) override { return *this; }
  Cells& count(std::uint64_t /*value*/) override { return *this; }
  Cells& number(double /*value*/) override { return *this; }
  Cells& flag(bool /*value*/) override { return *this; }
  Cells& instant(base::Millis /*at_ms*/) override { return *this; }
  Cells& date(std::int64_t /*day*/) override { return *this; }
  Cells& absent() override { return *this; }
  std::size_t rows = 0;
};

struct Replay {
  Cells& out;
  void operator()(std::monostate /*absent*/) const { out.absent(); }
  void operator()(const std::string& value) const { out.text(value); }
  void operator()(std::uint64_t value) const { out.count(value); }
  void operator()(double value) const { out.number(value); }
  void operator()(bool value) const { out.flag(value); }
  void operator()(Instant value) const { out.instant(value.at_ms); }
  void operator()(Date value) const { out.date(value.day); }
};

base::Result<void> write_all(const RowStream& rows, RowSink& out) {
  for (std::size_t begin = 0; begin < rows.items; begin += rows.block_items) {
    const std::size_t end = std::min(begin + rows.block_items, rows.items);
    if (auto done = rows.write(begin, end, out); !done) return done;
  }
  return {};
}

}  // namespace

base::Result<RowStream> recorded(const RowStream& rows) {
  const auto cells = std::make_shared<std::vector<Cell>>();
  Recorder recorder(*cells);
  if (auto done = write_all(rows, recorder); !done) return std::unexpected(done.error());
  const std::size_t width = rows.columns.size();
  RowStream made{
      .columns = rows.columns, .items = cells->size() / width, .is_row_each = true, .write = {}};
  made.write = [cells, width](std::size_t begin, std::size_t end,
                              RowSink& out) -> base::Result<void> {
    for (std::size_t row = begin; row < end; ++row) {
      Cells& into = out.begin_row();
      for (std::size_t column = 0; column < width; ++column)
        std::visit(Replay{into}, (*cells)[row * width + column]);
      out.end_row();
    }
    return {};
  };
  return made;
}

base::Result<std::size_t> count_rows(const RowStream& rows) {
  if (rows.is_row_each) return rows.items;
  Counter counter;
  if (auto done = write_all(rows, counter); !done) return std::unexpected(done.error());
  return counter.rows;
}

}  // namespace pursuit::exporting
