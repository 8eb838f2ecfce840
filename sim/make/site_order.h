// How large a made site is to be.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "sim/core/simulator.h"

namespace tabferry::sim::make {

// How many there are of each; what every new site begins with (core/demo.h) comes on top.
struct Counts {
  uint64_t users = 0;
  uint64_t groups = 0;
  uint64_t members = 0;  // of each group
  uint64_t group_sets = 0;
  uint64_t projects = 0;
  uint64_t workbooks = 0;
  uint64_t datasources = 0;
  uint64_t flows = 0;
  uint64_t virtual_connections = 0;
  uint64_t personal = 0;   // of the workbooks, in personal spaces
  uint64_t revisions = 0;  // older ones of every third content item
  uint64_t custom_views = 0;
  uint64_t schedules = 0;  // on a Server
  uint64_t tasks = 0;      // extract refreshes
  uint64_t flow_tasks = 0;
  uint64_t linked_tasks = 0;
  uint64_t subscriptions = 0;
  uint64_t alerts = 0;
  uint64_t webhooks = 0;
  uint64_t jobs = 0;
  uint64_t favorites = 0;  // of each user
  uint64_t collections = 0;
  uint64_t labels = 0;
  uint64_t warnings = 0;   // data quality warnings
  uint64_t databases = 0;  // with five tables each
  uint64_t pulse = 0;      // definitions, with two metrics each
};

// What a company of that size has.
Counts usual_counts(uint64_t users, uint64_t workbooks);

struct CountOption {
  const char* flag;  // "--groups"
  uint64_t Counts::*count;
  const char* help;
};
std::span<const CountOption> count_options();  // all but users and workbooks

struct SiteOrder {
  uint64_t seed = 1;
  Counts counts;
  Profile profile = Profile::server;
  uint64_t bodies = 24;          // different files of each kind of content; items share them, by turns
  uint64_t body_bytes = 0;       // the size of every package, where that is more than it takes anyway
  std::filesystem::path engine;  // hyperd; empty: no package holds an extract
};

}  // namespace tabferry::sim::make
