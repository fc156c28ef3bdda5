import { defineWhy, type HbWhy, reasonText, reasonTexts } from '../elements/why.js';
import type { Reason } from '../types.js';

/** Tells in `place` why an item is where it is: in `<hb-why>` as that does, elsewhere in one sentence. */
export type Tell = (place: Element, reasons: Reason[]) => void;

/** What tells reasons in a language; fetched only where a template has room for them. */
export async function teller(language: string): Promise<Tell> {
  const texts = await reasonTexts(language);
  defineWhy();
  return (place, reasons) => {
    if (place.localName === 'hb-why') Object.assign(place as HbWhy, { wording: { texts }, reasons });
    else place.textContent = reasonText(reasons[0], { texts });
  };
}
