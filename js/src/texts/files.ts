import type { NoticeTexts } from './notice-keys.js';
import type { ProfileTexts } from './profile-shape.js';
import type { Find } from './told.js';

// Which file has which language is of no use to those who are told in English: the two lists are a part of their own.

/** Finds the texts of the notice. */
export const noticeFiles: Find<NoticeTexts> = () => [import(/* webpackChunkName: "texts/list" */ './notice-files.js')];

/** Finds everything about the profile. */
export const profileFiles: Find<ProfileTexts> = () => [import(/* webpackChunkName: "texts/list" */ './profile-files.js')];
