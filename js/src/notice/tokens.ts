import type { ConsentTheme } from '../generated/ConsentTheme.js';

/**
 * Colours and type of everything that is ours, light and dark in one value, chosen by `color-scheme`. The page's own
 * `--hb-` properties come first, then the configuration's theme, which `themeSheet` puts under `--l-` and `--d-`. The
 * built-in colours are those the lint of the configuration measures (`core/protocol/src/consent/theme.rs`).
 */
export const TOKENS = `:host{\
--accent:var(--hb-accent,light-dark(var(--l-accent,#1d4ed8),var(--d-accent,#9db8ff)));\
--ink:var(--hb-text,light-dark(var(--l-text,#16181d),var(--d-text,#eef0f4)));\
--soft:var(--hb-muted,light-dark(var(--l-muted,#4b5160),var(--d-muted,#b6bcc9)));\
--bg:var(--hb-surface,light-dark(var(--l-surface,#fff),var(--d-surface,#1b1e25)));\
--line:var(--hb-line,light-dark(var(--l-line,#c5c9d3),var(--d-line,#4a5060)));\
--raised:var(--hb-raised,color-mix(in srgb,var(--ink) 6%,var(--bg)));\
--radius:var(--hb-radius,var(--l-radius,10px));--font:var(--hb-font,var(--l-font,system-ui,sans-serif))}`;

/** Sheets by their text: elements of one kind share theirs. */
const sheets = new Map<string, CSSStyleSheet>();

/** Gives a shadow root its style; constructed sheets, because a strict policy lets no inline style pass. */
export function dress(root: ShadowRoot, css: string, theme: ConsentTheme = {}): void {
  const sheet = sheets.get(css) ?? new CSSStyleSheet();
  if (!sheets.has(css)) sheet.replaceSync(TOKENS + css);
  sheets.set(css, sheet);
  root.adoptedStyleSheets = [sheet, themeSheet(theme)];
}

/** The theme as custom properties. Each is set as one value, so that none can carry a rule of its own. */
function themeSheet({ light, dark, scheme, radius, font, button }: ConsentTheme): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.insertRule(':host{}');
  const { style } = sheet.cssRules[0] as CSSStyleRule;
  const set = (values: object, side: string, unit = ''): void => {
    for (const [name, value] of Object.entries(values)) if (value) style.setProperty(side + name, value + unit);
  };
  set(light ?? {}, '--l-');
  set(dark ?? {}, '--d-');
  set({ font, ...(scheme !== 'auto' && { scheme }), fontWeight: button?.fontWeight }, '--l-');
  set({ fontSize: button?.fontSize, radius: radius === 0 ? '0' : radius }, '--l-', 'px');
  return sheet;
}
