import { contrast, over } from '../../js/dist/notice/inspect-colour.js';
import type { ConsentConfig } from '../../js/dist/generated/ConsentConfig.js';
import type { ConsentPalette } from '../../js/dist/generated/ConsentPalette.js';

/** The two palettes of a theme. */
export type Side = 'light' | 'dark';
/** A colour of a palette. */
export type ColourName = keyof ConsentPalette;

/** A pair of colours that people have to tell apart. */
export interface Pair {
  readonly front: ColourName;
  readonly back: ColourName;
  readonly least: number;
}

/** WCAG 2.2, 1.4.3 for words and 1.4.11 for edges. */
const WORDS = 4.5;
const EDGES = 3;
const PAIRS: readonly Pair[] = [
  { front: 'text', back: 'surface', least: WORDS },
  { front: 'muted', back: 'surface', least: WORDS },
  { front: 'accent', back: 'surface', least: WORDS },
  { front: 'buttonText', back: 'button', least: WORDS },
];
/** Built-in colours, those of `js/src/notice/tokens.ts`. */
const BUILT_IN: Readonly<Record<Side, Required<Pick<ConsentPalette, 'accent' | 'text' | 'muted' | 'surface' | 'line'>>>> = {
  light: { accent: '#1d4ed8', text: '#16181d', muted: '#4b5160', surface: '#ffffff', line: '#c5c9d3' },
  dark: { accent: '#9db8ff', text: '#eef0f4', muted: '#b6bcc9', surface: '#1b1e25', line: '#4a5060' },
};

/** A palette with nothing left out. */
export function paletteOf({ theme }: ConsentConfig, side: Side): Required<ConsentPalette> {
  const base = { ...BUILT_IN[side], ...theme?.[side] };
  return { button: base.surface, buttonText: base.text, buttonBorder: base.accent, ...base };
}

/** Whether a colour can be read. */
export function isColour(value: unknown): value is string {
  return typeof value === 'string' && /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value);
}

/** The figure of a colour against what it stands on; undefined where there is none to have. */
export function figureOf(config: ConsentConfig, side: Side, name: ColourName): { ratio: number; pair: Pair } | undefined {
  const pair = PAIRS.find(({ front }) => front === name);
  return pair && { ratio: ratioOf(paletteOf(config, side), pair.front, pair.back), pair };
}

/** How much the buttons stand out, by their ground or by their border. */
export function edgeOf(config: ConsentConfig, side: Side): { ratio: number; least: number } {
  const palette = paletteOf(config, side);
  return { ratio: Math.max(ratioOf(palette, 'button', 'surface'), ratioOf(palette, 'buttonBorder', 'surface')), least: EDGES };
}

/** Colours that a visitor may see. */
export function sidesOf({ theme }: ConsentConfig): readonly Side[] {
  const { scheme = 'auto' } = theme ?? {};
  return scheme === 'auto' ? ['light', 'dark'] : [scheme];
}

/** The names of the pairs that words stand in. */
export const FRONTS = PAIRS.map(({ front }) => front);

/** Cut, not rounded, so that 4.497 does not read as 4.50. */
export function figure(ratio: number): string {
  return (Math.floor(ratio * 100) / 100).toFixed(2);
}

function ratioOf(palette: Required<ConsentPalette>, front: ColourName, back: ColourName): number {
  const [one, other] = [palette[front], palette[back]];
  if (!isColour(one) || !isColour(other)) return NaN;
  const white = [255, 255, 255] as const;
  return contrast(over(one, white), over(other, white));
}
