#include "sim/make/names.h"

#include <fmt/format.h>

#include <array>

namespace tabferry::sim::make {
namespace {

constexpr size_t kLongest = 60;  // characters

constexpr std::array kTopics = {"Sales",     "Finance", "Churn",   "Inventory",   "Marketing", "Support",
                                "Logistics", "People",  "Quality", "Web Traffic", "Energy",    "Claims"};

// "{0}": the kind's word, "{1}": the number.
constexpr std::array kOddForms = {
    "{0} 売上 {1}",
    "Größe & Übermaß – {0} {1}",
    "📈 {0} {1} 🚀",
    "\"Quoted\" {0} & 'single' {1}",
    "<b>{0}</b> ]]> {1}",
    "A/B {0} Q1/Q2 {1}",
    "100% {0}? 50+50 #{1}",
    "{0}, EMEA; north: {1}",
    "..\\{0}\\%2F {1}",
    "Отчёт {0} {1}",
    "تقرير {0} {1}",
    "e\u0301 and \u00e9 {0} {1}",  // the same letter, composed and not
};

constexpr std::array kFirst = {"Ada", "Bruno", "Chiara", "Dmitri", "Emeka", "Fatima", "Günter", "Hana", "Íñigo", "Jun"};
constexpr std::array kLast = {"Okafor", "Müller", "D'Angelo", "Nakamura", "Smith & Sons", "Ødegård", "O\"Neil", "Zhao"};
constexpr std::array kPlainFirst = {"ada",    "bruno",  "chiara", "dmitri", "emeka",
                                    "fatima", "gunter", "hana",   "inigo",  "jun"};
constexpr std::array kPlainLast = {"okafor", "muller", "dangelo", "nakamura", "smith", "odegard", "oneil", "zhao"};

std::string_view word_of(Named kind) {
  switch (kind) {
    case Named::project:
      return "Project";
    case Named::workbook:
      return "Report";
    case Named::datasource:
      return "Source";
    case Named::flow:
      return "Flow";
    case Named::sheet:
      return "Sheet";
    case Named::dashboard:
      return "Dashboard";
    case Named::group:
      return "Team";
    case Named::collection:
      return "Collection";
    case Named::connection:
      return "Virtual connection";
  }
  return "";
}

// ASCII text, so that bytes are characters.
std::string longest(std::string_view word, uint64_t number) {
  const std::string tail = fmt::format(" {}", number);
  std::string name = fmt::format("The {} whose name is as long as a name is allowed to be", word);
  name.resize(kLongest - tail.size(), '.');
  return name + tail;
}

}  // namespace

std::string name_of(Named kind, uint64_t number) {
  const std::string_view word = word_of(kind);
  if (number % 3 != 1) return fmt::format("{} {} {}", kTopics[number % kTopics.size()], word, number);
  const uint64_t form = number / 3 % (kOddForms.size() + 1);
  return form == kOddForms.size() ? longest(word, number) : fmt::format(fmt::runtime(kOddForms[form]), word, number);
}

std::string other_case(std::string_view name) {
  std::string other(name);
  for (char& letter : other) {
    if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')) letter = static_cast<char>(letter ^ 0x20);
  }
  return other;
}

PersonName person(uint64_t number) {
  const size_t first = number % kFirst.size(), last = number / kFirst.size() % kLast.size();
  return {.user = fmt::format("{}.{}{}@example.com", kPlainFirst[first], kPlainLast[last], number),
          .full = fmt::format("{} {}", kFirst[first], kLast[last])};
}

std::string description_of(uint64_t number) {
  if (number % 3 == 2) return "";
  if (number % 5 != 0) return fmt::format("What number {} is about.", number);
  return fmt::format("Line one of {0}: \"quoted\" & <tagged> ]]>\nline two\twith a tab, 説明 🧭\n\n{0} ends here.",
                     number);
}

std::string file_name_of(std::string_view name) {
  std::string file(name);
  for (char& letter : file) {
    if (std::string_view("/\\:*?\"<>|").find(letter) != std::string_view::npos) letter = '_';
  }
  return file;
}

}  // namespace tabferry::sim::make
