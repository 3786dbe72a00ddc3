import type { Environment } from '../authority/index.js';

/** Who was authenticated for this request. What they may do is asked anew each time. */
export type Principal =
  | {
      readonly kind: 'USER';
      readonly userId: string;
      readonly organizationId: string;
      readonly sessionId: string;
      readonly mustChangePassword: boolean;
    }
  | {
      readonly kind: 'KEY';
      readonly keyId: string;
      /** The user whom the key acts for. */
      readonly userId: string;
      readonly organizationId: string;
      /** Whoever obtained the secret that was presented; while an earlier one has a grace, not always the key's issuer. */
      readonly issuedBy: string;
      readonly environment: Environment;
      /** Restricted to resources of the tenant's services: it does nothing here but ask who it is. */
      readonly restricted: boolean;
    };
