import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { WrongSetting } from '../config.js';
// Not by the room's index: a wrong setting is told before TypeORM is loaded.
import { makeFolder } from '../database/makeFolder.js';
import type { FirstSignIn } from '../namespaces/index.js';

const FILE = 'data/first-sign-in';

/**
 * Where there is no terminal to tell it to, keeps a generated password in a file that only its owner reads. Called
 * before the founding commits: whatever fails afterwards, a busy port too, the password is not lost.
 */
export function keepSignIn({ email, password, generated }: FirstSignIn): void {
  if (!generated || process.stdout.isTTY) return;
  try {
    makeFolder(dirname(FILE));
    // A file of our own making: one that is there already may be one that others read.
    rmSync(FILE, { force: true });
    writeFileSync(FILE, `${email}\n${password}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code = 'it failed' } = error as NodeJS.ErrnoException;
    throw new WrongSetting(`BOOTSTRAP_PASSWORD must be set here: a password that is made up cannot be kept in ${FILE} (${code}).`);
  }
}

// Whoever chose it may have chosen what a text of GraphQL, in a text of JSON, begins or ends with.
const CHOSEN = String.raw`$(printf %s "$BOOTSTRAP_PASSWORD" | sed 's/[\\"]/\\&/g; s/[\\"]/\\&/g')`;

/** How to sign in, in words; `password` is how a shell command gets it. */
export function tellSignIn({ email, password, generated }: FirstSignIn): { readonly shown: string; readonly password: string } {
  if (!generated) return { shown: `${email} with BOOTSTRAP_PASSWORD`, password: CHOSEN };
  if (process.stdout.isTTY) return { shown: `${email}  ${password}  (told only now)`, password };
  return { shown: `${email}, with the password in ${FILE}`, password: `$(sed -n 2p ${FILE})` };
}
