import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the repository. */
export const read = (path: string): string => readFileSync(join(__dirname, '../..', path), 'utf8');

/** Both ways of composing. */
export const composeFiles = ['docker/compose.yml', 'docker/compose.replicas.yml'] as const;

/** What stands under `services:`, and in replicas before it, each by its name. */
export function servicesOf(text: string): ReadonlyMap<string, string> {
  const shared = /^x-bailiwick: &bailiwick\n((?:(?: .*)?\n)+)/m.exec(text)?.[1] ?? '';
  const services = /^services:\n((?:(?: .*)?\n)+)/m.exec(text)?.[1] ?? '';
  const found = services.matchAll(/^ {2}([\w-]+):(?: (\*bailiwick))?\n((?:(?: {4}.*)?\n)*)/gm);
  return new Map([...found].map(([, name = '', alias, body = '']) => [name, alias ? shared.replace(/^ {2}/gm, '    ') : body]));
}
