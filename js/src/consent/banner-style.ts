/** Style of the banner: yes and no are one rule, so neither can be made to stand out. */
export const BANNER_CSS = `
:host {
  --accent: var(--hb-accent, #1d4ed8); --text: var(--hb-text, #16181d); --muted: var(--hb-muted, #4b5160);
  --surface: var(--hb-surface, #fff); --line: var(--hb-line, #c5c9d3); --radius: var(--hb-radius, 10px);
  color-scheme: light dark;
  display: block; position: fixed; z-index: 2147483000; inset-inline: 0; inset-block-end: 0; margin-inline: auto;
  inline-size: min(100%, 46rem); animation: rise .25s ease-out;
}
@media (prefers-color-scheme: dark) {
  :host {
    --accent: var(--hb-accent, #9db8ff); --text: var(--hb-text, #eef0f4); --muted: var(--hb-muted, #b6bcc9);
    --surface: var(--hb-surface, #1b1e25); --line: var(--hb-line, #4a5060);
  }
}
section {
  box-sizing: border-box; max-block-size: 80vh; overflow: auto;
  padding: 1.1rem 1.25rem calc(1.1rem + env(safe-area-inset-bottom));
  font: 1rem/1.5 var(--hb-font, system-ui, sans-serif); color: var(--text); background: var(--surface);
  border: 1px solid var(--line); border-block-end: 0; border-start-start-radius: var(--radius);
  border-start-end-radius: var(--radius); box-shadow: 0 -6px 30px rgb(0 0 0 / .16);
}
@keyframes rise { from { transform: translateY(1rem); opacity: 0; } }
@media (prefers-reduced-motion: reduce) { :host { animation: none; } }
h2 { margin: 0 0 .35rem; font-size: 1.1rem; line-height: 1.3; }
p { margin: 0 0 .9rem; color: var(--muted); max-inline-size: 62ch; }
a { color: var(--accent); display: inline-block; padding-block: .2rem; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; }
button {
  font: inherit; min-block-size: 44px; min-inline-size: 44px; padding: .5rem 1.1rem; border-radius: var(--radius);
  cursor: pointer; border: 1px solid transparent;
}
.choice { flex: 1 1 10rem; font-weight: 600; color: var(--text); background: var(--surface); border: 2px solid var(--accent); }
.later { color: var(--muted); background: none; text-decoration: underline; text-underline-offset: .2em; }
button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (hover: hover) { .choice:hover { background: color-mix(in srgb, var(--accent) 12%, var(--surface)); } }
@media (forced-colors: active) {
  section { border: 2px solid CanvasText; }
  .choice { border-color: ButtonText; }
}
`;
