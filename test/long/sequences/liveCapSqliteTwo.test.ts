import { liveCapOf } from './liveCap.js';

liveCapOf('sqlite', 1_000);
