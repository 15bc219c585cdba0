// imports/zip_xml.h: XML documents in a zip archive, read as they are unpacked. Internal to the
// room; one thread. Throws Trouble.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <zip.h>

#include "base/error.h"
#include "imports/xlsx.h"

namespace pursuit::imports {

/// What ends the reading of a workbook.
struct Trouble {
  base::ErrorCode code = base::ErrorCode::kInvalidInput;
  std::string message;
};

[[noreturn]] void refuse(std::string message,
                         base::ErrorCode code = base::ErrorCode::kInvalidInput);

using Attributes = std::map<std::string, std::string, std::less<>>;

/// Called with elements as they begin and end, names without prefix, and with text.
struct Handler {
  std::function<void(std::string_view name, const Attributes& attributes)> begin;
  std::function<void(std::string_view name)> end;
  std::function<void(std::string_view text)> text;
};

class Archive {
 public:
  /// The limits must outlive this.
  Archive(const std::string& path, const XlsxLimits& limits);

  [[nodiscard]] bool has(const std::string& name) const;
  /// Reads the document of that name through.
  void parse(const std::string& name, Handler handler);

 private:
  const XlsxLimits& limits_;
  std::unique_ptr<zip_t, decltype(&zip_discard)> archive_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace pursuit::imports
