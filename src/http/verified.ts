import type { Door, Meters } from '../metrics/index.js';
import { traceVerification } from '../traces/index.js';
import { throughDoor } from './requestScope.js';

/** Tells the figures and the trace that a key was verified at a door, and how. */
export function verifiedAt(meters: Meters, door: Door, code: string): void {
  throughDoor(door);
  meters.verified(door, code);
  traceVerification(door, code);
}
