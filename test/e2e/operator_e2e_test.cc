// What an operator's commands tell as JSON, of a real store: good and bad ends, exit statuses.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "e2e/program.h"

namespace pursuit::e2e {
namespace {

using nlohmann::json;

/// The one document on stdout of a run that must end so; null where it is none.
json document(const Ran& ran, int status) {
  EXPECT_EQ(ran.status, status) << ran.err;
  json found = json::parse(ran.out, nullptr, false);
  EXPECT_TRUE(found.is_object()) << ran.out;
  return found.is_object() ? found : json();
}

/// A run that failed prints no document, and one line of why.
void expect_failure(const Ran& ran, int status, const std::string& why) {
  EXPECT_EQ(ran.status, status) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_NE(ran.err.find(why), std::string::npos) << ran.err;
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
}

/// A store `s.db` with an import of the leads A and B, on which another one builds: an event of A.
class ImportJson : public testing::Test {
 protected:
  ImportJson() {
    box_.write("leads.csv",
               "lead_id,created_at,dealer\n"
               "A,2026-05-01T08:00:00Z,Marina\n"
               "B,2026-05-01T09:00:00Z,Marina\n"
               "C,no instant,Marina\n");
    box_.write("events.csv", "lead_id,stage,at\nA,Contacted,2026-05-02T08:00:00Z\n");
    leads_ = box_.pursuit("import --db s.db --leads leads.csv --json");
    events_ = box_.pursuit("import --db s.db --events events.csv --json");
  }
  Sandbox box_;
  Ran leads_, events_;
};

TEST_F(ImportJson, ARunTellsWhatTheApiTellsOfAnImport) {
  const json told = document(leads_, 1);
  EXPECT_EQ(told["id"], 1);
  EXPECT_EQ(told["state"], "done");
  EXPECT_EQ(told["author"], "command line");
  const json counts = {
      {"read", 3}, {"applied", 2}, {"repeated", 0}, {"rejected", 1}, {"ignored", 0}};
  EXPECT_EQ(told["counts"], counts);
  ASSERT_EQ(told["files"].size(), 1u);
  EXPECT_EQ(told["files"][0]["name"], "leads.csv");
  EXPECT_EQ(told["files"][0]["kind"], "leads");
  EXPECT_EQ(told["files"][0]["counts"], counts);
  EXPECT_EQ(document(events_, 0)["counts"]["applied"], 1);
}

TEST_F(ImportJson, ADryRunTellsSamplesAndKeepsNothing) {
  box_.write("more.csv", "lead_id,created_at,colour\nD,2026-05-03T08:00:00Z,red\nE,,red\n");
  const json told = document(box_.pursuit("import --db s.db -l more.csv --dry-run --json"), 1);
  ASSERT_EQ(told["files"].size(), 1u);
  const json& file = told["files"][0];
  EXPECT_EQ(file["name"], "more.csv");
  EXPECT_EQ(file["counts"]["rejected"], 1);
  ASSERT_EQ(file["rejects"].size(), 1u);
  EXPECT_EQ(file["rejects"][0]["line"], 3);
  EXPECT_EQ(file["rejects"][0]["field"], "created_at");
  ASSERT_EQ(file["rows"].size(), 1u);
  EXPECT_EQ(file["rows"][0]["lead_id"], "D");
  EXPECT_EQ(document(box_.pursuit("import --db s.db --list --json"), 0)["items"].size(), 2u);
}

TEST_F(ImportJson, UndoingTellsWhatStaysAndTheListThatItIsUndone) {
  const json told = document(box_.pursuit("import --db s.db --undo 1 --json"), 0);
  EXPECT_EQ(told["state"], "undone");
  EXPECT_EQ(told["undone"], 1);
  EXPECT_EQ(told["kept"], json({"A"}));
  EXPECT_EQ(told["kept_total"], 1);
  const json items = document(box_.pursuit("import --db s.db --list --json"), 0)["items"];
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0]["id"], 2);
  EXPECT_EQ(items[0]["state"], "done");
  EXPECT_EQ(items[1], told);
  EXPECT_EQ(document(box_.pursuit("import --db s.db --undo 1 --json"), 0), told);  // said again
  expect_failure(box_.pursuit("import --db s.db --undo 9 --json"), 3, "no import 9");
}

TEST_F(ImportJson, TheAuditLogHasWhoImportedAndTookBackWhat) {
  ASSERT_EQ(box_.pursuit("import --db s.db --undo 1 -q").status, 0);
  ASSERT_EQ(box_.pursuit("import --db s.db -l leads.csv --dry-run -q").status, 1);
  const json items = document(box_.pursuit("audit list --db s.db --json"), 0)["items"];
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[2]["what"], "imports.run");
  EXPECT_EQ(items[2]["who"], "(command line)");
  EXPECT_EQ(items[1]["subject"], "2");
  EXPECT_EQ(items[0]["what"], "imports.undo");
  EXPECT_EQ(items[0]["subject"], "1");
}

TEST_F(ImportJson, QuietUndoingPrintsTheLeadsThatStayAndNothingElse) {
  const Ran ran = box_.pursuit("import --db s.db --undo 1 -q");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "A\n");
  EXPECT_EQ(ran.err, "");
  const Ran nothing_stays = box_.pursuit("import --db s.db --undo 2 -q");
  EXPECT_EQ(nothing_stays.status, 0);
  EXPECT_EQ(nothing_stays.out, "");
}

TEST_F(ImportJson, AFailurePrintsNoDocument) {
  expect_failure(box_.pursuit("import --db s.db -l away.csv --json"), 3, "away.csv");
  expect_failure(box_.pursuit("import --db s.db -l away.csv --dry-run --json"), 3, "away.csv");
  expect_failure(box_.pursuit("import --db no/where.db --list --json"), 3, "where.db");
}

TEST_F(ImportJson, ACheckCountsLeadsThatStandAndThoseTakenBackApart) {
  ASSERT_EQ(box_.pursuit("import --db s.db --undo 1 -q").status, 0);
  const Ran text = box_.pursuit("check --db s.db");
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.out.find("1 lead (and 1 lead taken back), 1 event,"), std::string::npos)
      << text.out;
  EXPECT_NE(text.out.find("\nsound\n"), std::string::npos) << text.out;
  const json told = document(box_.pursuit("check --db s.db --json"), 0);
  EXPECT_EQ(told["sound"], true);
  EXPECT_EQ(told["counts"], json({{"leads", 1},
                                  {"leads_taken_back", 1},
                                  {"events", 1},
                                  {"outcomes", 0},
                                  {"signals", 0},
                                  {"notes", 0},
                                  {"costs", 0},
                                  {"changes", 4}}));
  EXPECT_EQ(told["problems"], json::array());
}

TEST_F(ImportJson, ACheckOfAStoreThatIsNotSoundSaysSoInBothPlaces) {
  ASSERT_EQ(box_.shell("python3 -c \"import sqlite3; c = sqlite3.connect('s.db');"
                       " c.execute('DELETE FROM stage_event'); c.commit()\"")
                .status,
            0);
  const Ran ran = box_.pursuit("check --db s.db --json");
  const json told = document(ran, 3);
  EXPECT_EQ(told["sound"], false);
  const json wanted = "stage_event has 0 rows and should have 1";
  EXPECT_NE(std::find(told["problems"].begin(), told["problems"].end(), wanted),
            told["problems"].end())
      << told;
  EXPECT_NE(ran.err.find(wanted.get<std::string>()), std::string::npos) << ran.err;
}

TEST(UserJson, AddingListingAndChangingTellUsersAsTheApiDoes) {
  const Sandbox box;
  ASSERT_EQ(box.pursuit("user add huda --db s.db --role admin --everything").status, 0);
  const json added = document(
      box.pursuit("user add sara --db s.db --role sales --owner sara --dealer Marina --json"), 0);
  EXPECT_EQ(added["user"]["name"], "sara");
  EXPECT_EQ(added["user"]["role"], "sales");
  EXPECT_EQ(added["user"]["scope"]["dealers"], json({"Marina"}));
  EXPECT_EQ(added["user"]["scope"]["owner"], "sara");
  EXPECT_EQ(added["url"],
            "http://127.0.0.1:8080/#/sign-in?link=" + added["link"].get<std::string>());
  const json link =
      document(box.pursuit("user reset-link sara --db s.db --url https://p.example --json"), 0);
  EXPECT_EQ(link["url"], "https://p.example/#/sign-in?link=" + link["link"].get<std::string>());
  EXPECT_NE(link["link"], added["link"]);
  const json off = document(box.pursuit("user disable sara --db s.db --json"), 0);
  EXPECT_EQ(off["active"], false);
  const Ran listed = box.pursuit("user list --db s.db --json");
  const json list = document(listed, 0);
  ASSERT_EQ(list["items"].size(), 2u);
  EXPECT_EQ(list["items"][1], off);
  EXPECT_EQ(listed.out.find(link["link"].get<std::string>()), std::string::npos);
  expect_failure(box.pursuit("user add sara --db s.db --json"), 3, "there is a user of that name");
  expect_failure(box.pursuit("user enable nobody --db s.db --json"), 3,
                 "there is no user 'nobody'");
}

TEST(TokenJson, TheSecretIsToldOnceAndTheListHasWhatBecameOfTheToken) {
  const Sandbox box;
  ASSERT_EQ(box.pursuit("user add huda --db s.db --role admin --everything").status, 0);
  const json made =
      document(box.pursuit("token add huda --db s.db --name nightly --role analyst --json"), 0);
  EXPECT_EQ(made["name"], "nightly");
  EXPECT_EQ(made["role"], "analyst");
  EXPECT_EQ(made["revoked_at"], nullptr);
  const auto secret = made["token"].get<std::string>();
  EXPECT_GE(secret.size(), 32u);
  ASSERT_EQ(box.pursuit("token revoke " + made["id"].dump() + " --db s.db").status, 0);
  const Ran listed = box.pursuit("token list --db s.db --json");
  const json items = document(listed, 0)["items"];
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0]["id"], made["id"]);
  EXPECT_NE(items[0]["revoked_at"], nullptr);
  EXPECT_EQ(listed.out.find(secret), std::string::npos);
  expect_failure(box.pursuit("token add nobody --db s.db --json"), 3, "there is no user 'nobody'");
}

TEST(AuditJson, PagesOfTheLogAndTheVerdictOnIt) {
  const Sandbox box;
  ASSERT_EQ(box.pursuit("user add huda --db s.db --role admin --everything").status, 0);
  ASSERT_EQ(box.pursuit("user add sara --db s.db").status, 0);
  const json all = document(box.pursuit("audit list --db s.db --json"), 0);
  const json& items = all["items"];
  ASSERT_EQ(items.size(), 4u);  // two users, a link for each
  EXPECT_EQ(all["next"], nullptr);
  EXPECT_EQ(items[0]["seq"], 4);
  EXPECT_EQ(items[1]["what"], "user.add");
  EXPECT_EQ(items[1]["subject"], "sara");
  EXPECT_TRUE(items[1]["detail"].is_object());
  const json page = document(box.pursuit("audit list --db s.db --limit 3 --json"), 0);
  EXPECT_EQ(page["next"], 2);
  const json rest = document(box.pursuit("audit list --db s.db --before 2 --json"), 0);
  EXPECT_EQ(rest["items"], json::array({items[3]}));

  const json whole = document(box.pursuit("audit verify --db s.db --json"), 0);
  EXPECT_EQ(whole, json({{"seq", 4}, {"hash", items[0]["hash"]}, {"broken", nullptr}}));
  const Ran cut = box.pursuit("audit verify --db s.db --json --expect 9:00");
  EXPECT_TRUE(document(cut, 3)["broken"].is_string());
  EXPECT_NE(cut.err, "");
  expect_failure(box.pursuit("audit verify --db s.db --json --expect nine"), 2, "not SEQ:HASH");
}

TEST(ConfigJson, HasValueAndOriginOfEverySettingAndNoSecret) {
  const Sandbox box;
  box.write("p.toml", "hosts = \"p.example\"\n");
  const Ran ran = box.shell(
      "PURSUIT_REFRESH_MINUTES=5 $PURSUIT config --json -c p.toml --oidc-client-secret hidden-word"
      " --db postgresql://u:hidden-word@h/d");
  const json settings = document(ran, 0)["settings"];
  EXPECT_EQ(settings["refresh_minutes"], json({{"value", 5}, {"origin", "environment"}}));
  EXPECT_EQ(settings["hosts"], json({{"value", "p.example"}, {"origin", "p.toml"}}));
  EXPECT_EQ(settings["log"], json({{"value", "info"}, {"origin", "default"}}));
  EXPECT_EQ(settings["oidc_client_secret"]["value"], "***");
  EXPECT_EQ(settings["db"]["value"], "postgresql://u:***@h/d");
  EXPECT_EQ(ran.out.find("hidden-word"), std::string::npos);
  expect_failure(box.pursuit("config --json --refresh-minutes x"), 2, "refresh_minutes");
}

TEST(PersonJson, ErasingTellsWhatWentByLeadAndImport) {
  const Sandbox box;
  box.write("leads.csv",
            "lead_id,created_at,name,email\nA,2026-05-01T08:00:00Z,Noura,noura@example.com\n");
  ASSERT_EQ(box.pursuit("import --db s.db --leads leads.csv -q").status, 0);
  const json told =
      document(box.pursuit("person erase --db s.db --email NOURA@example.com --json"), 0);
  ASSERT_EQ(told["leads"].size(), 1u);
  EXPECT_EQ(told["leads"][0]["lead_id"], "A");
  EXPECT_EQ(told["leads"][0]["contact"], true);
  EXPECT_EQ(told["imports"],
            json({{"rejects", 0}, {"failed", json::array()}, {"running", json::array()}}));
  const json nobody =
      document(box.pursuit("person erase --db s.db --email noura@example.com --json"), 0);
  EXPECT_EQ(nobody["leads"], json::array());
  expect_failure(box.pursuit("person erase --db s.db --lead X --json"), 3, "no lead X");
}

}  // namespace
}  // namespace pursuit::e2e
