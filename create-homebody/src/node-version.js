/** The oldest Node that the package and its templates run on. */
const OLDEST = 20;

/** What to say to a Node that is too old; nothing to any other. */
export function tooOld(version) {
  return Number.parseInt(version, 10) < OLDEST
    ? `create-homebody: Node ${version} is too old; install Node ${OLDEST} or newer from https://nodejs.org`
    : undefined;
}
