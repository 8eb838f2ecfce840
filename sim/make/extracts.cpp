#include "sim/make/extracts.h"

#include <fmt/format.h>

#include "base/error.h"
#include "hyper/engine.h"
#include "hyper/session.h"
#include "io/file.h"
#include "sim/make/shapes.h"

namespace tabferry::sim::make {
namespace {

constexpr uint64_t kFewestRows = 50;  // of the first shape; each further one has more

uint64_t fill(hyper::Session& session, const Shape& shape, uint64_t seed, uint64_t rows) {
  const auto table = extract_table(shape);
  session.create_table(table);
  auto copy = session.copy_in(table, {});
  copy.write(csv_rows(shape, seed, rows));
  const auto result = copy.finish();
  if (result.bad) {
    base::fail(base::ErrorKind::bug, "making an extract of {}: row {}: {}", shape.name, result.bad->record,
               result.bad->reason);
  }
  return result.rows;
}

}  // namespace

std::vector<Extract> make_extracts(const std::filesystem::path& engine, const std::filesystem::path& folder,
                                   uint64_t seed, std::stop_token stop) {
  const auto running = hyper::Engine::start({.program = engine, .folder = folder}, stop);
  auto session = running.connect(stop);
  std::vector<Extract> made;
  for (size_t at = 0; at < shapes().size(); ++at) {
    Extract extract{.file = folder / fmt::format("extract{}.hyper", at), .shape = at};
    session.create_database(extract.file.string());
    extract.rows = fill(session, shapes()[at], seed, kFewestRows * (at + 1));
    session.detach();
    extract.size_bytes = io::size_of(extract.file);
    made.push_back(std::move(extract));
  }
  return made;
}

}  // namespace tabferry::sim::make
