/** What a platform may say instead of what it should. */
export const NONSENSE = [undefined, null, false, 0, 1, 'true', 'granted', NaN, {}, [], [true], () => true];
