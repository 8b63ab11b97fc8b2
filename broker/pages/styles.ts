/**
 * The one style sheet of the web pages, sent inside each page so that a page is one round trip. Colours are Figma's,
 * moved where needed to reach WCAG AA (4.5:1 for text, 3:1 for borders of controls and for the focus ring).
 */
export const STYLES = `
:root {
  color-scheme: light dark;
  --page: #f5f5f5; --card: #fff; --text: #1e1e1e; --quiet: #666; --line: #e6e6e6; --edge: #8c8c8c;
  --accent: #0768cf; --accent-text: #fff; --accent-soft: #e5f4ff; --focus: #0768cf;
  --bad: #b3200f; --bad-soft: #ffe9e5; --good: #0f6b33; --good-soft: #e4f5ea; --plain-hover: #f0f0f0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #1e1e1e; --card: #2c2c2c; --text: #fff; --quiet: #b8b8b8; --line: #444; --edge: #8f8f8f;
    --accent: #0a6dc2; --accent-text: #fff; --accent-soft: #1f3b55; --focus: #7cc4f8;
    --bad: #ffab9f; --bad-soft: #4c2621; --good: #8be0ab; --good-soft: #1f3d2b; --plain-hover: #383838;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 13px/20px Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; letter-spacing: 0.005em; -webkit-text-size-adjust: 100%; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; background: var(--page); color: var(--text); }
h1, h2, p, ul, ol, dl, dd, fieldset, legend, figure { margin: 0; padding: 0; }
h1 { font-size: 18px; line-height: 24px; font-weight: 600; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 13px; line-height: 20px; font-weight: 600; }
p { text-wrap: pretty; }
a { color: inherit; text-decoration-color: var(--edge); text-underline-offset: 2px; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--card); padding: 8px; z-index: 1; }

.bar { display: flex; align-items: center; justify-content: space-between; gap: 16px; height: 56px; padding: 0 24px; flex: none; }
.wordmark { display: inline-flex; align-items: center; gap: 8px; font-size: 15px; font-weight: 600; letter-spacing: -0.01em; text-decoration: none; color: inherit; }
.wordmark svg { width: 14px; height: 20px; color: var(--accent); }
@media (prefers-color-scheme: dark) { .wordmark svg { color: #7cc4f8; } }
.who { display: flex; align-items: center; gap: 16px; min-width: 0; color: var(--quiet); }

.who form { flex: none; }
.who span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
main { flex: 1; display: flex; flex-direction: column; align-items: center; justify-content: center; padding: 8px 24px 72px; }
.card { width: 100%; max-width: 384px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 32px; }
.wide .card { max-width: 640px; }
.broad .card { max-width: 880px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.stack { display: flex; flex-direction: column; gap: 24px; }
.snug { display: flex; flex-direction: column; gap: 8px; }
.quiet { color: var(--quiet); }
.row { display: flex; align-items: center; justify-content: space-between; gap: 16px; }
.center { text-align: center; }
.big { font-size: 28px; line-height: 32px; font-weight: 600; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }

form { display: flex; flex-direction: column; gap: 16px; }
form.inline { display: inline; }
label { font-weight: 500; }
.field { display: flex; flex-direction: column; gap: 4px; }
.hint { color: var(--quiet); font-size: 12px; line-height: 16px; }
.fault { color: var(--bad); font-size: 12px; line-height: 16px; }
input[type='text'], input[type='email'], input[type='search'] {
  font: inherit; color: inherit; width: 100%; height: 40px; padding: 0 12px; background: var(--card);
  border: 1px solid var(--edge); border-radius: 6px;
}
input:focus-visible { outline: 2px solid var(--focus); outline-offset: -1px; border-color: transparent; border-radius: 6px; }
input[aria-invalid='true'] { border-color: var(--bad); }
input.code { font: 500 20px/24px ui-monospace, 'SF Mono', Menlo, Consolas, monospace; letter-spacing: 0.2em; }
input.gift { font: 500 14px/24px ui-monospace, 'SF Mono', Menlo, Consolas, monospace; letter-spacing: 0; }
button, .button {
  font: inherit; font-weight: 500; min-height: 40px; padding: 0 16px; border-radius: 6px; cursor: pointer; text-align: center;
  display: inline-flex; align-items: center; justify-content: center; gap: 8px; text-decoration: none;
  border: 1px solid transparent; background: var(--accent); color: var(--accent-text);
}
button:hover, .button:hover { filter: brightness(1.08); }
button.plain, .button.plain { background: transparent; color: var(--text); border-color: var(--edge); }
button.plain:hover, .button.plain:hover { background: var(--plain-hover); filter: none; }
button.link { white-space: nowrap; min-height: 24px; padding: 0; background: none; color: inherit; font-weight: 400; text-decoration: underline; text-decoration-color: var(--edge); text-underline-offset: 2px; border: 0; }
button.link:hover { text-decoration-color: currentColor; filter: none; }
.actions { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }

.notice { border-radius: 6px; padding: 8px 12px; background: var(--accent-soft); }
.notice.bad { background: var(--bad-soft); color: var(--bad); }
.notice.good { background: var(--good-soft); color: var(--good); }

.facts { display: grid; grid-template-columns: auto 1fr; gap: 8px 16px; }
.facts dt { color: var(--quiet); }
.facts dd { overflow-wrap: anywhere; }
.user-code { display: block; text-align: center; font: 600 28px/32px ui-monospace, 'SF Mono', Menlo, Consolas, monospace; letter-spacing: 0.08em; padding: 16px 8px; background: var(--page); border-radius: 8px; user-select: all; }

fieldset { border: 0; min-width: 0; }
legend { font-weight: 600; margin-bottom: 8px; }
.choices { display: flex; flex-direction: column; gap: 8px; }
.choice { display: flex; align-items: center; gap: 12px; min-height: 48px; padding: 8px 16px; border: 1px solid var(--edge); border-radius: 8px; cursor: pointer; font-weight: 400; }
.choice:hover { background: var(--plain-hover); }
.choice:has(:checked) { border-color: var(--accent); background: var(--accent-soft); }
.choice:has(:focus-visible) { outline: 2px solid var(--focus); outline-offset: 2px; }
.choice input { margin: 0; width: 16px; height: 16px; accent-color: var(--accent); outline: none; }
.choice .end { margin-left: auto; font-variant-numeric: tabular-nums; }
.other { margin-top: 16px; }
@supports selector(:has(*)) {
  .other { display: none; }
  fieldset:has([value='custom']:checked) .other { display: block; }
}

.mail { border-top: 1px solid var(--line); padding-top: 16px; }
.mail pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; user-select: text; }

.jump { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; }
.find { flex-direction: row; flex-wrap: wrap; align-items: center; gap: 8px 16px; }
.find input[type='search'] { flex: 1 1 200px; width: auto; }
.check { display: inline-flex; align-items: center; gap: 8px; min-height: 24px; font-weight: 400; }
.check input { margin: 0; width: 16px; height: 16px; flex: none; accent-color: var(--accent); }
.check.top { align-items: flex-start; gap: 12px; }
.check.top input { margin-top: 2px; }
.card form > button.link { align-self: flex-start; }
summary { cursor: pointer; font-weight: 500; min-height: 24px; }
summary + * { margin-top: 16px; }
.group { scroll-margin-top: 16px; }
.group h2 { font-size: 15px; }
.prices { list-style: none; }
.prices > li { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 4px 32px; padding: 12px 0; border-top: 1px solid var(--line); scroll-margin-top: 16px; }
.prices h3 { margin: 0; font-size: 13px; line-height: 20px; font-weight: 600; }
.prices .hint { margin-top: 4px; }
.prices table { align-self: start; }
.group .row { flex-wrap: wrap; gap: 0 16px; }
.heads { display: flex; justify-content: flex-end; margin-left: auto; gap: 16px; color: var(--quiet); font-size: 12px; line-height: 16px; }
.heads span { min-width: 88px; text-align: right; }
.keep { white-space: nowrap; }
.prices > li:target { background: var(--accent-soft); box-shadow: 0 0 0 8px var(--accent-soft); border-color: transparent; border-radius: 1px; }
.tag { display: inline-block; padding: 0 6px; border-radius: 4px; background: var(--good-soft); color: var(--good); font-size: 11px; line-height: 16px; font-weight: 500; white-space: nowrap; }
.tag.soon { background: var(--bad-soft); color: var(--bad); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0; text-align: left; font-weight: 400; vertical-align: top; }
td { text-align: right; white-space: nowrap; padding-left: 16px; width: 72px; }
td.credits { width: 104px; font-weight: 600; }
tr.sum > * { padding-top: 8px; font-weight: 600; }
.log { list-style: none; display: flex; flex-direction: column; gap: 8px; }
.log li { display: grid; grid-template-columns: 80px 1fr; gap: 16px; }

@media (max-width: 640px) {
  .prices > li { grid-template-columns: minmax(0, 1fr); gap: 8px; }
  .log li { grid-template-columns: 1fr; gap: 0; }
}
@media (max-width: 480px) {
  td { padding-left: 8px; width: 56px; }
  td.credits { width: 88px; }
  .bar { padding: 0 16px; }
  main { padding: 0 16px 32px; justify-content: flex-start; }
  .card { padding: 24px; }
}
@media (forced-colors: active) { button, .button { border-color: ButtonText; } }
`;
