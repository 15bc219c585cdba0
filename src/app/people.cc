#include "app/people.h"

#include <fstream>
#include <iterator>

#include "app/system_random.h"
#include "base/limits.h"

namespace pursuit::app {

Outcome<People> open_people(const std::string& db, const base::Clock& clock) {
  auto store = store::Store::open({.url = db, .opened_at_ms = clock.now_ms()});
  if (!store) return fail(ExitStatus::kInput, store.error());
  access::AccessOptions options;
  options.random = system_random();
  auto access = std::make_unique<access::Access>(**store, clock, std::move(options));
  return People{.store = std::move(*store), .access = std::move(access)};
}

base::Result<std::optional<access::Sealer>> read_sealer(const std::string& key,
                                                        const std::string& file) {
  if (key.empty() && file.empty()) return std::nullopt;
  std::string text = key;
  if (key.empty()) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return base::fail(base::ErrorCode::kNotFound, "cannot be read", file);
    text.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  auto sealer = access::Sealer::from_text(text);
  if (!sealer) return std::unexpected(sealer.error());
  return *sealer;
}

access::Actor command_line_actor() { return {.name = "(command line)", .address = {}}; }

std::string link_url(const std::string& url, const std::string& secret) {
  return url + "/#/sign-in?link=" + secret;
}

}  // namespace pursuit::app
