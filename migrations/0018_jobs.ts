import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/** Bulk work as jobs, with what it works on and what went wrong; imported credentials; and what is done from time to time. */
export class Jobs0018 implements MigrationInterface {
  readonly name = 'Jobs1795219200018';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'jobs',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `organization_id ${type.id} NOT NULL`,
        `kind ${type.text(32)} NOT NULL`,
        `status ${type.text(16)} NOT NULL`,
        `parameters ${type.json} NULL`,
        `started_by ${type.id} NOT NULL`,
        `request_id ${type.text(64)} NOT NULL`,
        `total ${type.integer} NULL`,
        `done ${type.integer} NOT NULL`,
        `failed ${type.integer} NOT NULL`,
        // Where the next chunk begins; each kind of job has its own way to say it.
        `place ${type.text(64)} NULL`,
        `error ${type.text(500)} NULL`,
        `cancel_asked_at ${type.instant} NULL`,
        // Whose job it is while it runs, and until when if nothing more is heard.
        `runner ${type.text(64)} NULL`,
        `lease_until ${type.instant} NULL`,
        // Claims since the last chunk that went well.
        `attempts ${type.integer} NOT NULL`,
        // One more at each write: those who watch see that there is news.
        `version ${type.integer} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        `finished_at ${type.instant} NULL`,
        `CONSTRAINT jobs_organization FOREIGN KEY (organization_id) REFERENCES namespaces (id)`,
        `CONSTRAINT jobs_starter FOREIGN KEY (started_by) REFERENCES users (id)`,
      ],
      indexes: {
        jobs_by_organization: 'organization_id, id',
        jobs_by_starter: 'started_by, id',
        jobs_by_status: 'status, id',
      },
    });
    await createTable(runner, {
      name: 'job_parts',
      columns: (type) => [
        `job_id ${type.id} NOT NULL`,
        `part ${type.integer} NOT NULL`,
        `items ${type.json} NOT NULL`,
        `PRIMARY KEY (job_id, part)`,
        `CONSTRAINT job_parts_job FOREIGN KEY (job_id) REFERENCES jobs (id)`,
      ],
    });
    await createTable(runner, {
      name: 'job_failures',
      columns: (type) => [
        `job_id ${type.id} NOT NULL`,
        `item ${type.integer} NOT NULL`,
        `message ${type.text(500)} NOT NULL`,
        `PRIMARY KEY (job_id, item)`,
        `CONSTRAINT job_failures_job FOREIGN KEY (job_id) REFERENCES jobs (id)`,
      ],
    });
    await createTable(runner, {
      name: 'imported_credentials',
      columns: (type) => [
        `api_key_id ${type.id} NOT NULL PRIMARY KEY`,
        `organization_id ${type.id} NOT NULL`,
        // SHA-256 of the whole credential; null until the first use of one that came as bcrypt.
        `digest ${type.bytes(32)} NULL`,
        `bcrypt_digest ${type.text(60)} NULL`,
        // The clear head by which a bcrypt one is found. It stays when SHA-256 takes its place: whoever was on the way still finds it.
        `lookup_prefix ${type.text(64)} NULL`,
        `CONSTRAINT imported_credentials_length CHECK (digest IS NULL OR LENGTH(digest) = 32)`,
        `CONSTRAINT imported_credentials_form CHECK ((digest IS NOT NULL AND bcrypt_digest IS NULL) OR (digest IS NULL AND bcrypt_digest IS NOT NULL AND lookup_prefix IS NOT NULL))`,
        `CONSTRAINT imported_credentials_key FOREIGN KEY (api_key_id) REFERENCES api_keys (id)`,
      ],
      uniques: {
        imported_credentials_digest: 'organization_id, digest',
        imported_credentials_prefix: 'organization_id, lookup_prefix',
      },
    });
    await createTable(runner, {
      name: 'periodic_tasks',
      columns: (type) => [
        `name ${type.text(64)} NOT NULL PRIMARY KEY`,
        `due_at ${type.instant} NOT NULL`,
        `runner ${type.text(64)} NULL`,
        `lease_until ${type.instant} NULL`,
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['periodic_tasks', 'imported_credentials', 'job_failures', 'job_parts', 'jobs']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
