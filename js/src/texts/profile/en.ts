import { ONBOARDING } from '../english/onboarding.js';
import { PANEL } from '../english/panel.js';
import { REASONS } from '../english/reasons.js';
import type { ProfileTexts } from '../profile-shape.js';

/** English, in parts: an element that shows one of them does not bring the others. */
const TEXTS: ProfileTexts = { panel: PANEL, onboarding: ONBOARDING, reasons: REASONS };

export default TEXTS;
