#include "imports/person_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "imports/detail.h"
#include "imports/runner.h"
#include "ingest/csv_record.h"
#include "store/words.h"

namespace pursuit::imports {
namespace {

namespace fs = std::filesystem;
using store::ImportState;
using store::LeadRecord;

constexpr std::string_view kRejectsName = "rejects.csv";
constexpr std::size_t kLeastPhoneDigits = 7;
constexpr std::size_t kMostImports = 1'000'000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

bool is_word_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Whether `word` stands in `text`, with no letter or digit before or behind it.
bool has_word(std::string_view text, std::string_view word) {
  if (word.empty()) return false;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word_byte(text[at - 1])) &&
        (end == text.size() || !is_word_byte(text[end])))
      return true;
  }
  return false;
}

/// The digits of a text; what people put between those of a phone number is left out, anything
/// else parts them.
std::string digits_in(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      out += c;
    } else if (std::string_view(" -()./+").find(c) == std::string_view::npos) {
      out += '|';
    }
  }
  return out;
}

/// How a person is told in a text.
class Person {
 public:
  explicit Person(std::span<const LeadRecord> leads) {
    for (const LeadRecord& lead : leads) {
      ids_.push_back(lead.lead_id);
      if (!lead.email.empty()) emails_.push_back(lower(lead.email));
      // One word alone is many people's.
      if (lead.name.find(' ') != std::string::npos) names_.push_back(lower(lead.name));
      if (std::string number = store::national_number(lead.phone);
          number.size() >= kLeastPhoneDigits) {
        phones_.push_back(std::move(number));
      }
    }
  }

  [[nodiscard]] bool is_lead(std::string_view lead_id) const {
    return std::ranges::find(ids_, lead_id) != ids_.end();
  }
  [[nodiscard]] bool names_lead(std::string_view text) const {
    return std::ranges::any_of(ids_, [&](const auto& id) { return has_word(text, id); });
  }
  [[nodiscard]] bool is_in(std::string_view text) const {
    const std::string plain = lower(text);
    const auto has = [&](const std::string& word) { return has_word(plain, word); };
    if (std::ranges::any_of(emails_, has) || std::ranges::any_of(names_, has)) return true;
    if (phones_.empty()) return false;
    const std::string digits = digits_in(text);
    return std::ranges::any_of(phones_, [&](const auto& p) { return digits.contains(p); });
  }

 private:
  std::vector<std::string> ids_, emails_, names_, phones_;
};

base::Error failed(const fs::path& path) {
  return {base::ErrorCode::kIo, std::strerror(errno), path};
}

/// A file that is written over in place, so that nothing of it is left elsewhere.
class Overwriter {
 public:
  explicit Overwriter(const fs::path& path)
      : file_(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)) {}
  Overwriter(const Overwriter&) = delete;
  Overwriter& operator=(const Overwriter&) = delete;
  ~Overwriter() {
    if (file_ >= 0) ::close(file_);
  }
  [[nodiscard]] bool blank(std::size_t begin, std::size_t bytes) const {
    const std::string blanks(bytes, ' ');
    for (std::size_t done = 0; done < bytes;) {
      const ssize_t wrote =
          ::pwrite(file_, blanks.data() + done, bytes - done, static_cast<off_t>(begin + done));
      if (wrote <= 0) return false;
      done += static_cast<std::size_t>(wrote);
    }
    return true;
  }
  [[nodiscard]] bool sync() const { return ::fsync(file_) == 0; }

 private:
  int file_;
};

/// Blanks the text of rejected rows with the person, byte for byte: an import that goes on finds
/// the file as long as it was. Returns of how many.
base::Result<std::size_t> blank_rejects(const fs::path& path, const Person& person) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return 0;  // no row was rejected
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const Overwriter out(path);
  ingest::CsvRecord record;
  std::size_t blanked = 0;
  for (std::size_t at = 0; at < text.size(); at = record.end) {
    ingest::read_csv_record(text, at, ',', record);
    // What is no good record is looked at as it stands.
    const bool good = record.status == ingest::CsvStatus::kGood && record.fields.size() == 5;
    const std::string_view row = good ? record.fields.back().text : record.text;
    if (row.find_first_not_of(' ') == std::string_view::npos) continue;
    if (!person.names_lead(row) && !person.is_in(row)) continue;
    const auto begin = static_cast<std::size_t>(row.data() - text.data());
    if (!out.blank(begin, row.size())) return std::unexpected(failed(path));
    ++blanked;
  }
  if (blanked > 0 && !out.sync()) return std::unexpected(failed(path));
  return blanked;
}

bool lies_in(const std::string& path, const std::string& folder) {
  return path.starts_with(folder + "/");
}

/// Whether the person is in a file; one that cannot be read may hold anybody.
bool holds(const KeptFiles& kept, const ImportFile& file, const Detail& detail,
           const Person& person) {
  const bool of_people =
      file.kind == ingest::FileKind::kLeads || file.kind == ingest::FileKind::kSignals;
  const auto found = any_record(
      file, detail, kept.funnel, kept.limits, [&](std::string_view lead_id, std::string_view text) {
        return (of_people && person.is_lead(lead_id)) || person.is_in(text);
      });
  return found.value_or(true);
}

}  // namespace

bool has_ended(ImportState state) {
  return state == ImportState::kDone || state == ImportState::kUndone;
}

void forget_files(const std::string& folder_of_import) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder_of_import, error)) {
    if (entry.path().filename() != kRejectsName) files.push_back(entry.path());
  }
  for (const fs::path& file : files) fs::remove(file, error);
}

base::Result<ErasedFiles> erase_from_files(const KeptFiles& kept,
                                           std::span<const LeadRecord> leads) {
  const auto jobs = kept.store.import_jobs(kMostImports);
  if (!jobs) return std::unexpected(jobs.error());
  const Person person(leads);
  ErasedFiles erased;
  for (const store::ImportJob& job : *jobs) {
    const std::string folder = kept.folder + "/" + std::to_string(job.id);
    const auto blanked = blank_rejects(fs::path(folder) / kRejectsName, person);
    if (!blanked) return std::unexpected(blanked.error());
    erased.rejects += *blanked;
    if (has_ended(job.state)) {
      forget_files(folder);
      continue;
    }
    auto detail = read_detail(job.detail);
    if (!detail) return std::unexpected(detail.error());
    const bool has = std::ranges::any_of(detail->files, [&](const ImportFile& file) {
      std::error_code error;
      return lies_in(file.path, folder) && fs::exists(file.path, error) &&
             holds(kept, file, *detail, person);
    });
    if (!has) continue;
    if (job.state == ImportState::kRunning || job.state == ImportState::kUndoing) {
      erased.running.push_back(job.id);
      continue;
    }
    forget_files(folder);
    detail->error =
        "its files are gone, since a person in them was erased: send them again "
        "without";
    store::ImportJob next = job;
    next.state = ImportState::kFailed;
    next.updated_ms = kept.now_ms;
    next.detail = detail_text(*detail);
    if (auto written = kept.store.update_import_job(next); !written)
      return std::unexpected(written.error());
    erased.failed.push_back(job.id);
  }
  return erased;
}

}  // namespace pursuit::imports
