#include "publish/packing.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"

namespace tabferry::publish {
namespace {

constexpr uint64_t kWorthALook = uint64_t{8} << 20;

uint64_t bytes_saved(uint64_t extract_bytes, const package::Deflation& deflation) {
  return extract_bytes - std::min(extract_bytes, deflation.packed_bytes);
}

}  // namespace

bool ends_sooner(uint64_t extract_bytes, const package::Deflation& deflation, uint64_t uplink) {
  const auto saved = static_cast<double>(bytes_saved(extract_bytes, deflation));
  return deflation.seconds < saved / static_cast<double>(uplink);
}

PackingChoice choose_packing(Packing wanted, const std::filesystem::path& hyper_file, uint64_t uplink) {
  const uint64_t size_bytes = io::size_of(hyper_file);
  PackingChoice stored{.expected_bytes = size_bytes};
  if (wanted == Packing::stored) return stored;
  if (wanted == Packing::automatic && (uplink == 0 || size_bytes < kWorthALook)) return stored;
  const auto deflation = package::estimate_deflation(hyper_file);
  const auto words =
      fmt::format("deflating the extract would take about {} and save {} of {}", base::human_seconds(deflation.seconds),
                  base::human_bytes(bytes_saved(size_bytes, deflation)), base::human_bytes(size_bytes));
  const bool deflated = wanted == Packing::deflated || ends_sooner(size_bytes, deflation, uplink);
  if (wanted == Packing::automatic)
    stored.why =
        fmt::format("{}; at {} a second that is {}worth it", words, base::human_bytes(uplink), deflated ? "" : "not ");
  if (!deflated) return stored;
  return {.compression = package::Compression::deflated, .expected_bytes = deflation.packed_bytes, .why = stored.why};
}

}  // namespace tabferry::publish
