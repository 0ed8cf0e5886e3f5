// Passkeys (Web Authentication Level 2): made for an office, and asked to sign the digest of a statement.

import type { Made } from '../../../api/signing';
import { fromBase64Url, toBase64, toBase64Url, utf8 } from './bytes';

/** Passkeys are for pages that have a host name: none for an address of numbers, none without https off this machine. */
export function possible(): boolean {
  return window.isSecureContext && 'credentials' in navigator && !/^[\d.:[\]]+$/.test(location.hostname);
}

export async function makePasskey(challenge: string, algorithms: number[], office: string): Promise<unknown> {
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: fromBase64Url(challenge),
      rp: { id: location.hostname, name: 'Tansiq' },
      user: { id: crypto.getRandomValues(new Uint8Array(16)), name: office, displayName: office },
      pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key' as const, alg })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
    },
  })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    id: made.id,
    rawId: toBase64Url(made.rawId),
    type: made.type,
    response: {
      attestationObject: toBase64Url(response.attestationObject),
      clientDataJSON: toBase64Url(response.clientDataJSON),
    },
    clientExtensionResults: {},
  };
}

export async function signWithPasskey(statement: string, rpId: string): Promise<Made> {
  const challenge = await crypto.subtle.digest('SHA-256', utf8(statement));
  const got = (await navigator.credentials.get({
    publicKey: { challenge, rpId, userVerification: 'required' },
  })) as PublicKeyCredential;
  const response = got.response as AuthenticatorAssertionResponse;
  return {
    signature: toBase64(response.signature),
    authenticator: toBase64(response.authenticatorData),
    client: toBase64(response.clientDataJSON),
  };
}
