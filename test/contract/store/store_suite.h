// What every store promises; each kind of store runs the whole suite. In one source file of a test program:
//
//   #include "contract/store/store_suite.h"
//   namespace tabferry::store {
//   class MyBench : public Bench {...};
//   INSTANTIATE_STORE_SUITE(My, [] { return std::make_unique<MyBench>(); });
//   }
#pragma once

#include "contract/store/condition_suite.h"
#include "contract/store/fault_suite.h"
#include "contract/store/reading_suite.h"
#include "contract/store/small_suite.h"
#include "contract/store/writing_suite.h"

#define INSTANTIATE_STORE_SUITE(name, ...)                                                               \
  INSTANTIATE_TEST_SUITE_P(name, StoreContract, testing::Values(::tabferry::store::BenchMaker{#name, __VA_ARGS__})); \
  INSTANTIATE_TEST_SUITE_P(name, StoreFaults, testing::Values(::tabferry::store::BenchMaker{#name, __VA_ARGS__}))
