// sample/catalogue.h: the invented world of the sample: markets, names, nameplates, channels,
// campaigns, and how leads behave in each stage. Constants, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pursuit::sample {

struct Market {
  std::string_view code;
  double share;            // of leads
  int utc_offset_minutes;  // daylight saving left out
  std::uint8_t rest_days;  // bit 0 is Thursday (the weekday of day 0), bit 1 Friday, bit 2 …
  double pace;             // factor on durations
  std::string_view zone;   // IANA
  std::array<std::string_view, 4> cities;
};

inline constexpr std::array<Market, 10> kMarkets = {{
    {"KSA", 0.33, 180, 0b0110, 1.00, "Asia/Riyadh", {"Riyadh", "Jeddah", "Dammam", "Abha"}},
    {"UAE", 0.21, 240, 0b1100, 0.80, "Asia/Dubai", {"Dubai", "Abu Dhabi", "Sharjah", "Al Ain"}},
    {"KWT", 0.10, 180, 0b0110, 1.05, "Asia/Kuwait", {"Shuwaikh", "Ahmadi", "Jahra", "Hawalli"}},
    {"EGY", 0.09, 120, 0b0110, 1.35, "Africa/Cairo", {"Cairo", "Giza", "Alexandria", "Mansoura"}},
    {"QAT", 0.08, 180, 0b0110, 0.90, "Asia/Qatar", {"Doha", "Al Wakrah", "Al Khor", "Lusail"}},
    {"OMN", 0.06, 240, 0b0110, 1.10, "Asia/Muscat", {"Muscat", "Salalah", "Sohar", "Nizwa"}},
    {"BHR", 0.05, 180, 0b0110, 0.95, "Asia/Bahrain", {"Manama", "Riffa", "Sitra", "Muharraq"}},
    {"LBN", 0.03, 120, 0b1100, 1.40, "Asia/Beirut", {"Beirut", "Tripoli", "Sidon", "Zahle"}},
    {"JOR", 0.03, 180, 0b0110, 1.20, "Asia/Amman", {"Amman", "Irbid", "Zarqa", "Aqaba"}},
    {"IRQ", 0.02, 180, 0b0110, 1.50, "Asia/Baghdad", {"Baghdad", "Erbil", "Basra", "Najaf"}},
}};

/// Dealer groups: the short name that its dealers carry, and the full one. One needs quotes in CSV.
struct GroupName {
  std::string_view brief;
  std::string_view full;
};
inline constexpr std::array<GroupName, 16> kGroups = {{
    {"Al Noor", "Al Noor Motors"},
    {"Gulf Star", "Gulf Star Automotive"},
    {"Al Waha", "Al Waha, Sons & Partners"},
    {"Sadaf", "Sadaf Trading"},
    {"Al Rimal", "Al Rimal Motors"},
    {"Nakheel Auto", "Nakheel Auto Group"},
    {"Qamar", "Qamar Vehicles"},
    {"Falcon", "Falcon Mobility"},
    {"Al Bahr", "Al Bahr Motors"},
    {"Jabal", "Jabal Auto House"},
    {"Marjan", "Marjan Cars"},
    {"Al Dana", "Al Dana Automotive"},
    {"Zafran", "Zafran Motors"},
    {"Shorouq", "Shorouq Group"},
    {"Al Fajr", "Al Fajr Trading"},
    {"Rawabi", "Rawabi Motors"},
}};

struct Nameplate {
  std::string_view product;
  std::string_view name;
  double share;
  std::int32_t price;
  double pace;
};
inline constexpr std::array<Nameplate, 14> kNameplates = {{
    {"SUV", "Sahra", 0.17, 268'000, 1.15},
    {"SUV", "Rimal", 0.13, 189'000, 1.00},
    {"SUV", "Wadi", 0.09, 142'000, 0.95},
    {"Crossover", "Reem", 0.12, 98'000, 0.90},
    {"Crossover", "Dana", 0.09, 84'000, 0.90},
    {"Sedan", "Najm", 0.10, 76'000, 0.85},
    {"Sedan", "Safir", 0.06, 121'000, 1.00},
    {"Truck", "Nimr", 0.08, 156'000, 1.10},
    {"Truck", "Jabal HD", 0.03, 214'000, 1.60},
    {"Van", "Qafila", 0.03, 132'000, 1.50},
    {"Electric", "Barq", 0.04, 205'000, 1.30},
    {"Electric", "Shams", 0.03, 149'000, 1.25},
    {"Sport", "Saqr", 0.02, 342'000, 1.20},
    {"", "Not decided", 0.01, 110'000, 1.30},
}};

struct Channel {
  std::string_view name;
  double share;
  double quality;  // divides the chance to be lost
  double pace;
};
inline constexpr std::array<Channel, 9> kChannels = {{
    {"website", 0.30, 0.90, 1.00},
    {"walk-in", 0.19, 1.50, 0.70},
    {"phone", 0.14, 1.15, 0.85},
    {"social", 0.14, 0.70, 1.15},
    {"marketplace", 0.09, 0.75, 1.10},
    {"referral", 0.06, 1.80, 0.80},
    {"event", 0.05, 0.85, 1.20},
    {"fleet", 0.022, 1.30, 2.20},
    {"", 0.008, 0.80, 1.30},
}};

inline constexpr std::array<std::string_view, 12> kCampaigns = {
    "Spring service week", "Ramadan offers", "عروض رمضان",     "Summer drive",
    "Back to school",      "National day",   "White Friday",   "Year end",
    "Test-drive weekend",  "Trade-in bonus", "0 %, 36 months", "Fleet days"};

inline constexpr std::array<std::string_view, 24> kFirstNames = {
    "Omar",  "Layla", "Yousef",  "Fatima", "Khalid", "Noor", "Hassan", "Mariam",
    "Ahmed", "Sara",  "Ibrahim", "Aisha",  "Tariq",  "Huda", "Faisal", "Rana",
    "Ali",   "Dina",  "Majid",   "Salma",  "Ziad",   "Amal", "Karim",  "Lina"};
inline constexpr std::array<std::string_view, 24> kLastNames = {
    "Haddad", "Al Harbi",   "Khoury",     "Mansour", "Al Otaibi", "Saleh",     "Nasser", "Al Ali",
    "Farouk", "Darwish",    "Al Suwaidi", "Hamdan",  "Aziz",      "Al Kuwari", "Rahman", "Jaber",
    "Sabah",  "Al Busaidi", "Tawfik",     "Qasim",   "Shaheen",   "Al Zayani", "Habib",  "Younis"};

inline constexpr std::array<std::string_view, 6> kStages = {"Created",  "Contacted", "Experiencing",
                                                            "Deciding", "Converted", "Lost"};
inline constexpr std::uint8_t kOpenStages = 4;
inline constexpr std::uint8_t kWon = 4;
inline constexpr std::uint8_t kLost = 5;

/// What a lead does in an open stage; the chances that are left go to the next stage.
struct StageBehaviour {
  double median_hours;
  double sigma;    // of the logarithm of the duration
  double lost;     // chance to be lost, divided by the quality of channel and dealer
  double skip;     // chance to pass over the next stage
  double regress;  // chance to fall back one stage
  double repeat;   // chance of an event of the same stage before anything else
  double stall;    // chance that nothing more happens, or only a clean-up much later
};
inline constexpr std::array<StageBehaviour, kOpenStages> kBehaviour = {{
    {9, 1.25, 0.18, 0.06, 0.00, 0.12, 0.055},
    {42, 1.05, 0.17, 0.04, 0.03, 0.16, 0.070},
    {90, 0.95, 0.16, 0.03, 0.06, 0.13, 0.070},
    {110, 1.00, 0.29, 0.00, 0.08, 0.14, 0.075},
}};

inline constexpr std::array<std::string_view, 6> kLostReasons = {
    "price", "bought elsewhere", "finance declined", "no answer", "postponed", "no stock"};
inline constexpr std::array<std::string_view, 6> kSignalKinds = {
    "touch", "note", "test_drive", "engagement", "assessment", "propensity"};
inline constexpr std::size_t kFirstValuedSignal = 3;

}  // namespace pursuit::sample
