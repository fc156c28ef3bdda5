import { jsonOf } from '../json.js';
import type { Drawer } from '../rank/drawer.js';
import type { Witness } from '../rank/witness.js';
import { type Row, trimmed } from './outbox.js';
import { utf8 } from './parcel.js';

type Bytes = Uint8Array<ArrayBuffer>;

const LEDGER = 'ledger';
const OUTBOX = 'outbox';
const NOTHING: Bytes = new Uint8Array();

/** What stands beside the reports. */
interface Kept {
  /** When tasks were asked for last, unix milliseconds. */
  askedAtMs: number;
  /** Whether a task learns from how visits end. */
  follows: boolean;
  rows: Row[];
}

/**
 * The ledger and the reports, sealed on disk. A debit and its report are written together or not at all, and both before
 * anything is sent; the number of debits then goes to another place, where it shows a ledger that was put back.
 */
export class Books {
  ledger: Bytes;
  readonly kept: Kept;
  readonly #drawer: Drawer;
  readonly #witness: Witness;
  #known: string | null;

  private constructor(drawer: Drawer, witness: Witness, known: string | null, ledger: Bytes, kept: Kept) {
    this.#drawer = drawer;
    this.#witness = witness;
    this.#known = known;
    this.ledger = ledger;
    this.kept = kept;
  }

  /** Reads them. Rejects with `profile_unreadable` when a seal is broken: what was spent cannot be known then. */
  static async open(drawer: Drawer, witness: Witness): Promise<Books> {
    // The witness is written last, so it is read first: beside a ledger that is newer it is no reproach.
    const known = await witness.read();
    const [ledger, outbox] = await Promise.all([drawer.read(LEDGER), drawer.read(OUTBOX)]);
    return new Books(drawer, witness, known, ledger ?? NOTHING, outboxOf(outbox));
  }

  get rows(): readonly Row[] {
    return this.kept.rows;
  }

  /** How every call of the module begins: ledger, witness, entropy. */
  get opening(): [Bytes, Bytes, Bytes] {
    return [this.ledger, debitsOf(this.#known), crypto.getRandomValues(new Uint8Array(32))];
  }

  /** Books a debit and its report; false when everything was erased meanwhile: then nothing may be sent. */
  async debit(ledger: Bytes, debits: Bytes, row: Row): Promise<boolean> {
    const rows = trimmed([...this.kept.rows, row]);
    const isKept = await this.#drawer.write({ [LEDGER]: ledger, [OUTBOX]: bytesOf({ ...this.kept, rows }) });
    if (!isKept) return false;
    this.ledger = ledger;
    this.kept.rows = rows;
    this.#known = String(new DataView(debits.buffer).getBigUint64(0, true));
    await this.#witness.write(this.#known);
    return true;
  }

  /** Keeps another ledger with the same debits. */
  async note(ledger: Bytes): Promise<boolean> {
    const isKept = await this.#drawer.write({ [LEDGER]: ledger });
    if (isKept) this.ledger = ledger;
    return isKept;
  }

  /** Keeps what was changed in `kept`. */
  save(): Promise<boolean> {
    return this.#drawer.write({ [OUTBOX]: bytesOf(this.kept) });
  }
}

function bytesOf(kept: Kept): Bytes {
  return utf8(jsonOf(kept));
}

function outboxOf(bytes: Bytes | null): Kept {
  return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as Kept) : { askedAtMs: 0, follows: false, rows: [] };
}

/** The debits that were made, by the other place; empty where it knows of none. */
function debitsOf(known: string | null): Bytes {
  if (known === null) return NOTHING;
  const bytes = new Uint8Array(8);
  // What is no number was tampered with: as many as can be, so that no ledger is good enough.
  new DataView(bytes.buffer).setBigUint64(0, /^\d{1,18}$/.test(known) ? BigInt(known) : 2n ** 64n - 1n, true);
  return bytes;
}
