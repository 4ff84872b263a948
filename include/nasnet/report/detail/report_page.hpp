/// The frame of a report: style sheet and script.
#pragma once

#include <string_view>  // string_view

#include "nasnet/config.hpp"

namespace nasnet::inline NASNET_ABI::detail {

NASNET_LAZY [[nodiscard]] inline std::string_view report_style() {
  return R"css(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--edge:#e3e6eb;--text:#1b1f27;--soft:#5c6473;--faint:#8a92a0;
--mark:#2f6fde;--best:#d9541e;--line:#1b1f27;--bad:#b4232c}
@media (prefers-color-scheme:dark){:root{--page:#101318;--card:#181c23;--edge:#2a303a;--text:#e7e9ee;--soft:#a3abb8;
--faint:#727b8a;--mark:#6ea3ff;--best:#ff8a50;--line:#e7e9ee;--bad:#ff7b80}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{max-width:1120px;margin:0 auto;padding:40px 24px 56px}
h1{font-size:28px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:17px;margin:0 0 12px}
h3{font-size:14px;font-weight:600;margin:18px 0 4px}
p{margin:0 0 8px}.soft{color:var(--soft)}.small{font-size:13px}
section{background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:20px 22px;margin-top:20px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;margin-top:24px}
.tile{background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:14px 18px}
.tile b{display:block;font-size:23px;line-height:1.3;white-space:nowrap;font-weight:650;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}.tile.first b{color:var(--best)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:20px}
.pair section{margin-top:20px}.pair+section{margin-top:20px}
figure{margin:0}figcaption{color:var(--soft);font-size:13px;margin-top:4px}
.chart{display:block;width:100%;height:auto}
.chart text{font-size:12px;fill:var(--soft);font-family:inherit;font-variant-numeric:tabular-nums}
.grid{stroke:var(--edge)}.tick,.base{stroke:var(--faint)}
.trial{fill:var(--mark);fill-opacity:.55}.trial:hover{fill-opacity:1}
.trial.part{fill:none;stroke:var(--mark);stroke-opacity:.55}
.winner{fill:var(--best);stroke:var(--card);stroke-width:1.5}
.failed{stroke:var(--bad);stroke-width:1.4;fill:none}
.running,.front,.baseline{fill:none;stroke:var(--line);stroke-width:1.6;stroke-linejoin:round}
.front{stroke-width:1.2;stroke-opacity:.6}.baseline{stroke:var(--faint);stroke-dasharray:5 4}
.key{display:inline-block;width:18px;height:10px;margin:0 5px 0 14px;vertical-align:middle}
.key:first-child{margin-left:0}
.cells{display:flex;flex-wrap:wrap;gap:28px 48px;justify-content:center;align-items:flex-end}
.cells figure{max-width:100%}.cells figcaption{text-align:center;font-weight:600;color:var(--text);margin:0 0 10px}
.cells+*{margin-top:18px}.cells svg{max-width:100%;height:auto;display:block;margin:0 auto}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,310px),1fr));gap:2px 36px;margin:0}
dl div{display:flex;justify-content:space-between;gap:16px;border-bottom:1px solid var(--edge);padding:5px 0}
dl .row{grid-column:1/-1}dt{color:var(--soft)}
dd{margin:0;min-width:35%;text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
th{text-align:right;font-weight:600;color:var(--soft);white-space:nowrap;background:var(--card);
border-bottom:1px solid var(--faint);padding:6px 10px}
td{text-align:right;padding:5px 10px;border-bottom:1px solid var(--edge);white-space:nowrap;vertical-align:top}
th.text,td.text{text-align:left}td.free{white-space:normal;overflow-wrap:anywhere;min-width:260px}
tr.best td{color:var(--best);font-weight:600}tr.best td.free{font-weight:400;color:inherit}
.bad{color:var(--bad)}
th button{all:unset;cursor:pointer}th button:focus-visible{outline:2px solid var(--mark);outline-offset:2px}
th[aria-sort=ascending] button::after{content:" \2191"}th[aria-sort=descending] button::after{content:" \2193"}
summary{cursor:pointer;color:var(--soft)}dl+details{margin-top:14px}summary+dl{margin-top:10px}
code,pre{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{margin:8px 0 0;overflow-x:auto}
footer{color:var(--faint);font-size:13px;margin-top:24px}
@media print{.pair{grid-template-columns:1fr 1fr}.tiles{grid-template-columns:repeat(6,1fr)}
.tile b{font-size:16px}.tile{padding:8px 10px}body{background:#fff;font-size:11px}main{max-width:none;padding:0}
section,.tile{break-inside:avoid}
section.long{break-inside:auto}tr{break-inside:avoid}details:not([open]){display:none}}
)css";
}

/// Colours of the curves of a study, apart in light and dark and for the colour-blind (Okabe and Ito's, adapted).
NASNET_LAZY [[nodiscard]] inline std::string_view study_style() {
  return R"css(
:root{--series0:#7a8290;--series1:#2f6fde;--series2:#d9541e;--series3:#00896b;--series4:#b0408c;--series5:#9a7400}
@media (prefers-color-scheme:dark){:root{--series0:#a3abb8;--series1:#6ea3ff;--series2:#ff8a50;--series3:#3ccfa6;
--series4:#e58fc9;--series5:#e0b93a}}
.series0{--ink:var(--series0)}.series1{--ink:var(--series1)}.series2{--ink:var(--series2)}
.series3{--ink:var(--series3)}.series4{--ink:var(--series4)}.series5{--ink:var(--series5)}
.curve{fill:none;stroke:var(--ink);stroke-width:1.8;stroke-linejoin:round}.band{fill:var(--ink);fill-opacity:.16}
)css";
}

/// Makes the heads of `table.sortable` buttons that sort by the cells' data-v.
NASNET_LAZY [[nodiscard]] inline std::string_view report_script() {
  return R"js(
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0];
  const value = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent;
  const compare = (a, b) => {
    if (a === '' || b === '') return (a === '') - (b === '');
    return isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement('button');
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const up = head.getAttribute('aria-sort') !== 'ascending';
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const rows = [...body.rows].map((row) => [value(row, column), row]);
      rows.sort(([a], [b]) => (up || a === '' || b === '' ? compare(a, b) : compare(b, a)));
      body.append(...rows.map(([, row]) => row));
    };
  });
}
)js";
}

}  // namespace nasnet::inline NASNET_ABI::detail
