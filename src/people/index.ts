export { endMemberships, endUsersOf } from './endUsers.js';
export { insertOwner } from './insertOwner.js';
export { Passwords } from './passwords.js';
export type { User } from './User.js';
export { mayViewUser, usersById } from './viewUser.js';
export { leavingGroup } from './removeUserFromGroup.js';
export { removing } from './removeUser.js';
export { settingActive } from './setUserActive.js';
