// What a site can show, count, try and is kept from.
import { answer, granted, settle, visit } from '../visit.mjs';
import { mentions } from './files.mjs';
import { no, none, notRun, partial, whether, yes } from './answers.mjs';

/** Fields of ISO/IEC TS 27560 that a receipt must have. */
const RECEIPT_FIELDS = ['schema_version', 'record_id', 'pii_principal_id', 'privacy_notice', 'language', 'purposes', 'pii_controllers'];
/** So many draws of two are all alike once in a thousand million times. */
const LOADS = 30;

/** C41: the visitor gets a record of the consent as a file. */
export async function givesReceipt(run) {
  const { manager } = run;
  if (!manager.receipt) return no((await mentions(manager, /receipt/i)) ? 'only the word is in the package' : '');
  const page = await visit(run);
  await answer(page, manager, 'accept');
  const text = await manager.receipt(page).catch(() => null);
  if (!text) return no('no receipt');
  const missing = RECEIPT_FIELDS.filter((field) => !text.includes(`"${field}"`));
  return missing.length === 0 ? yes('fields of ISO/IEC TS 27560') : partial(`without ${missing.join(', ')}`);
}

/** What the page sends after an answer, as bytes. */
async function sentAfter(run) {
  const page = await visit(run, { counted: true });
  const sent = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(`${request.method()} ${new URL(request.url()).pathname} ${request.postData() ?? ''}`);
  });
  await answer(page, run.manager, 'accept');
  await settle(page, 1500);
  await page.goto('about:blank');
  await settle(page);
  return sent;
}

/** C43: answers are counted, and two visitors who answer alike send the same bytes. */
export async function countsWithoutIds(run) {
  const [one, other] = [await sentAfter(run), await sentAfter(run)];
  if (one.length === 0) return no('counts nothing');
  const same = one.join('\n') === other.join('\n');
  return whether(same, same ? '' : 'every visitor sends bytes of their own');
}

/** C42: answers are counted without rows about people, and the notice they answer can be shown as it was. */
export async function provesWithoutRows(run) {
  const counted = await countsWithoutIds(run);
  if (counted.answer !== 'yes') {
    const { personRow } = run.manager;
    return no(personRow && (await mentions(run.manager, personRow.pattern)) ? personRow.note : counted.note);
  }
  return run.manager.noticeKept ? run.manager.noticeKept(run) : no('the notice is not kept');
}

/** C44: variants of the words are drawn for every page, and only words may differ. */
export async function triesWords(run) {
  const { manager } = run;
  if (!manager.wishes.includes('experiment')) return no('no setting for it');
  const titles = new Set();
  for (let load = 0; load < LOADS && titles.size < 2; load += 1) {
    const page = await visit(run, { experiment: true });
    titles.add(await page.evaluate((banner) => look.words(banner), manager.parts.banner));
    await page.close();
  }
  const refused = await manager.refuses(run.site, { experiment: 'unequal' });
  if (titles.size > 1 && refused) return yes();
  return titles.size > 1 || refused ? partial(refused ? 'the lint knows it; the page draws nothing' : 'arms may differ in anything') : no();
}

/** C47: a first layer without a no is refused before anybody sees it. */
export async function refusesDarkPatterns(run) {
  const { manager, site } = run;
  if (manager.refuses) return whether(await manager.refuses(site, { dark: true }), '`homebody consent lint`');
  if (!manager.wishes.includes('dark')) return no('checks nothing, though no setting takes the reject button away');
  const page = await visit(run, { dark: true, awaited: false });
  await settle(page, 2000);
  const { banner, reject } = manager.parts;
  const shown = await page.evaluate(([banner, reject]) => ({ banner: look.seen(banner).length > 0, reject: look.seen(reject).length > 0 }), [banner, reject]);
  if (!shown.banner) return notRun('no banner appears');
  return shown.reject ? partial('the reject button stays') : no('shows a banner without reject');
}

/** C48: what is asked depends on the purpose and on the place. */
export async function modesByRegion(run) {
  const { manager } = run;
  if (!manager.wishes.includes('region')) return no('no setting for it');
  if (!manager.modes) return partial('by region, for all purposes alike');
  const page = await visit(run, { region: 'GB', awaited: false });
  await granted(page, manager);
  await settle(page, 1500);
  const modes = await manager.modes(page).catch(() => null);
  return whether(modes?.personalize === 'ask' && modes?.contribute === 'notice', modes ? `GB: ${Object.entries(modes).map(([purpose, mode]) => `${purpose} ${mode}`).join(', ')}` : '');
}

/** C53: the same place has what data protection law gives people a right to. */
export async function panelHasRights(run) {
  const { manager } = run;
  if (!manager.rights) return none('keeps no profile');
  const page = await visit(run);
  await answer(page, manager, 'accept');
  const missing = await manager.rights(page);
  return missing.length === 0 ? yes() : partial(`missing: ${missing.join(', ')}`);
}
