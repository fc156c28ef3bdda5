import type { SegmentChange } from '../types.js';

/** What has a segment. */
interface Segmented {
  readonly segment: string | null;
}

/** Notices when the visitor moves to another segment: once a change, however often interactions are replayed. */
export class SegmentWatch {
  /** The segment at the last look. */
  name: string | null;
  readonly #moved: (change: SegmentChange) => void;

  constructor(machine: Segmented, moved: (change: SegmentChange) => void) {
    this.name = machine.segment;
    this.#moved = moved;
  }

  /** Looks, and tells what has changed. */
  look(machine: Segmented): void {
    const [from, to] = [this.name, machine.segment];
    this.name = to;
    if (from !== to) this.#moved({ from, to });
  }

  /** Another pool may call the same segment something else: nobody moved. */
  rename(machine: Segmented): void {
    this.name = machine.segment;
  }
}
