#include "oidc/fetch.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <curl/curl.h>

namespace pursuit::oidc {
namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Sink {
  std::string body;
  std::size_t most = 0;
  bool is_over = false;
};

std::size_t take(char* data, std::size_t, std::size_t size, void* into) {
  auto& sink = *static_cast<Sink*>(into);
  if (size > sink.most - sink.body.size()) {
    sink.is_over = true;
    return 0;  // ends the transfer
  }
  sink.body.append(data, size);
  return size;
}

void set_up_once() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

/// A URL as libcurl reads it, which is what counts: it is the one that connects. (Boost.URL 1.81
/// takes 127.0.0.1.example for an address with a path.)
class Url {
 public:
  explicit Url(const std::string& text) : url_(curl_url(), &curl_url_cleanup) {
    is_valid_ = url_ && !text.contains(":///") &&
                curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
  }
  /// Empty: there is none.
  [[nodiscard]] std::string part(CURLUPart which, unsigned flags = 0) const {
    char* text = nullptr;
    if (!is_valid_ || curl_url_get(url_.get(), which, &text, flags) != CURLUE_OK) return {};
    std::string out(text);
    curl_free(text);
    return out;
  }
  [[nodiscard]] bool has(CURLUPart which) const { return !part(which).empty(); }
  [[nodiscard]] bool is_on_loopback() const {
    const std::string host = part(CURLUPART_HOST);
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
    return host == "localhost" || host == "[::1]";
  }

 private:
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_;
  bool is_valid_ = false;
};

/// Everything but the request itself.
void set_rules(CURL* handle, const std::string& url, const std::string& ca_file,
               const FetchLimits& limits) {
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);  // a signal would hit any thread
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, is_on_loopback(url) ? "http,https" : "https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, limits.connect_ms);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, limits.total_ms);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "Pursuit");
  if (!ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file.c_str());
  // What is on this machine is not reached by way of another one.
  if (is_on_loopback(url)) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
}

}  // namespace

bool is_on_loopback(const std::string& url) { return Url(url).is_on_loopback(); }

bool may_fetch(const std::string& url) {
  const Url parsed(url);
  if (!parsed.has(CURLUPART_HOST) || parsed.has(CURLUPART_USER) || parsed.has(CURLUPART_PASSWORD) ||
      parsed.has(CURLUPART_FRAGMENT))
    return false;
  const std::string scheme = parsed.part(CURLUPART_SCHEME);
  return scheme == "https" || (scheme == "http" && parsed.is_on_loopback());
}

std::string authority_of(const std::string& url) {
  if (!may_fetch(url)) return {};
  const Url parsed(url);
  std::string authority =
      parsed.part(CURLUPART_HOST) + ":" + parsed.part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
  for (char& c : authority) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return authority;
}

NetworkFetch::NetworkFetch(std::string ca_file, FetchLimits limits)
    : ca_file_(std::move(ca_file)), limits_(limits) {
  set_up_once();
}

base::Result<FetchAnswer> NetworkFetch::fetch(const FetchRequest& request) const {
  if (!may_fetch(request.url))
    return base::fail(base::ErrorCode::kUsage, "not https, nor http on this machine", request.url);
  const Handle handle(curl_easy_init(), &curl_easy_cleanup);
  const Headers headers(curl_slist_append(nullptr, "Accept: application/json"),
                        &curl_slist_free_all);
  if (!handle || !headers)
    return base::fail(base::ErrorCode::kLimit, "no memory for a request", request.url);
  Sink sink{.body = {}, .most = limits_.body_bytes};
  set_rules(handle.get(), request.url, ca_file_, limits_);
  curl_easy_setopt(handle.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &take);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &sink);
  if (!request.form.empty()) {
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, request.form.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(request.form.size()));
  }
  if (!request.basic.empty()) {
    curl_easy_setopt(handle.get(), CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(handle.get(), CURLOPT_USERPWD, request.basic.c_str());
  }
  const CURLcode code = curl_easy_perform(handle.get());
  if (sink.is_over)
    return base::fail(base::ErrorCode::kLimit, "the answer is too long", request.url);
  if (code != CURLE_OK)
    return base::fail(base::ErrorCode::kIo, curl_easy_strerror(code), request.url);
  FetchAnswer answer{.status = 0, .body = std::move(sink.body)};
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace pursuit::oidc
