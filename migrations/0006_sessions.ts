import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from './table.js';

/** Sessions of signed-in people, their refresh tokens (each works once), and the keys that sign access tokens. */
export class Sessions0006 implements MigrationInterface {
  readonly name = 'Sessions1795219200006';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'sessions',
      columns: (type) => [
        `id ${type.id} NOT NULL PRIMARY KEY`,
        `user_id ${type.id} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        `expires_at ${type.instant} NOT NULL`,
        `ended_at ${type.instant} NULL`,
        `CONSTRAINT sessions_user FOREIGN KEY (user_id) REFERENCES users (id)`,
      ],
      indexes: { sessions_by_user: 'user_id, ended_at' },
    });
    await createTable(runner, {
      name: 'refresh_tokens',
      columns: (type) => [
        // SHA-256 of the token.
        `digest ${type.bytes(32)} NOT NULL`,
        `session_id ${type.id} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
        // A spent token is kept: trying it again ends the session.
        `spent_at ${type.instant} NULL`,
        `PRIMARY KEY (digest)`,
        `CONSTRAINT refresh_tokens_digest CHECK (LENGTH(digest) = 32)`,
        `CONSTRAINT refresh_tokens_session FOREIGN KEY (session_id) REFERENCES sessions (id)`,
      ],
      indexes: { refresh_tokens_by_session: 'session_id' },
    });
    await createTable(runner, {
      name: 'signing_keys',
      columns: (type) => [
        `id ${type.text(64)} NOT NULL PRIMARY KEY`,
        `public_jwk ${type.json} NOT NULL`,
        // AES-256-GCM under ENCRYPTION_KEY.
        `private_key ${type.bytes(1024)} NOT NULL`,
        `created_at ${type.instant} NOT NULL`,
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE signing_keys');
    await runner.query('DROP TABLE refresh_tokens');
    await runner.query('DROP TABLE sessions');
  }
}
