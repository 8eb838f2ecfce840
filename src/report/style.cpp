#include "report/style.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace tabferry::report {
namespace {

// Contrast of text on its ground is at least 4.5 : 1 in both schemes (WCAG 2.2, 1.4.3).
constexpr auto kSheet = R"css(
:root{color-scheme:light dark;--page:#fff;--ink:#1c2430;--soft:#576072;--line:#e1e5eb;--panel:#f6f7f9;--link:#1a5fb4;
--bar:#2f6fba;--done:#1a7f4b;--partial:#9a5b00;--failed:#c02a2a;--partial-panel:#fdf5e6;
--c0:#184376;--c1:#1d4b82;--c2:#22548d;--c3:#275c97;--c4:#2d64a0;--c5:#336ca8;--c6:#3972ad;--c7:#3f78b1}
@media (prefers-color-scheme:dark){:root{--page:#14181e;--ink:#e6e9ee;--soft:#a0a9b8;--line:#2d343f;--panel:#1c2129;--link:#8ab8f2;
--bar:#5b97dd;--done:#57c58c;--partial:#e9b14c;--failed:#f28482;--partial-panel:#2a2417;
--c0:#3a73b5;--c1:#366caa;--c2:#3265a0;--c3:#2e5e95;--c4:#2a578b;--c5:#275080;--c6:#244a77;--c7:#21446e}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:68rem;padding:2.5rem 1.5rem 3rem;background:var(--page);color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}
header{display:grid;grid-template-columns:auto 1fr;gap:0 1rem;padding-bottom:1.5rem;border-bottom:1px solid var(--line)}
header .mark{grid-row:1/span 3;width:2.75rem;height:2.75rem;margin-top:.2rem}
.command{margin:0;color:var(--soft);font-size:.875rem}
.command b{font-weight:600}
h1{margin:.1rem 0 0;font-size:1.5rem;line-height:1.3;font-weight:650;letter-spacing:-.01em;text-wrap:balance}
.lead{margin:.4rem 0 0;color:var(--soft)}
section{margin-top:2.25rem}
h2{display:flex;align-items:center;gap:.5rem;margin:0 0 .75rem;font-size:1.125rem;line-height:1.3;font-weight:650;break-after:avoid}
h2 .mark{flex:none;width:1.25rem;height:1.25rem}
.mark circle{fill:var(--done)}.mark path{fill:none;stroke:var(--page);stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}
.mark.partial circle{fill:var(--partial)}.mark.failed circle{fill:var(--failed)}.mark.cancelled circle{fill:var(--soft)}
.status{font-weight:600;color:var(--done)}.status.partial{color:var(--partial)}.status.failed{color:var(--failed)}.status.cancelled{color:var(--soft)}
dl{margin:0}dt{color:var(--soft);font-size:.875rem}dd{margin:0;unicode-bidi:isolate}
.facts div{display:grid;grid-template-columns:11rem 1fr;gap:0 1rem;padding:.3rem 0;align-items:baseline}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem}
.figures div{padding:.75rem 1rem;background:var(--panel);border-radius:.5rem;break-inside:avoid}
.figures dd{font-size:1.375rem;font-weight:600;line-height:1.3;letter-spacing:-.01em;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1.5rem 2.5rem;margin:1rem 0 1.5rem}
figure{margin:0;min-width:0;break-inside:avoid}figure.areas{grid-column:1/-1}
figcaption{margin-bottom:.6rem;color:var(--soft);font-size:.875rem;font-weight:600}
figure svg{display:block}
svg text{font-size:13px;fill:var(--ink);font-variant-numeric:tabular-nums}
svg .value{text-anchor:end;fill:var(--soft)}
.track{fill:var(--panel)}.bar{fill:var(--bar)}.bar.done{fill:var(--done)}.bar.partial{fill:var(--partial)}.bar.failed{fill:var(--failed)}.bar.cancelled{fill:var(--soft)}.track,.bar{rx:3px}
.tile{stroke:var(--page);stroke-width:2px}
svg .name,svg .size{fill:#fff}svg .name{font-weight:600}
.c0{fill:var(--c0)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}.c5{fill:var(--c5)}.c6{fill:var(--c6)}.c7{fill:var(--c7)}
svg .middle,svg .narrow{display:none}
@media (max-width:1087px){svg .wide{display:none}svg .middle{display:inline}}
.table{margin:1rem 0 1.5rem}
.caption{margin:0 0 .4rem;color:var(--soft);font-size:.875rem;font-weight:600;break-after:avoid}
table{width:100%;border-collapse:collapse;font-size:.9375rem;line-height:1.45}
table.fixed{table-layout:fixed}
th,td{padding:.4rem .75rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
td{unicode-bidi:isolate}
th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
th{color:var(--soft);font-size:.8125rem;font-weight:600;vertical-align:bottom}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tr{break-inside:avoid}thead{display:table-header-group}
details{margin-top:.5rem}
summary{cursor:pointer;width:fit-content;padding:.3rem .75rem;color:var(--link);background:var(--panel);border-radius:.375rem;font-size:.875rem}
details[open] summary{margin-bottom:.25rem}
.warnings,.steps{margin:.75rem 0 0;padding:0;list-style:none}
.warnings li{margin-bottom:.5rem;padding:.55rem .9rem;background:var(--partial-panel);border-left:3px solid var(--partial);border-radius:0 .375rem .375rem 0}
.warnings b{color:var(--partial)}
.steps{padding:.35rem 0 .35rem 1rem;border-left:3px solid var(--line)}.steps li{margin:.2rem 0}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.8125rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:639px){svg .middle{display:none}svg .narrow{display:inline}table.fixed{table-layout:auto}
body{padding:1.5rem 1rem 2rem}h1{font-size:1.25rem}header{gap:0 .75rem}header .mark{width:2rem;height:2rem}
.facts div{grid-template-columns:1fr;padding:.4rem 0}
.stack,.stack tbody,.stack tr,.stack td{display:block}.stack thead,.stack colgroup{display:none}
.stack tr{padding:.6rem 0;border-bottom:1px solid var(--line)}
.stack td{display:grid;grid-template-columns:7.5rem 1fr;gap:.75rem;padding:.1rem 0;border:0;text-align:left}
.stack td::before{content:attr(data-label);color:var(--soft);font-size:.8125rem}
.stack td:empty{display:none}}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--line:#ccc;--panel:#f3f4f6;--link:#000;--bar:#2f6fba;
--done:#1a7f4b;--partial:#9a5b00;--failed:#c02a2a;--partial-panel:#fdf5e6}
html{font-size:10pt}body{max-width:none;padding:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
summary{display:none}details::details-content{content-visibility:visible;display:block;height:auto}}
@page{margin:16mm 14mm}
)css";

// Columns of tables that are shown in two parts: their widths in percent.
std::string column_widths() {
  std::string rules;
  for (int percent = 1; percent <= 100; ++percent) rules += fmt::format(".w{0}{{width:{0}%}}", percent);
  return rules + "\n";
}

}  // namespace

const std::string& style_sheet() {
  static const std::string sheet = kSheet + column_widths();
  return sheet;
}

std::string style_source() {
  const auto& sheet = style_sheet();
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(sheet.data()), sheet.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> text;
  const int length = EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return fmt::format("'sha256-{}'",
                     std::string_view(reinterpret_cast<const char*>(text.data()), static_cast<size_t>(length)));
}

}  // namespace tabferry::report
