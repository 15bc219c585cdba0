#include "imports/zip_xml.h"

#include <utility>
#include <vector>

#include <expat.h>

namespace pursuit::imports {

void refuse(std::string message, base::ErrorCode code) {
  throw Trouble{.code = code, .message = std::move(message)};
}

namespace {

std::string_view local(const char* name) {
  const std::string_view whole(name);
  const std::size_t colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

/// Expat calls C functions, which no exception may leave: it is kept until the parser has stopped.
class Parser {
 public:
  explicit Parser(Handler handler)
      : handler_(std::move(handler)), parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &on_begin, &on_end);
    XML_SetCharacterDataHandler(parser_.get(), &on_text);
    // A workbook has no document type; entities are declared in one.
    XML_SetStartDoctypeDeclHandler(parser_.get(), &on_doctype);
  }

  void feed(std::string_view bytes, bool last) {
    const auto status =
        XML_Parse(parser_.get(), bytes.data(), static_cast<int>(bytes.size()), last ? 1 : 0);
    if (trouble_) throw std::move(*trouble_);
    if (status != XML_STATUS_OK) refuse("a part of the workbook is not well-formed XML");
  }

 private:
  template <class Work>
  void guarded(Work&& work) {
    if (trouble_) return;
    try {
      work();
    } catch (Trouble& trouble) {
      trouble_ = std::make_unique<Trouble>(std::move(trouble));
      XML_StopParser(parser_.get(), XML_FALSE);
    }
  }
  static void on_begin(void* self, const XML_Char* name, const XML_Char** pairs) {
    auto& parser = *static_cast<Parser*>(self);
    parser.guarded([&] {
      Attributes attributes;
      for (; *pairs != nullptr; pairs += 2) attributes.emplace(local(pairs[0]), pairs[1]);
      parser.handler_.begin(local(name), attributes);
    });
  }
  static void on_end(void* self, const XML_Char* name) {
    auto& parser = *static_cast<Parser*>(self);
    parser.guarded([&] {
      if (parser.handler_.end) parser.handler_.end(local(name));
    });
  }
  static void on_text(void* self, const XML_Char* text, int size) {
    auto& parser = *static_cast<Parser*>(self);
    parser.guarded([&] {
      if (parser.handler_.text) parser.handler_.text({text, static_cast<std::size_t>(size)});
    });
  }
  static void on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<Parser*>(self)->guarded([] { refuse("the workbook has a document type"); });
  }

  Handler handler_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  std::unique_ptr<Trouble> trouble_;
};

}  // namespace

Archive::Archive(const std::string& path, const XlsxLimits& limits)
    : limits_(limits), archive_(zip_open(path.c_str(), ZIP_RDONLY, nullptr), &zip_discard) {
  if (archive_ == nullptr) refuse("no zip archive, or a damaged one");
}

bool Archive::has(const std::string& name) const {
  return zip_name_locate(archive_.get(), name.c_str(), 0) >= 0;
}

void Archive::parse(const std::string& name, Handler handler) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat(archive_.get(), name.c_str(), 0, &stat) != 0) refuse("the workbook lacks " + name);
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(
      zip_fopen(archive_.get(), name.c_str(), 0), &zip_fclose);
  if (file == nullptr) refuse(name + " cannot be read");
  Parser parser(std::move(handler));
  std::vector<char> buffer(64u << 10);
  std::uint64_t bytes = 0;
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), buffer.data(), buffer.size());
    if (got < 0) refuse(name + " is damaged");
    if (got == 0) break;
    bytes += static_cast<std::uint64_t>(got);
    unpacked_ += static_cast<std::uint64_t>(got);
    // What stands in the archive about sizes may be a lie: what comes out counts.
    constexpr std::uint64_t kHarmless = 16u << 20;
    if (unpacked_ > limits_.max_unpacked_bytes ||
        (bytes > kHarmless && bytes / limits_.max_ratio > stat.comp_size)) {
      refuse("the workbook unpacks to too much", base::ErrorCode::kLimit);
    }
    parser.feed({buffer.data(), static_cast<std::size_t>(got)}, false);
  }
  parser.feed({}, true);
}

}  // namespace pursuit::imports
