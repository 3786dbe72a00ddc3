export { assertOwnerStays } from './assertOwnerStays.js';
export { carriedBy, handedOnBy } from './carried.js';
export { endGrantsOf, endGrantsOfUser } from './endGrants.js';
export type { Grant } from './Grant.js';
export { grantOwner } from './grantOwner.js';
export { grantToCreators } from './grantToCreators.js';
export type { Role } from './Role.js';
export { grantsById, grantsWithin, mayViewGrant } from './viewGrant.js';
export { mayViewRole, mayViewRoles, rolesById } from './viewRole.js';
