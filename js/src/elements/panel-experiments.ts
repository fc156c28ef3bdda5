import type { Profile } from '../types.js';
import { notes } from './panel-dom.js';
import type { PanelModel } from './panel-view.js';

/** The experiments that the visitor takes part in: which variant of what, since when and until when. */
export function experiments({ texts, language }: PanelModel, { experiments }: Profile): HTMLElement[] {
  const days = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  const shown = experiments.map((value) => ({ text: `${value.experiment}: ${value.variant}`, value }));
  return notes(texts.experiments, shown, ({ atMs, untilMs }) => days.formatRange(atMs, untilMs));
}
