import { DETAILS } from '../english/details.js';
import { NOTICE } from '../english/notice.js';
import type { NoticeTexts } from '../notice-keys.js';

/** English. */
const TEXTS: NoticeTexts = { ...NOTICE, ...DETAILS };

export default TEXTS;
