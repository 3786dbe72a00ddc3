export type { User } from './User.js';
export { UserStore } from './UserStore.js';
export { usersById } from './viewUser.js';
