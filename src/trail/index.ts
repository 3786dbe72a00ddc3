export { mayViewAuditEvent } from './viewTrail.js';
