// http/event_hub.h: the last events, kept once and shared by every stream of server-sent events. A
// stream is a cursor into this ring, so thousands of slow clients cost no more memory than one.
// Every function may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "http/request.h"

namespace pursuit::http {

/// One event, serialised once for all clients.
struct Event {
  std::uint64_t number;           // 1, 2, … of its hub
  std::string name;               // the `event:` field
  std::vector<NameValue> labels;  // what filters look at; never sent
  std::string frame;              // the bytes on the wire: id, event, data, empty line
};

/// Whether a client gets an event. It must not throw.
using EventFilter = std::function<bool(const Event&)>;

class EventHub {
 public:
  struct Options {
    /// Part of every id, different after each start of the program: ids of an earlier run, whose
    /// events are gone, are then known to be foreign. Letters and digits.
    std::string epoch;
    std::size_t max_events = 8'192;
    std::size_t max_bytes = 16u << 20;
  };

  /// How `Cursor::take` ended.
  enum class Taken : std::uint8_t {
    kEvents,  // one or more events
    kNone,    // none yet: `wake` is called once, when there may be some
    kBehind,  // events that this client had not taken are gone from the ring
    kClosed,  // the hub is closed and everything was taken
  };

  /// The place of one client. Used by one thread at a time; it keeps the hub alive.
  class Cursor {
   public:
    Cursor(std::shared_ptr<EventHub> hub, EventFilter filter, std::function<void()> wake);
    ~Cursor();
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    /// Goes to just behind the event with this id, or to the end of the ring when `id` is empty.
    /// False: the id is not known, or events after it are gone; the cursor is at the end then.
    [[nodiscard]] bool resume(std::string_view id);
    /// Takes the next events that the filter lets through, about `max_bytes` of them.
    [[nodiscard]] Taken take(std::size_t max_bytes,
                             std::vector<std::shared_ptr<const Event>>& events);
    /// The id just before the next event: what a client that has everything so far should send.
    [[nodiscard]] std::string position() const;

   private:
    friend class EventHub;
    std::shared_ptr<EventHub> hub_;
    EventFilter filter_;
    std::function<void()> wake_;
    std::uint64_t next_ = 1;
  };

  EventHub() : EventHub(Options{}) {}
  explicit EventHub(Options options);

  /// Adds an event and wakes the streams that wait. `data` may have several lines. Returns its
  /// number. Nothing is added to a closed hub.
  std::uint64_t publish(std::string_view name, std::string_view data,
                        std::vector<NameValue> labels = {});
  /// Ends every stream once it has what was published; new ones end at once.
  void close();

  [[nodiscard]] std::size_t kept_events() const;
  [[nodiscard]] std::size_t kept_bytes() const;

 private:
  [[nodiscard]] std::string id_of(std::uint64_t number) const;
  [[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view id) const;
  void wake_all();

  const Options options_;
  mutable std::mutex mutex_;  // guards everything below
  std::deque<std::shared_ptr<const Event>> ring_;
  std::size_t ring_bytes_ = 0;
  std::uint64_t next_number_ = 1;
  bool closed_ = false;
  std::unordered_set<Cursor*> waiting_;
};

}  // namespace pursuit::http
