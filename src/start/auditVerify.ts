import 'reflect-metadata';
import { TenantLedger } from '../access/index.js';
import { tables } from '../tables.js';
import { verifyChain } from '../audit/index.js';
import { readConfig } from '../config.js';
import { openForReading, type Rows } from '../database/index.js';
import { explainFailure } from './explainFailure.js';

/**
 * `npm run audit:verify`: walks the audit chain of every tenant of the database that the settings name, also beside a
 * running service. Ends with 1 if anything was edited or is missing.
 */
export async function auditVerify(): Promise<number> {
  const { DATABASE_URL: url } = readConfig(process.env);
  const database = await openForReading({ url, schemas: tables as never, migrations: [] });
  try {
    return await database.snapshot(verifyAll);
  } finally {
    await database.close();
  }
}

async function verifyAll(rows: Rows): Promise<number> {
  let [events, breaches] = [0, 0];
  const tenants = await TenantLedger.ends(rows);
  for (const { organizationId, ...end } of tenants) {
    events += end.sequence;
    for (const { sequence, what } of await verifyChain(rows, organizationId, end)) {
      breaches += 1;
      console.log(`${organizationId}: event ${sequence} ${what}`);
    }
  }
  console.log(`Tenants: ${tenants.length}. Events: ${events}. Breaches: ${breaches}.`);
  return breaches === 0 ? 0 : 1;
}

if (require.main === module) {
  auditVerify().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(`The audit trail cannot be verified: ${explainFailure(error)}`);
      process.exit(1);
    },
  );
}
