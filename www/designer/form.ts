import type { Draft } from './draft.js';

/** What the fields of a section are made with. */
export interface Form {
  readonly draft: Draft;
  /** Aborts when the section is drawn anew. */
  readonly signal: AbortSignal;
  /** Draws the section anew: fields come or go. */
  readonly redraw: () => void;
}

/** One page of the form. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  /** The first names in the paths of its fields: findings lead here. */
  readonly parts: readonly string[];
  readonly draw: (form: Form) => readonly HTMLElement[];
}
