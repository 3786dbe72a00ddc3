/** What the operator allows each organization. Null: as much as it likes. */
export interface Quotas {
  /** Keys that work or may work again. */
  readonly maxApiKeys: number | null;
}

export const unlimited: Quotas = { maxApiKeys: null };
