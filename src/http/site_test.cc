#include "http/site.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "http/test_server.h"

namespace pursuit::http {
namespace {

/// A folder of its own, gone at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "site-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Router router_of(const Folder& folder) {
  auto site = read_site(folder.path());
  EXPECT_TRUE(site.has_value());
  Router router;
  add_site_routes(router, std::move(*site));
  return router;
}

const std::string kScript = "const words = '" + std::string(5'000, 'w') + "';";

TEST(Site, ServesThePageAtTheRootAndItsFilesBesideIt) {
  const Folder folder;
  folder.write("index.html", "<!doctype html><title>page</title>");
  folder.write("assets/index-1a2b.js", kScript);
  TestServer test({}, router_of(folder));
  Client client(test.endpoint());

  const Answer page = client.get("/");
  EXPECT_EQ(page.status, 200u);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.header("cache-control"), "private, no-cache");
  EXPECT_TRUE(page.header("content-security-policy").starts_with("default-src 'self';"));
  EXPECT_FALSE(page.header("content-security-policy").contains("unsafe"));
  EXPECT_EQ(page.body, "<!doctype html><title>page</title>");

  const Answer script = client.get("/assets/index-1a2b.js");
  EXPECT_EQ(script.header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.header("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(script.header("vary"), "Accept-Encoding");
  EXPECT_EQ(script.body, kScript);
}

TEST(Site, SendsWhatWasCompressedBefore) {
  const Folder folder;
  folder.write("index.html", "<!doctype html>");
  folder.write("assets/index-1a2b.js", kScript);
  TestServer test({}, router_of(folder));
  Client client(test.endpoint());
  const Answer packed = client.get("/assets/index-1a2b.js", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), kScript.size() / 10);
}

TEST(Site, AnswersThatNothingChanged) {
  const Folder folder;
  folder.write("index.html", "<!doctype html>");
  TestServer test({}, router_of(folder));
  Client client(test.endpoint());
  const std::string tag = client.get("/").header("etag");
  ASSERT_FALSE(tag.empty());
  EXPECT_EQ(client.get("/", "If-None-Match: " + tag + "\r\n").status, 304u);
  EXPECT_EQ(client.get("/", "If-None-Match: \"another\"\r\n").status, 200u);
}

TEST(Site, HasNothingElse) {
  const Folder folder;
  folder.write("index.html", "<!doctype html>");
  folder.write("assets/a.css", "a{}");
  TestServer test({}, router_of(folder));
  Client client(test.endpoint());
  EXPECT_EQ(client.get("/today").status, 404u);
  EXPECT_EQ(client.get("/assets/").status, 404u);
  EXPECT_EQ(client.get("/index.html").status, 404u);
  EXPECT_EQ(client.get("/assets/%2e%2e/index.html").status, 400u);
}

TEST(Site, IsRefusedWithoutAPage) {
  const Folder folder;
  folder.write("readme.txt", "nothing");
  const auto site = read_site(folder.path());
  ASSERT_FALSE(site.has_value());
  EXPECT_EQ(site.error().code, base::ErrorCode::kNotFound);
}

}  // namespace
}  // namespace pursuit::http
