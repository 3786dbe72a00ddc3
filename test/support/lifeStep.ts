import type { Client } from './client.js';
import type { Service } from './service.js';
import { signIn } from './tenant.js';

/** Ids and secrets of a life, by the name under which later acts need them. */
export type Ids = Record<string, string>;

/** One act of a tenant's life: what is sent, by whom, and the event that must tell of it. */
export interface Step {
  readonly field: string;
  readonly action: string;
  readonly input?: (ids: Ids) => object;
  readonly by?: (service: Service, ids: Ids) => Promise<Client>;
  /** What the payload shows that later acts need, by the path where it stands. */
  readonly keep?: Readonly<Record<string, string>>;
  /** What was acted on, by the name under which it is kept; the caller's own session where left out. */
  readonly target?: string;
  readonly selection: string;
}

/** What people type in, and what must be told nowhere. */
export const NEW = 'another good long password';
export const PASSWORD = 'a good long password';
export const inOrganization = ({ organization }: Ids) => ({ organizationId: organization });
export const asAda = (service: Service, { organization }: Ids): Promise<Client> =>
  signIn(service, 'ada@tenant.test', PASSWORD, organization);
export const described = { name: 'Another name' };
