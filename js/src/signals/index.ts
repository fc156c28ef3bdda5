export { onClick, type SignalOptions } from './onClick.js';
export { type DwellOptions, onDwell } from './onDwell.js';
export { onView } from './onView.js';
