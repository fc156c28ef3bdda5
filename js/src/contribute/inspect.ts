import type { ContributionHost } from '../rank/contributing.js';
import type { Contribution, ContributionBudget, ContributionExport } from '../types.js';
import { Books } from './books.js';
import { loadEngine, result } from './engine.js';
import type { Row } from './outbox.js';
import { fromBase64, pack } from './parcel.js';

const MICRO = 1e6;

/** Spent and the most, in a month and in a year: for sums with noise, then for answers with noise. */
type Amounts = [month: number, cap: number, year: number, cap: number, month: number, cap: number, year: number, cap: number];
/** At which ε is told for sums with noise. */
const DELTA = 1e-6;

/** Every report that waits or left, the newest first. */
export async function listContributions({ drawer, witness }: ContributionHost): Promise<Contribution[]> {
  return (await Books.open(drawer, witness)).rows.map(shown).reverse();
}

/** What was spent, and what is left. */
export async function contributionBudget({ drawer, witness, wasm }: ContributionHost): Promise<ContributionBudget> {
  const [books, engine] = await Promise.all([Books.open(drawer, witness), loadEngine(wasm.contribute)]);
  const [sums, ...tasks] = result(engine.budget(pack(...books.opening), Date.now()));
  const figures = floats(sums!);
  const [month, monthCap, year, yearCap, told, toldCap, toldYear, toldYearCap] = figures.map(whole) as Amounts;
  const [epsilonMonth, epsilonYear, reportsToday] = figures.slice(8) as [number, number, number];
  const words = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
  return {
    sums: { month, monthCap, year, yearCap, epsilonMonth, epsilonYear },
    answers: { month: told, monthCap: toldCap, year: toldYear, yearCap: toldYearCap },
    reportsToday,
    tasks: Array.from({ length: tasks.length / 3 }, (_, index) => {
      const [task, name, spent] = tasks.slice(3 * index);
      const [reports, rho, epsilon] = floats(spent!) as [number, number, number];
      return { task: words(task), name: words(name), reports, rho: whole(rho), epsilon: whole(epsilon) };
    }),
  };
}

/** Both as they are kept, for an export. */
export async function contributionAccount(host: ContributionHost): Promise<ContributionExport> {
  const [{ rows }, budget] = await Promise.all([Books.open(host.drawer, host.witness), contributionBudget(host)]);
  return { budget, reports: rows };
}

function shown(row: Row): Contribution {
  const { task, name, description, purpose, mode, operator, vector, microRho, microEpsilon, builtAtS, dueAtS, url, body, state, atS } = row;
  const rho = whole(microRho);
  return {
    task,
    name,
    description,
    purpose,
    mode,
    to: new URL(url).origin,
    ...(operator && { operator }),
    vector,
    rho,
    epsilon: mode === 'local' ? whole(microEpsilon) : rho + 2 * Math.sqrt(rho * Math.log(1 / DELTA)),
    builtAt: new Date(1_000 * builtAtS),
    dueAt: new Date(1_000 * dueAtS),
    ...(atS !== undefined && { at: new Date(1_000 * atS) }),
    state,
    ...(body && { bytes: fromBase64(body) }),
  };
}

function whole(micro: number): number {
  return micro / MICRO;
}

function floats({ buffer }: Uint8Array<ArrayBuffer>): number[] {
  return [...new Float64Array(buffer)];
}
