import type { NoticeTexts } from './notice-keys.js';
import type { ProfileTexts } from './profile-shape.js';
import type { Files } from './told.js';

// Which file has which language is of no use to those who are told in English: the two lists are a part of their own.

/** Where the texts of the notice are. */
export async function noticeFiles(): Promise<Files<NoticeTexts>> {
  return (await import(/* webpackChunkName: "texts/list" */ './notice-files.js')).FILES;
}

/** Where everything about the profile is. */
export async function profileFiles(): Promise<Files<ProfileTexts>> {
  return (await import(/* webpackChunkName: "texts/list" */ './profile-files.js')).FILES;
}
