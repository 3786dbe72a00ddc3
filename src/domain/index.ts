export * from './clock.js';
export * from './id.js';
export * from './input.js';
export * from './jsonObject.js';
export * from './network.js';
export * from './page.js';
export * from './refusal.js';
export * from './soon.js';
