import type { PanelWords } from '../texts/profile-shape.js';
import type { Contribution, ContributionBudget } from '../types.js';
import { make, section } from './panel-dom.js';
import type { PanelHost } from './panel-settings.js';
import { filled } from './panel-texts.js';

/** What was given to sums, and how much of the budget that took; null when nothing was. */
export type Given = { readonly reports: readonly Contribution[]; readonly budget: ContributionBudget } | null;

/** Reports that are shown at most. */
const SHOWN = 12;

/** Asks for what was given; nothing is fetched for visitors who give nothing. */
export async function givenOf({ consent, contributions }: PanelHost): Promise<Given> {
  const { purposes } = consent.state();
  if (!contributions || !(purposes['contribute']?.effective || purposes['measure']?.effective)) return null;
  try {
    const reports = await contributions.list();
    return reports.length > 0 ? { reports, budget: await contributions.budget() } : null;
  } catch {
    return null; // Reported where it failed.
  }
}

/** The section about it: each report with who sees it, when it leaves, and what exactly is in it. */
export function givenSection(given: Given, texts: PanelWords, language: string): HTMLElement | undefined {
  if (!given) return undefined;
  const { sums, answers } = given.budget;
  const share = Math.max(sums.month / sums.monthCap, answers.month / answers.monthCap) || 0;
  const rows = given.reports.slice(0, SHOWN).map((report) => row(report, texts, language));
  return section('given', texts.given, [
    make('p', { part: 'summary', text: filled(texts.givenBudget, { share: new Intl.NumberFormat(language).format(Math.round(100 * share)) }) }),
    make('ul', {}, rows),
  ]);
}

function row(report: Contribution, texts: PanelWords, language: string): HTMLElement {
  const { name, description, mode, operator, state, dueAt, at = dueAt, vector, epsilon } = report;
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const about = [texts.givenModes[mode], operator, `ε ${number.format(epsilon)}`, filled(texts.givenStates[state], { when: moment.format(at) })];
  const exact = make('details', { key: `given-${name}-${String(report.builtAt.getTime())}` }, [
    make('summary', { text: texts.givenExact }),
    make('code', { text: vector.join(' ') }),
  ]);
  return make('li', { part: 'contribution' }, [
    make('span', { class: 'what' }, [description || name, make('span', { class: 'when', text: about.filter(Boolean).join(' · ') }), exact]),
  ]);
}
