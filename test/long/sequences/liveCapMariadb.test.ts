import { liveCapOf } from './liveCap.js';

liveCapOf('mariadb', 300);
