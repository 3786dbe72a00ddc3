/** A ready operation as the playground opens it. `{{name}}` stands for a variable of the environment that is chosen there. */
export interface Tab {
  readonly title: string;
  /** The name of its file in `schema/operations`. */
  readonly operation: string;
  /** Comment lines above the operation, beside the one that its file begins with. */
  readonly notes?: readonly string[];
  readonly variables?: object;
  /** What the Authorization header carries: who asks. Left out: nobody, which only signing in and refreshing allow. */
  readonly bearer?: string;
  /** What the answer hands on to the tabs that follow: a variable's name, and where its value lies in the answer's field. */
  readonly remember?: Readonly<Record<string, string>>;
}

/** A signed-in person asks. */
export const person = '{{token}}';
/** A service asks, with an API key of its own. */
export const service = '{{serviceKey}}';

/** What a new session hands on. */
export const session = { token: 'accessToken', refreshToken: 'refreshToken', organizationId: 'user.organization.id' };
