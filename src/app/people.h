// app/people.h: looking after users, tokens and the audit log of a store, with or without a service
// that uses it meanwhile. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "access/access.h"
#include "access/audit.h"
#include "app/exit_status.h"
#include "base/clock.h"
#include "store/store.h"

namespace pursuit::app {

/// A store that was opened to look after its people.
struct People {
  std::unique_ptr<store::Store> store;
  std::unique_ptr<access::Access> access;
};
[[nodiscard]] Outcome<People> open_people(const std::string& db, const base::Clock& clock);

/// The key of ServerConfig, from its file or itself; nothing: there is none. kUsage: it is no key.
[[nodiscard]] base::Result<std::optional<access::Sealer>> read_sealer(const std::string& key,
                                                                      const std::string& file);

/// Who the program is in the audit log when somebody at its command line does something.
[[nodiscard]] access::Actor command_line_actor();

/// Where a link that signs in leads: the secret is in the fragment, which no server sees.
[[nodiscard]] std::string link_url(const std::string& url, const std::string& secret);

}  // namespace pursuit::app
