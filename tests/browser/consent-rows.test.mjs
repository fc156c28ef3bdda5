// The comparison of consent managers, but for the rows that promise a time.
import { testRows } from './consent-rows.mjs';

testRows({ timed: false });
