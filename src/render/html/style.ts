/**
 * The style of the page, all of it. Colours are variables, so that a test can compute their contrast: text at least
 * 4.5:1, borders and lines that mean something at least 3:1 (WCAG 2.2, AA).
 */
export const style = `
:root{color-scheme:light dark;
--page:#ffffff;--panel:#f6f8fa;--text:#1f2328;--muted:#57606a;--line:#868e96;--hair:#d0d7de;
--create:#116329;--change:#7d4e00;--remove:#a40e26;--info:#0550ae}
@media (prefers-color-scheme:dark){:root{
--page:#0d1117;--panel:#161b22;--text:#e6edf3;--muted:#9da7b3;--line:#768390;--hair:#30363d;
--create:#56d364;--change:#e3b341;--remove:#ff938a;--info:#79c0ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1120px;padding:1.5rem 1rem 4rem;background:var(--page);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
code{font:.875em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
h1{font-size:1.75rem;margin:0}h2{font-size:1.25rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}h4{font-size:.9375rem;margin:1rem 0 .25rem}
p{margin:.25rem 0}ul,ol{margin:.25rem 0;padding-left:1.5rem}
a{color:var(--info)}
a:focus-visible,button:focus-visible,summary:focus-visible,input:focus-visible,.scroll:focus-visible{outline:3px solid var(--info);
outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.5rem;z-index:1}
.muted{color:var(--muted)}.create{color:var(--create)}.change{color:var(--change)}.remove{color:var(--remove)}
.none{color:var(--muted)}
.counts{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0;margin:.75rem 0}
.counts li{border:1px solid var(--line);border-radius:2rem;padding:.1rem .8rem;background:var(--panel)}
.counts .remove{border-color:currentColor}.counts b{font-variant-numeric:tabular-nums}
.alert{border:1px solid var(--line);border-left:6px solid var(--remove);border-radius:6px;background:var(--panel);
padding:.5rem 1rem;margin:.5rem 0}
.alert h3{margin-top:.25rem}.alert.open{border-left-color:var(--change)}
details{margin:.25rem 0}summary{cursor:pointer}
summary>*{display:inline;margin:0}
.pipeline{border:1px solid var(--line);border-radius:6px;background:var(--panel);margin:.75rem 0}
.pipeline>summary{padding:.6rem 1rem}.pipeline>summary h3{font-size:1.05rem}h3 code{font-size:1em;font-weight:700}
.pipeline>.body{padding:0 1rem 1rem;border-top:1px solid var(--hair)}
.because{display:block;color:var(--muted);margin-left:1.1rem}
.sign{font:.95em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-weight:700;
white-space:nowrap}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.4rem 0 .8rem;font-size:.9375rem;overflow-wrap:break-word}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--hair)}
th{color:var(--muted);font-weight:600}
th,td:first-child{min-width:5rem}
.facts{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:.5rem 0;padding:0;list-style:none;color:var(--muted)}
.same>summary{color:var(--muted)}
.copy{font:inherit;font-size:.75rem;margin-left:.4rem;padding:0 .4rem;color:var(--info);background:var(--page);
border:1px solid var(--line);border-radius:4px;cursor:pointer}.copy[hidden]{display:none}
.search{margin:.5rem 0}.search[hidden]{display:none}
input{font:inherit;color:var(--text);background:var(--page);border:1px solid var(--line);border-radius:6px;
padding:.3rem .6rem;width:100%;max-width:24rem}
.graph svg{display:block;max-width:none}
.edges path{fill:none;stroke:var(--line);stroke-width:1.5}
.node rect{fill:var(--panel);stroke:currentColor;stroke-width:1.5}
.node text{fill:currentColor;font:600 13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.node .detail{fill:var(--muted);font-weight:400;font-size:12px}
.node.plain{color:var(--text)}.node.plain rect{stroke:var(--line)}
.node.none rect{stroke:var(--line);stroke-dasharray:4 3}.node.none text{font-weight:400}
footer{margin-top:3rem;color:var(--muted);font-size:.875rem}
@media (max-width:40rem){.because{margin-left:0}table,tbody{display:block;overflow-wrap:anywhere}thead{position:absolute;left:-999rem}
tr{display:block;border-bottom:1px solid var(--hair);padding:.4rem 0}td{display:block;border:0;padding:.05rem 0}
td:empty{display:none}td::before{content:attr(data-label) ": ";color:var(--muted)}}
`;
