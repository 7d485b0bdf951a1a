/** The style of a page of plots; follows the reader's light or dark setting. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1d2530;--soft:#5b6675;--line:#d9dee6;--paper:#fff;--panel:#f7f9fb}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf2;--soft:#a3aebd;--line:#343c48;--paper:#14181e;--panel:#1b2129}}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,sans-serif}
main{max-width:var(--width);margin:0 auto;padding:16px 20px}
h1{font-size:20px;margin:0 0 4px}h2{font-size:14px;margin:14px 0 4px}
.help{color:var(--soft);margin:0 0 4px;font-size:13px}
kbd{border:1px solid var(--line);border-radius:3px;padding:0 4px;font:12px ui-monospace,monospace}
canvas{display:block;width:100%;height:var(--height);background:var(--panel);border-radius:4px;cursor:grab;touch-action:pan-y}
#plots:focus-visible{outline:2px solid #3b82f6;outline-offset:4px;border-radius:4px}
#said{min-height:1.45em;margin:8px 0;font-family:ui-monospace,monospace;font-size:13px}
#tip{position:fixed;pointer-events:none;background:var(--paper);border:1px solid var(--line);border-radius:4px;padding:5px 8px;font-size:13px;white-space:pre;box-shadow:0 2px 8px #0003;max-width:60vw;overflow:hidden;z-index:2}
table{border-collapse:collapse;font-size:13px}th,td{padding:2px 14px 2px 0;text-align:right}
th:first-child,td:first-child{text-align:left}thead th{color:var(--soft);font-weight:500;border-bottom:1px solid var(--line)}
.dot{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:7px}
`;
