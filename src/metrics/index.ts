export { type Door, doors } from './doors.js';
export { exposition } from './exposition.js';
export type { Count, Family, Timing } from './figures.js';
export { Meters } from './Meters.js';
export { VERSION } from './version.js';
