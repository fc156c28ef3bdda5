/** One report, as the visitor may see it. */
export interface Contribution {
  /** SHA-256 of the task, 64 hex digits. */
  task: string;
  /** The task's short name. */
  name: string;
  /** What is asked and why, in the site's words. */
  description: string;
  /** The consent it needs. */
  purpose: 'contribute' | 'measure';
  /** Who sees what: the site all of it, nobody more than an answer at random, or two parties half each. */
  mode: 'trusted' | 'local' | 'split';
  /** Where it is sent: an origin. */
  to: string;
  /** Whoever holds the other half, under `split`. */
  operator?: string;
  /** What was measured. */
  vector: readonly number[];
  /** What it cost of the budget of sums with noise, ρ (zCDP). */
  rho: number;
  /** The same as ε: of this answer under `local`, else of the released sum at δ 10⁻⁶. */
  epsilon: number;
  builtAt: Date;
  /** Not sent before. */
  dueAt: Date;
  /** When it was sent, or refused. */
  at?: Date;
  state: 'waiting' | 'sent' | 'refused';
  /** Exactly what will be sent, while it waits. */
  bytes?: Uint8Array<ArrayBuffer>;
}

/** What is spent and can be spent in 30 and in 365 days. */
export interface ContributionAccount {
  month: number;
  monthCap: number;
  year: number;
  yearCap: number;
}

/** What was spent of the visitor's privacy, and what is left; past a cap no report is built. */
export interface ContributionBudget {
  /** For sums that get noise when they are released: ρ (zCDP), and ε of what was spent, at δ 10⁻⁶. */
  sums: ContributionAccount & { epsilonMonth: number; epsilonYear: number };
  /** For answers that carry their noise: ε. */
  answers: ContributionAccount;
  /** Of 8. */
  reportsToday: number;
  /** Each task that was answered. */
  tasks: { task: string; name: string; reports: number; rho: number; epsilon: number }[];
}

/** What `exportData()` says of contributions: what was spent, and every report that waits or left. Plain JSON. */
export interface ContributionExport {
  readonly budget: ContributionBudget;
  /** The oldest first. */
  readonly reports: readonly ExportedReport[];
}

/** A report as it is kept; times are unix seconds. */
export interface ExportedReport {
  /** Names the report and nobody: random, in hex. */
  readonly nonce: string;
  /** The task's id, in hex. */
  readonly task: string;
  readonly name: string;
  readonly description: string;
  readonly purpose: 'contribute' | 'measure';
  readonly mode: 'trusted' | 'local' | 'split';
  /** Whoever runs the second aggregator, under `split`. */
  readonly operator?: string;
  readonly vector: readonly number[];
  /** What it cost, in millionths of ρ, and under `local` of ε. */
  readonly microRho: number;
  readonly microEpsilon: number;
  readonly builtAtS: number;
  readonly dueAtS: number;
  /** Where it goes, and as what. */
  readonly url: string;
  readonly type: string;
  /** What is sent, base64; gone once it was. */
  readonly body?: string | undefined;
  readonly state: 'waiting' | 'sent' | 'refused';
  /** When it was sent, or refused. */
  readonly atS?: number;
  /** How often it was sent in vain, and when it is sent again. */
  readonly tries?: number;
  readonly retryAtS?: number;
}
