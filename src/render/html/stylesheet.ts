/** How the pages look: light and dark, narrow and wide, on paper. Contrasts are at least 4.5 to 1 (WCAG 2.2, 1.4.3). */

export const css = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--soft:#f3f5f7;--line:#d3d9df;--faint:#59636e;--link:#0550ae;
--bad:#b3261e;--bad-bg:#fdecea;--risk:#8a4b00;--risk-bg:#fff3dc;--good:#1a6b33;--good-bg:#e6f4ea;--unsure:#4b4fa8;--unsure-bg:#ececfb;
--mark:#ffe58a;--mark-fg:#1c2024;--bar:#547699;--ice:#cfe6f7}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e4e7ea;--soft:#1f2429;--line:#3a424a;--faint:#a3adb7;--link:#83b9ff;
--bad:#ff9c92;--bad-bg:#3d1a17;--risk:#f5bd6c;--risk-bg:#38280f;--good:#7fd69a;--good-bg:#16301f;--unsure:#b7baff;--unsure-bg:#24264a;
--mark:#6b5600;--mark-fg:#fff;--bar:#6f93b8;--ice:#1f3a4f}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0 auto;max-width:64rem;padding:1.5rem 1rem 3rem;background:var(--bg);color:var(--fg);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:.1rem 0 1rem}
h2{font-size:1.3rem;margin:2.5rem 0 .75rem;padding-bottom:.25rem;border-bottom:2px solid var(--line)}
h3{font-size:1.05rem;line-height:1.35;margin:0 0 .4rem}
h4{font-size:1rem;margin:1rem 0 .4rem}
p{margin:.5rem 0}
ul{margin:.5rem 0;padding-left:1.4rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static}
.kind{margin:0;color:var(--faint);font-size:.9rem}
.verdict{display:flex;flex-wrap:wrap;gap:.2rem .7rem;align-items:baseline;padding:.7rem 1rem;margin:.5rem 0;border-left:.4rem solid;border-radius:.25rem}
.verdict>span:last-child{color:var(--fg);flex:1 1 18rem}
.verdict .mark{font-weight:700}
.bad{color:var(--bad);background:var(--bad-bg);border-color:var(--bad)}
.risk{color:var(--risk);background:var(--risk-bg);border-color:var(--risk)}
.good{color:var(--good);background:var(--good-bg);border-color:var(--good)}
.unsure{color:var(--unsure);background:var(--unsure-bg);border-color:var(--unsure)}
.remarks{color:var(--faint);font-size:.95rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;padding:.6rem 0;margin:1rem 0 0;border-block:1px solid var(--line);font-size:.95rem}
code,pre,.log{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.86em}
pre,.log{background:var(--soft);border:1px solid var(--line);border-radius:.25rem;padding:.6rem .8rem;margin:.5rem 0;overflow-wrap:anywhere;tab-size:8;direction:ltr;unicode-bidi:isolate}
pre{white-space:pre-wrap;line-height:1.45}
.log code{font-size:1em;white-space:pre-wrap;unicode-bidi:isolate;min-width:0}
.log{line-height:1.45}
.row{display:flex;gap:.8rem}
.row:target{outline:2px solid var(--link)}
.n{flex:0 0 auto;min-width:3.2em;text-align:right;color:var(--faint);user-select:none}
mark{background:var(--mark);color:var(--mark-fg);padding:.05em .1em}
.file{margin:.8rem 0 .2rem}
.card{border:1px solid var(--line);border-left:.4rem solid var(--line);border-radius:.25rem;padding:.8rem 1rem;margin:.8rem 0;break-inside:avoid-page;background:none;color:inherit}
.card.bad{border-left-color:var(--bad)}.card.risk{border-left-color:var(--risk)}.card.unsure{border-left-color:var(--unsure)}.card.good{border-left-color:var(--good)}
.tag{display:inline-block;font-size:.8rem;font-weight:600;line-height:1.4;padding:.05rem .5rem;border-radius:.8rem;border:1px solid;white-space:nowrap}
.tag.plain{color:var(--faint)}
.about{color:var(--faint);font-size:.9rem;margin:.2rem 0 .5rem}
.fix{margin-top:.6rem}
.fix>strong:first-child{display:block}
details{margin:.4rem 0}
summary{cursor:pointer;padding:.15rem 0}
.texts details{border-top:1px solid var(--line);margin:0;padding:.2rem 0}
.texts pre{content-visibility:auto;contain-intrinsic-size:auto 20rem}
.scroll{overflow-x:auto;margin:.6rem 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--faint);padding-bottom:.3rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);unicode-bidi:isolate;overflow-wrap:break-word}
td{min-width:5rem}
thead th{white-space:nowrap}
tbody th{font-weight:500}
tr.differs th,tr.differs td{background:var(--risk-bg)}
th:first-child{padding-left:.4rem}
.tree,.tree ul{list-style:none;padding-left:0}
.tree ul{padding-left:1.1rem;margin:0 0 0 .35rem;border-left:1px solid var(--line)}
.tree li{margin:.15rem 0}
.tree .task.bad,.tree .task.risk{display:inline-block;padding:.05rem .5rem;border-left:.25rem solid;border-radius:.2rem}
.tree .task code{color:var(--fg)}
.tree .task span{color:var(--faint)}
.tree ul.why{border:0;list-style:disc;padding-left:1.6rem;color:var(--fg)}
svg{display:block;min-width:36rem;width:100%;height:auto;font-size:13px;font-family:inherit}
svg text{fill:var(--fg)}
svg .faint{fill:var(--faint)}
svg .bar{fill:var(--bar)}
svg .stop{fill:var(--bad)}
svg .stop-text{fill:var(--bad);font-weight:600}
svg .inside{fill:var(--bg);font-weight:600}
svg .ice{fill:var(--ice)}
svg .grid{stroke:var(--line)}
svg .end{stroke:var(--bad);stroke-dasharray:4 3}
footer{margin-top:3rem;color:var(--faint);font-size:.9rem;border-top:1px solid var(--line)}
@media (max-width:30rem){body{padding:1rem .75rem}.row{gap:.5rem}.n{min-width:2.2em}.card{padding:.6rem .7rem}}
@media print{:root{--bg:#fff;--fg:#000;--soft:#f6f6f6;--link:#000}
body{max-width:none;padding:0;font-size:10pt}nav,.skip{display:none}.scroll{overflow:visible}svg{min-width:0}
details:not(.whole)::details-content{content-visibility:visible;block-size:auto}
*{print-color-adjust:exact}h2,h3,.file{break-after:avoid}}
`;
