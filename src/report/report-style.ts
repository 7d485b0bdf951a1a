const light = `
--page:#f6f7f9;--surface:#fff;--band:#f4f6f8;--text:#1a2029;--dim:#566070;--line:#d8dde4;--accent:#1f5fae;--on-accent:#fff;
--good:#1c7c3c;--good-back:#e6f4ea;--bad:#b3261e;--bad-back:#fbe9e7;--warn:#8a5a00;--warn-back:#fdf3dc;--edge:#8b95a3;--fill:#e9edf2;--bar-blocked:#c9a227;--bar-none:#aab2bd`;
const dark = `
--page:#12161c;--surface:#1a2028;--band:#1f2630;--text:#e6eaf0;--dim:#a3adba;--line:#343d49;--accent:#7db3f5;--on-accent:#0c1420;
--good:#7dd696;--good-back:#16301f;--bad:#ff8a80;--bad-back:#3a1a18;--warn:#f0c465;--warn-back:#352a12;--edge:#76818f;--fill:#2a323d;--bar-blocked:#d6b341;--bar-none:#6b7583`;

/** The page's style. */
export const reportStyle: string = `
:root{color-scheme:light;${light}}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${dark}}}
:root[data-theme=dark]{color-scheme:dark;${dark}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:var(--accent);text-underline-offset:2px}
a.key{text-decoration-line:none}
a.key:hover,a.key:focus-visible,p a.key{text-decoration-line:underline}
.key,code,pre,.value{overflow-wrap:anywhere}
code,pre,.value{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.88em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
h1:focus,main:focus{outline:none}
.skip{position:absolute;left:-999px}
.skip:focus{left:1rem;top:.5rem;z-index:9;background:var(--surface);padding:.4rem .8rem;border-radius:6px}
.away{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
header{position:sticky;top:0;z-index:5;display:flex;flex-wrap:wrap;align-items:center;gap:.4rem .9rem;padding:.5rem 1.5rem;background:var(--surface);border-bottom:1px solid var(--line)}
.brand{display:flex;flex-direction:column;line-height:1.2;max-width:16rem}
.brand strong{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.brand span{font-size:.75rem}
nav{display:flex;flex-wrap:wrap;gap:.15rem}
nav a{padding:.35rem .6rem;border-radius:6px;text-decoration:none;color:var(--text)}
nav a:hover{background:var(--fill)}
nav a[aria-current]{background:var(--accent);color:var(--on-accent)}
.badge{display:inline-block;min-width:1.3em;margin-left:.4em;padding:0 .35em;border-radius:1em;background:var(--bad-back);color:var(--bad);font-size:.75rem;text-align:center;font-weight:600}
.search{position:relative;margin-left:auto;flex:1 1 11rem;max-width:19rem}
input,select,button{font:inherit;color:inherit}
input[type=search],input:not([type]),select{width:100%;padding:.35rem .6rem;border:1px solid var(--edge);border-radius:6px;background:var(--surface)}
input[type=search]{appearance:none}
button{padding:.3rem .7rem;border:1px solid var(--line);border-radius:6px;background:var(--surface);cursor:pointer}
button:hover:not(:disabled){background:var(--fill)}
button:disabled{cursor:default;color:var(--dim)}
.theme{padding:.3rem .55rem}
#hits{position:absolute;right:0;left:0;min-width:22rem;margin:.3rem 0 0;padding:.3rem;max-height:60vh;overflow:auto;list-style:none;background:var(--surface);border:1px solid var(--line);border-radius:8px;box-shadow:0 8px 24px #0003}
#hits li{display:flex;justify-content:space-between;gap:1rem;padding:.3rem .5rem;border-radius:5px;cursor:pointer}
#hits li[aria-selected=true],#hits li:hover{background:var(--fill)}
#hits small{color:var(--dim);white-space:nowrap}
main{max-width:82rem;margin:0 auto;padding:1rem 1.5rem 4rem}
main.plain{max-width:46rem}
h1{margin:.6rem 0 .8rem;font-size:1.55rem;line-height:1.25;overflow-wrap:anywhere}
h2{margin:0 0 .7rem;font-size:1.1rem}
.dim,.hint,.empty{color:var(--dim)}
.hint{font-size:.85rem}
.lead{margin:.2rem 0 1rem;max-width:60rem}
.note{color:var(--dim);font-size:.9rem}
.card{margin:1rem 0;padding:1.1rem 1.3rem;background:var(--surface);border:1px solid var(--line);border-radius:10px}
.card.warn{border-left:4px solid var(--warn)}
.verdict{margin:.4rem 0 1rem;padding:.7rem 1rem;border-radius:8px;border-left:4px solid;overflow-wrap:anywhere}
.verdict.good{background:var(--good-back);border-color:var(--good)}
.verdict.bad{background:var(--bad-back);border-color:var(--bad)}
.verdict.warn{background:var(--warn-back);border-color:var(--warn)}
.verdict a{color:inherit}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.8rem;margin:1rem 0}
.tile{padding:.8rem 1rem;background:var(--surface);border:1px solid var(--line);border-radius:10px}
.tiles dt{color:var(--dim);font-size:.85rem}
.tiles dd{margin:0;font-size:1.45rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
.tiles dd small{display:block;font-size:.8rem;font-weight:400;color:var(--dim)}
.tiles.small dd{font-size:1.1rem}
.facts{display:grid;grid-template-columns:minmax(6rem,max-content) minmax(0,1fr);gap:.25rem 1.2rem;margin:.6rem 0 0}
.facts dt{color:var(--dim)}
.facts dd{margin:0;overflow-wrap:anywhere}
.counts{display:flex;flex-wrap:wrap;gap:.4rem .9rem;margin:0 0 .4rem}
.count{text-decoration:none}
.status{white-space:nowrap;font-weight:600;font-size:.9em}
.s-ok{--c:var(--good)}.s-error,.s-lost{--c:var(--bad)}.s-blocked,.s-cancelled{--c:var(--warn)}.s-running,.s-pending,.s-unknown,.s-none{--c:var(--dim)}
.status{color:var(--c)}
.table{margin:.4rem 0}.card>.table:last-child{margin-bottom:0}
.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.92rem}
caption{text-align:left;color:var(--dim);font-size:.85rem;padding-bottom:.3rem}
th,td{padding:.38rem .55rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);font-weight:400}
td{max-width:26rem}
tbody th{min-width:8.5rem}
.grouped{display:inline-flex;align-items:baseline}.grouped .swatch{flex:none}
:is(th,td):first-child{padding-left:0}
.card .table caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.card .as-table .table caption{position:static;width:auto;height:auto;clip-path:none}
thead th{white-space:nowrap;color:var(--dim);font-size:.85rem;font-weight:600}
tbody tr:last-child>*{border-bottom:0}
thead button{padding:0;border:0;background:none;font-weight:600}
thead button:hover:not(:disabled){background:none;text-decoration:underline}
th[aria-sort=ascending] button::after{content:" ▲";font-size:.7em}
th[aria-sort=descending] button::after{content:" ▼";font-size:.7em}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tbody tr:hover{background:var(--band)}
.pager{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem;margin-top:.6rem;font-size:.9rem}
.swatch{display:inline-block;width:.75em;height:.75em;margin-right:.45em;border-radius:3px;background:var(--c,var(--edge))}
.share{display:flex;align-items:center;gap:.6rem;min-width:9rem}
.track{flex:1;height:.6rem;background:var(--fill);border-radius:4px;overflow:hidden}
.fill{display:block;height:100%}
.per{min-width:3rem;text-align:right;font-variant-numeric:tabular-nums}
.tools{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem .6rem;margin:.4rem 0}
.tools label{display:inline-flex;align-items:center;gap:.4rem}
.tools select{width:auto}
.filters{display:flex;flex-wrap:wrap;align-items:end;gap:.6rem 1rem;margin-bottom:.8rem}
.filters label{font-size:.85rem;color:var(--dim)}
.filters :is(input,select,button){height:2.2rem}.filters>a{line-height:2.2rem}
.filters label>*{display:block;color:var(--text);font-size:.95rem;min-width:9rem;max-width:16rem}
.chips{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem;margin:.3rem 0}
.chip{display:inline-block;padding:.1rem .7rem;border:1px solid var(--line);border-radius:1rem;font-size:.88rem;text-decoration:none;background:var(--surface)}
.chip[aria-current]{border-color:var(--accent);font-weight:600}
.canvas{position:relative;background:var(--surface);border:1px solid var(--line);border-radius:8px}
.graph{display:flex;overflow:auto;min-height:11rem;max-height:72vh;background-image:radial-gradient(var(--fill) 1px,transparent 1px);background-size:18px 18px}
.graph svg{display:block;flex:none;margin:auto}
.timeline{overflow:hidden}
.warnings{position:relative;height:1.9rem}
.warnings .name{position:absolute;left:8px;top:.3rem;font-size:.8rem;color:var(--dim)}
.warnings button{position:absolute;top:.1rem;width:22px;height:1.6rem;min-width:0;padding:0;border-color:var(--warn);background:var(--warn-back);color:var(--warn);line-height:1}
.warnings .tip{top:1.9rem;width:19rem}
.timeline canvas{display:block;width:100%;touch-action:none}
.tip{position:absolute;z-index:3;max-width:19rem;padding:.45rem .7rem;border-radius:6px;background:var(--text);color:var(--surface);font-size:.85rem;pointer-events:none;overflow-wrap:anywhere}
.node{cursor:pointer}
.node .box{fill:var(--surface);stroke:var(--edge)}
.node .back{fill:var(--fill);stroke:var(--line)}
.node text{fill:var(--text);font-size:13px;font-weight:600}
.node .small{fill:var(--dim);font-size:11.5px;font-weight:400}
.node .part{fill:var(--c)}
.node .part.s-blocked{fill:var(--bar-blocked)}
.node:hover .box{fill:var(--band)}
.node:focus{outline:none}
.node:focus-visible .box{stroke:var(--accent);stroke-width:3}
.node.bad .box{stroke:var(--bad);stroke-width:2;fill:var(--bad-back)}
.node.blocked .box{stroke-dasharray:5 3}
.node.here .box{stroke:var(--accent);stroke-width:2.5}
.edge .line{fill:none;stroke:var(--edge);opacity:.65}
.edge .head{fill:var(--edge)}
.edge.near .line{stroke:var(--accent);opacity:1}
.edge.near .head{fill:var(--accent)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin:.6rem 0;padding:0;list-style:none;font-size:.9rem}
.as-table{margin-top:.8rem}
summary{cursor:pointer;color:var(--accent)}
.split{display:flex;height:1.1rem;border-radius:5px;overflow:hidden;background:var(--fill)}
.split .part{background:var(--c)}
.s-transfer{--c:#857aab}.s-wait{--c:var(--bar-none)}
.chart{display:block;width:100%;max-width:56rem;height:auto}
.chart .area{fill:var(--accent);opacity:.75}
.chart .limit{stroke:var(--bad);stroke-dasharray:5 4;fill:none}
.chart .axis{stroke:var(--edge);fill:none}
.chart .line{stroke:var(--accent);fill:none;stroke-width:1.3;opacity:.75}
.chart .line:hover{stroke-width:3;opacity:1}
.calls{margin:0;padding-left:1.1rem;list-style:none}
.calls .calls{border-left:1px solid var(--line)}
.calls summary,.calls .leaf{position:relative;padding:.1rem .3rem;color:inherit;overflow-wrap:anywhere}
.calls .leaf{padding-left:1.2rem}
.calls .share{position:absolute;left:0;top:0;bottom:0;background:var(--fill);z-index:0;border-radius:3px}
.calls .call,.calls .dim{position:relative}
.tick{fill:var(--dim);font-size:11px}
.tick.end{text-anchor:end}.tick.middle{text-anchor:middle}
.failure h2{overflow-wrap:anywhere}
.message{overflow-wrap:anywhere;white-space:pre-wrap;margin:.3rem 0}
.attempt{margin:.6rem 0 0;padding-left:.8rem;border-left:3px solid var(--line)}
.attempt p{margin:.2rem 0}
pre{margin:.4rem 0;padding:.7rem .9rem;max-height:26rem;overflow:auto;background:var(--band);border:1px solid var(--line);border-radius:6px;overflow-wrap:normal}
.inputs{margin-bottom:.6rem}
details{margin:.4rem 0}
@media(min-width:60rem){.facts.two{grid-template-columns:minmax(6rem,max-content) minmax(0,1fr) minmax(6rem,max-content) minmax(0,1fr)}}
@media(max-width:45rem){header{position:static;padding:.5rem .8rem}main{padding:.6rem .8rem 3rem}.card{padding:.9rem}.facts,.facts.two{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.4rem}.search{margin-left:0}#hits{min-width:0}}
@media(prefers-reduced-motion:no-preference){.node .box,nav a,button{transition:background .12s,fill .12s}}
@media print{
:root,:root[data-theme=dark]{color-scheme:light;${light}}
header nav,.search,.theme,.tools,.pager,.filters,.hint,.skip,.chips button{display:none}
header{position:static;border:0;padding:0}
body{background:#fff;font-size:11pt}main{max-width:none;padding:0}
.card,.tile{break-inside:avoid;border-color:#bbb}
.graph,pre,.wide{max-height:none;overflow:visible}
.graph svg{max-width:100%;height:auto}
a{color:inherit;text-decoration:none}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}`;
