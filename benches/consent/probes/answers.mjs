// The words of the table. A probe returns one of these.

/** It does. */
export const yes = (note = '') => ({ answer: 'yes', note });
/** It does not. */
export const no = (note = '') => ({ answer: 'no', note });
/** Some of it, or only when asked for. */
export const partial = (note = '') => ({ answer: 'partial', note });
/** There is nothing in it that the row could be about. */
export const none = (note = '') => ({ answer: '–', note });
/** It could not be found out here. */
export const notRun = (note = '') => ({ answer: 'not run', note });

/** Yes where it holds, otherwise no. */
export const whether = (holds, note = '') => (holds ? yes(note) : no(note));

/** Rounded, so that the same page gives the same words. */
export const rounded = (number, digits = 2) => number.toFixed(digits);
