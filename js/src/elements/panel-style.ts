/** The panel's look. Themable by the `--hb-*` properties and `::part`; every default pair has at least 4.5:1. */
export const PANEL_CSS = `
:host {
  --bg: var(--hb-surface, #fff); --ink: var(--hb-text, #16181d); --soft: var(--hb-muted, #4b5160);
  --line: var(--hb-line, #c5c9d3); --raised: var(--hb-raised, #f1f3f8);
  --accent: var(--hb-accent, #1d4ed8); --on-accent: var(--hb-accent-text, #fff);
  --danger: var(--hb-danger, #a11919); --radius: var(--hb-radius, 10px);
  font-family: var(--hb-font, system-ui, sans-serif); color-scheme: light dark;
}
@media (prefers-color-scheme: dark) { :host {
  --bg: var(--hb-surface, #1b1e25); --ink: var(--hb-text, #eef0f4); --soft: var(--hb-muted, #b6bcc9);
  --line: var(--hb-line, #4a5060); --raised: var(--hb-raised, #272b34);
  --accent: var(--hb-accent, #9db8ff); --on-accent: var(--hb-accent-text, #0d1530); --danger: var(--hb-danger, #ff9b94);
} }
*, *::before { box-sizing: border-box; }
dialog {
  position: fixed; inset-block: 0; inset-inline: auto 0; margin: 0; padding: 0; border: 0; overflow: hidden;
  inline-size: min(30rem, 100vw); block-size: 100dvh; max-inline-size: none; max-block-size: none;
  color: var(--ink); background: var(--bg); box-shadow: 0 0 60px #0006; font-size: 1rem; line-height: 1.5;
}
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: #14101899; }
.head { display: flex; align-items: center; gap: 1rem; padding: 1rem 1.25rem .5rem; }
h2 { margin: 0; flex: 1; font: 700 1.4rem/1.2 var(--hb-display-font, inherit); text-wrap: balance; }
h3 { margin: 0 0 .75rem; font-size: .95rem; letter-spacing: .01em; }
h4 { margin: 1.25rem 0 .25rem; font-size: .85rem; color: var(--soft); font-weight: 600; }
p { margin: 0 0 .75rem; }
.lead, .about, .when { color: var(--soft); font-size: .875rem; }
.lead, .live { padding-inline: 1.25rem; }
.body { overflow-y: auto; overscroll-behavior: contain; padding: 0 1.25rem 2rem; flex: 1; }
section { border-block-start: 1px solid var(--line); padding-block: 1.25rem; }
button, a.policy { font: inherit; color: inherit; min-block-size: 44px; min-inline-size: 44px; cursor: pointer; }
button { border: 1px solid transparent; border-radius: var(--radius); background: none; padding: .5rem 1rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.body:focus-visible { outline-offset: -3px; }
.plain { border-color: var(--soft); }
.plain:hover, .quiet:hover, .close:hover { background: var(--raised); }
.strong { background: var(--accent); color: var(--on-accent); font-weight: 600; }
.danger { border-color: var(--danger); color: var(--danger); font-weight: 600; }
.danger:hover { background: var(--raised); }
.confirm .danger { background: var(--danger); color: var(--bg); }
.quiet { color: var(--soft); font-size: .875rem; padding-inline: .75rem; text-decoration: underline; text-underline-offset: .2em; }
.close { flex: none; padding: 0; }
.close svg { display: block; margin: auto; }
.switch { display: flex; align-items: center; gap: 1rem; inline-size: 100%; padding: .5rem 0; text-align: start; border-radius: 8px; }
.words { flex: 1; display: grid; }
.name { font-weight: 600; }
.knob { flex: none; inline-size: 48px; block-size: 28px; border-radius: 14px; border: 2px solid var(--soft); position: relative; transition: background-color .15s; }
.knob::before { content: ''; position: absolute; inset-block-start: 4px; inset-inline-start: 4px; inline-size: 16px; block-size: 16px; border-radius: 50%; background: var(--soft); transition: inset-inline-start .15s; }
[aria-checked=true] .knob { background: var(--accent); border-color: var(--accent); }
[aria-checked=true] .knob::before { inset-inline-start: 24px; background: var(--on-accent); }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; align-items: center; gap: .75rem; padding-block: .25rem; }
li + li { border-block-start: 1px solid color-mix(in srgb, var(--line) 55%, transparent); }
.what { flex: 1; min-inline-size: 0; display: grid; gap: .1rem; overflow-wrap: anywhere; }
.track { display: block; block-size: 6px; border-radius: 3px; background: var(--raised); overflow: hidden; margin-block: .3rem; }
.bar { display: block; block-size: 100%; border-radius: inherit; background: var(--accent); }
.is-muted .bar { background: var(--soft); }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
.note { background: var(--raised); border-radius: var(--radius); padding: .75rem 1rem; margin-block: .75rem 0; font-size: .9375rem; }
.note p:last-child { margin: 0; }
.confirm { border: 1px solid var(--danger); border-radius: var(--radius); padding: 1rem; margin-block-start: .75rem; }
.live .note { margin-block: 0 .75rem; }
a.policy { display: inline-flex; align-items: center; text-underline-offset: .2em; }
@media (max-width: 34rem) { dialog { inline-size: 100vw; inset-block: auto 0; block-size: min(92dvh, 100dvh); border-radius: 18px 18px 0 0; } }
@media (prefers-reduced-motion: no-preference) {
  dialog[open] { animation: arrive .24s ease-out; }
  @keyframes arrive { from { opacity: 0; transform: translateY(24px); } }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media (forced-colors: active) {
  dialog { border: 1px solid CanvasText; }
  button { border-color: ButtonBorder; }
  .strong, .danger, .confirm .danger { background: ButtonFace; color: ButtonText; }
  .switch { border-color: transparent; }
  .knob { border-color: ButtonText; }
  .knob::before { background: ButtonText; forced-color-adjust: none; }
  [aria-checked=true] .knob { background: Highlight; forced-color-adjust: none; }
  [aria-checked=true] .knob::before { background: HighlightText; }
  .track { border: 1px solid CanvasText; }
  .bar { background: Highlight; forced-color-adjust: none; }
}
`;
