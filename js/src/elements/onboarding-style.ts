/** Style of the questions; the three answers are one rule, so none of them stands out. */
export const ONBOARDING_CSS = `
:host {
  --accent: var(--hb-accent, #1d4ed8); --text: var(--hb-text, #16181d); --muted: var(--hb-muted, #4b5160);
  --surface: var(--hb-surface, #fff); --line: var(--hb-line, #c5c9d3); --radius: var(--hb-radius, 10px);
  color-scheme: light dark; display: block; font: 1rem/1.5 var(--hb-font, system-ui, sans-serif); color: var(--text);
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host {
    --accent: var(--hb-accent, #9db8ff); --text: var(--hb-text, #eef0f4); --muted: var(--hb-muted, #b6bcc9);
    --surface: var(--hb-surface, #1b1e25); --line: var(--hb-line, #4a5060);
  }
}
section, .done { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: 1.1rem 1.25rem; margin: 0; }
h2 { margin: 0; font-size: 1.1rem; line-height: 1.3; }
p { margin: 0; }
.about { color: var(--muted); font-size: .9375rem; max-inline-size: 62ch; }
.lead { margin-block-start: .9rem; color: var(--muted); }
.question { font-size: 1.35rem; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere; min-block-size: 1.3em; }
.answers { display: flex; flex-wrap: wrap; gap: .6rem; margin-block: .9rem .4rem; }
button {
  font: inherit; min-block-size: 44px; min-inline-size: 44px; padding: .5rem 1.1rem; border-radius: var(--radius);
  cursor: pointer; color: var(--text); background: var(--surface); border: 2px solid var(--accent);
}
.answers button { flex: 1 1 6rem; font-weight: 600; }
.skip-all { border-color: transparent; background: none; color: var(--muted); text-decoration: underline; text-underline-offset: .2em; padding-inline: 0; }
button:focus-visible, .done:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (hover: hover) { .answers button:hover { background: color-mix(in srgb, var(--accent) 12%, var(--surface)); } }
@media (forced-colors: active) { .answers button { border-color: ButtonText; } }
`;
