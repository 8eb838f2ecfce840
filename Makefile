# The commands of the house. Each one does all its own set-up (Debian 12, root or sudo, the package registries) and asks
# nothing; the second time it is quick. scripts/versions says what is installed.
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

CTEST := ctest --output-on-failure --no-tests=error -j2
# The thread sanitizer of this compiler does not know the wide address randomisation of newer kernels.
FIXED_ADDRESSES := $(shell setarch $$(uname -m) -R true 2>/dev/null && echo setarch $$(uname -m) -R)
# configure PRESET: only the first time; after that the build itself sees what changed.
configure = test -f build/$(1)/build.ninja || cmake --preset $(1)

.PHONY: help build demo test test-long asan asan-readers tsan tidy check lambda-zip package container-root bench-publish bench-backup bench-workers bench-docs bench-sim clean distclean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

build:  ## build/release/tabferry and build/release/tabferry-sim
	@scripts/bootstrap build
	@$(call configure,release)
	@cmake --build build/release --target tabferry tabferry-sim

demo:  ## files become a published data source, on this machine alone
	@scripts/bootstrap demo
	@$(call configure,release)
	@cmake --build build/release --target tabferry tabferry-sim
	@demo/run

test:  ## every test but the long ones
	@scripts/bootstrap test
	@$(call configure,release)
	@cmake --build build/release
	@$(CTEST) --test-dir build/release -LE '^long$$'

test-long:  ## the slow soaks that make test leaves out
	@scripts/bootstrap minio
	@$(call configure,release)
	@cmake --build build/release
	@ctest --output-on-failure -j2 --test-dir build/release -L '^long$$'

asan:  ## unit and contract tests under the address and undefined-behaviour sanitizers
	@scripts/bootstrap demo
	@$(call configure,asan)
	@cmake --build build/asan
	@$(CTEST) --test-dir build/asan -L '^(unit|contract)$$' -LE '^long$$'

# ctest knows the tests of the programs that are built, and no others.
asan-readers:  ## those of them that CI has the time for: of the rooms that read what others wrote
	@scripts/bootstrap demo
	@$(call configure,asan)
	@cmake --build build/asan --target tests_of_readers
	@$(CTEST) --test-dir build/asan -L '^(unit|contract)$$' -LE '^long$$'

tsan:  ## unit and contract tests under the thread sanitizer
	@scripts/bootstrap demo
	@$(call configure,tsan)
	@$(FIXED_ADDRESSES) cmake --build build/tsan
	@TSAN_OPTIONS=die_after_fork=0 $(FIXED_ADDRESSES) $(CTEST) --test-dir build/tsan -L '^(unit|contract)$$' -LE '^long$$'

tidy:  ## clang-tidy over the programs' sources
	@scripts/bootstrap tidy
	@$(call configure,tidy)
	@cmake --build build/tidy --target tabferry tabferry-sim

check:  ## the arrows between the rooms
	@scripts/check-arrows

lambda-zip:  ## build/dist/tabferry-lambda-VERSION.zip, for an AWS Lambda function
	@scripts/bootstrap build
	@$(call configure,release)
	@cmake --build build/release --target tabferry launcher
	@packaging/lambda-zip

package:  ## build/dist/: .deb and .tar.gz of tabferry and of the engine, SHA256SUMS
	@scripts/bootstrap demo
	@$(call configure,release)
	@cmake --build build/release --target tabferry launcher
	@packaging/package

container-root:  ## build/container-root: the container's image as a folder (as root), and a run in it
	@scripts/bootstrap test
	@$(call configure,release)
	@cmake --build build/release --target tabferry tabferry-sim launcher
	@rm -rf build/container-root
	@TABFERRY_CONTAINER_ROOT=$(CURDIR)/build/container-root scripts/pytest -q test/e2e/test_long_packages.py -k container

bench-publish:  ## publishing from S3 beside the usual tools: build/bench/publish.json (BENCH="--help" for its options)
	@scripts/bootstrap test
	@$(call configure,release)
	@cmake --build build/release --target tabferry tabferry-weather
	@.deps/venv/bin/python bench/publish/run.py $(BENCH)

bench-backup:  ## backing up a site beside the usual tools: build/bench/backup.json (BENCH="--help" for its options)
	@scripts/bootstrap test
	@$(call configure,release)
	@cmake --build build/release --target tabferry tabferry-sim
	@.deps/venv/bin/python bench/backup/run.py $(BENCH)

bench-workers:  ## one backup by 1, 2, 4 and 8 workers: build/bench/workers.json (BENCH="--help" for its options)
	@scripts/bootstrap test
	@$(call configure,release)
	@cmake --build build/release --target tabferry tabferry-sim
	@.deps/venv/bin/python bench/workers/run.py $(BENCH)

bench-docs:  ## the tables of docs/performance.md, out of build/bench/publish.json, backup.json and workers.json
	@.deps/venv/bin/python bench/publish/write_docs.py
	@test ! -f build/bench/backup.json || .deps/venv/bin/python bench/backup/write_docs.py
	@test ! -f build/bench/workers.json || .deps/venv/bin/python bench/workers/write_docs.py

bench-sim:  ## how quick and how small tabferry-sim is (BENCH="--help" for its options)
	@scripts/bootstrap test
	@$(call configure,release)
	@cmake --build build/release --target tabferry-sim
	@.deps/venv/bin/python bench/simulator/run.py $(BENCH)

clean:  ## removes build/
	@rm -rf build

distclean: clean  ## removes build/ and .deps/ (the engine and the test tools)
	@rm -rf .deps
