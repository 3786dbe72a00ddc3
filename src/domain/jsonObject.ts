const MOST_BYTES = 4_096;
const MOST_LEVELS = 5;

/** What is wrong with a value that should be a JSON object of at most 4 KiB and 5 levels; null where nothing is. */
export function faultOfJsonObject(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be a JSON object';
  const fault = faultWithin(value, 1);
  if (fault) return fault;
  if (Buffer.byteLength(JSON.stringify(value), 'utf8') > MOST_BYTES) return `must be at most ${MOST_BYTES} bytes of JSON`;
  return null;
}

/** Walks no deeper than is allowed, whatever is sent. */
function faultWithin(value: unknown, level: number): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : 'holds half of a surrogate pair: send well-formed Unicode';
  if (typeof value !== 'object' || value === null) return null;
  if (level > MOST_LEVELS) return `must be at most ${MOST_LEVELS} levels deep`;
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__') return 'must not have the key __proto__';
    const fault = faultWithin(name, level) ?? faultWithin(inner, level + 1);
    if (fault) return fault;
  }
  return null;
}
