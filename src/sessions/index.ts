export type { SignedIn, Sessions } from './Sessions.js';
