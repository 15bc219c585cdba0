#include "store/scrub.h"

#include "store/connection.h"
#include "store/failure.h"

namespace pursuit::store {

base::Result<void> scrub(const std::string& url) {
  constexpr base::Millis kBusyTimeoutMs = 60'000;
  const Place place = Place::of(url);
  return guarded(
      place.shown(),
      [&] {
        Connection connection(place, Use::kWrite, kBusyTimeoutMs);
        if (connection.postgres()) {
          connection.script("VACUUM contact, word, note, signal, action, lead_edit");
          return;
        }
        // The new pages are made in a file: in memory there may be no room for them.
        connection.script("PRAGMA temp_store = FILE");
        connection.script("VACUUM");
        connection.script("PRAGMA wal_checkpoint(TRUNCATE)");
      },
      [](Fault) {});
}

}  // namespace pursuit::store
