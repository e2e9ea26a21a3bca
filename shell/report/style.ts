/** The style of reports, beside that of the theme. */
export const REPORT_CSS = `*{box-sizing:border-box}
body{margin:0;color:var(--asterism-ink);background:var(--asterism-paper);font:16px/1.55 system-ui,sans-serif}
main,header,footer{max-width:1120px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:1.8rem;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:40px 0 12px;padding-top:8px;border-top:1px solid var(--asterism-line)}
h3{font-size:1.05rem;margin:18px 0 6px}
.lead,figcaption,.soft{color:var(--asterism-soft)}
.lead{margin:0}
a{color:var(--asterism-accent)}
.doubts{margin:24px 0;padding:12px 18px;border-left:4px solid var(--asterism-warn);border-radius:4px;
background:var(--asterism-warn-paper)}
.doubts h2{margin:0 0 4px;padding:0;border:0;font-size:1.05rem;color:var(--asterism-warn)}
.doubts ul{margin:0;padding-left:20px}
table{border-collapse:collapse;width:100%}
th,td{padding:6px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--asterism-line)}
th{white-space:nowrap}
td.number{text-align:right;font-variant-numeric:tabular-nums;font-weight:600}
.wide{overflow-x:auto}
figure{margin:0}
figure svg{max-width:100%;height:auto;display:block}
figcaption{font-size:.9rem;margin-top:4px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:28px}
asterism-map{height:600px}
.bar{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin-bottom:8px}
input,select,button{font:inherit;color:inherit;background:var(--asterism-paper);padding:4px 8px;
border:1px solid var(--asterism-soft);border-radius:5px;min-height:34px}
.chosen{max-height:260px;overflow:auto;margin:8px 0 0;padding-left:22px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:18px}
.card{padding:12px 16px;border:1px solid var(--asterism-line);border-radius:8px;min-width:0}
.card h3{margin:0 0 4px;display:flex;gap:8px;align-items:center}
.card h3 svg{flex:none}
.images{display:flex;flex-wrap:wrap;gap:4px;margin:4px 0 8px;padding:0;list-style:none}
.images img{display:block;width:44px;height:44px;object-fit:contain;image-rendering:pixelated;background:#000;
border-radius:3px}
.texts{margin:4px 0 8px;padding-left:18px;font-size:.9rem;overflow-wrap:anywhere}
.texts li{margin-bottom:4px}
.terms{margin:2px 0 8px;display:flex;flex-wrap:wrap;gap:4px;padding:0;list-style:none}
.terms li{padding:0 8px;border-radius:10px;background:var(--asterism-panel);font-size:.9rem}
details{margin:12px 0}
summary{cursor:pointer}
code,pre{font:.85rem/1.5 ui-monospace,monospace}
pre{overflow:auto;padding:10px;background:var(--asterism-panel);border-radius:6px}
footer{margin-top:48px;padding-bottom:40px;color:var(--asterism-soft);font-size:.9rem}
@media print{asterism-map,.bar,.chosen{display:none}.card,figure{break-inside:avoid}}`;
