import { EntitySchema } from 'typeorm';
import { columns } from '../database/index.js';

/** A public key as JWKS publishes it (RFC 7517, RFC 8037). */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** A row of `signing_keys`. */
export interface SigningKeyRow {
  /** 1, 2, 3 as text: two replicas that make the next key at once make the same row, and one of them is refused. */
  id: string;
  publicJwk: PublicJwk;
  /** PKCS #8, sealed under ENCRYPTION_KEY for this `kid`. */
  privateKey: Buffer;
  createdAt: Date;
}

const { bytes, instant, json, primaryId } = columns;

export const SigningKeyRows = new EntitySchema<SigningKeyRow>({
  name: 'SigningKey',
  tableName: 'signing_keys',
  columns: {
    id: primaryId('id'),
    publicJwk: json('public_jwk'),
    privateKey: bytes('private_key'),
    createdAt: instant('created_at'),
  },
});
