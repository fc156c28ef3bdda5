import { PANEL } from '../texts/english/panel.js';
import { REASONS } from '../texts/english/reasons.js';
import { profileFiles } from '../texts/files.js';
import type { PanelTexts, PanelWords, ProfileTexts } from '../texts/profile-shape.js';
import { kit } from '../notice/banner.js';
import type { Told } from '../texts/told.js';

export type { PanelTexts } from '../texts/profile-shape.js';

/** What the panel says in English. */
export const ENGLISH: PanelWords = { ...PANEL, reasons: REASONS };

/** The panel's texts for a BCP 47 tag, with the site's own on top: at once in English, else a promise. */
export function panelTexts(tag: string, own?: Partial<PanelTexts>): Told<PanelWords> | Promise<Told<PanelWords>> {
  return kit.told<ProfileTexts, PanelWords>(tag, ENGLISH, profileFiles, ({ panel, reasons }) => ({ ...panel, reasons }), own);
}

/** Fills the `{…}` of a text. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
