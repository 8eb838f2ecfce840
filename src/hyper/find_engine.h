// Where hyperd may be: the search of find_engine() as a value, so that it can be read and tested.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tabferry::hyper {

struct Surroundings {
  std::filesystem::path own_program;      // our own binary
  std::string engine_variable;            // $TABFERRY_HYPERD, $VIRTUAL_ENV, $HOME, $PATH; "" where unset
  std::string virtual_env;
  std::string home;
  std::string path;
  std::filesystem::path root = "/";       // above usr/lib/python3 ...
};
Surroundings surroundings_of_this_process();

// In the order of the search; existing or not, but folders with a python version in their name are looked up.
std::vector<std::filesystem::path> usual_places(const Surroundings& around);

std::filesystem::path find_engine(const std::string& flag, const Surroundings& around);

}  // namespace tabferry::hyper
