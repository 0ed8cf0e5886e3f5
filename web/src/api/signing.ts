// The API of signing: how an agreement stands with its signatures, what is signed, offices, exports.

import { ask, json } from './client';
import type { Lang, Names, SaidRef } from './types';

export type Act = 'initial' | 'sign';
export type Effect = 'excludes' | 'modifies' | 'interprets';
export type Method = 'key_file' | 'passkey';
export type Form = 'pdf' | 'docx' | 'akn' | 'bundle' | 'text';

export interface Reservation {
  clause: string;
  effect: Effect;
  text: Names;
}

export interface Signed {
  ref: string;
  thing: string;
  party: string;
  act: Act | '';
  digest: string;
  signatory: string;
  office: Names | null;
  method: Method | null;
  fingerprint: string;
  at: number;
  told_at: number;
  epoch: number;
  index: number;
  reservations: Reservation[];
  problem: string | null;
  witness: boolean;
}

export interface Under {
  digest: string;
  initialled: string[];
  signed: string[];
  not_initialled: string[];
  not_signed: string[];
  complete_at: number | null;
}

export interface Office {
  ref: string;
  party: string;
  names: Names | null;
  method: Method | null;
  fingerprint: string;
  key: string;
  may: Act[];
  status: 'valid' | 'revoked';
  since: number | null;
  until: number | null;
}

export interface Stated {
  party: string;
  at: number;
  ref: string;
}

export interface InForce {
  on: 'signature' | 'date' | 'trigger';
  at: number | null;
  until: number | null;
  waits: 'signatures' | 'trigger' | 'date' | null;
  trigger: { trigger: string; stated: Stated[]; waits_for: string[]; differ: boolean } | null;
}

export interface Stage {
  agreement: string;
  digest: string;
  force: InForce;
  replaced_by: string | null;
  until: number | null;
}

export interface Changed {
  party: string;
  reservation: string;
  effect: Effect;
  clause: string;
  commitment: string;
  as_: 'owing' | 'owed';
  binds: boolean;
}

export interface SigningView {
  agreement: string;
  exercise: boolean;
  at: number;
  party: string;
  sides: string[];
  names: Names | null;
  open: { digest: string; canonical: string; frame: string; clauses: string[] } | null;
  text: string | null;
  digest: string | null;
  signatures: { signed: Signed; why: string }[];
  under: Under[];
  signed: Under | null;
  force: InForce;
  stages: Stage[];
  touched: { reserved: { party: string; ref: string; reservation: Reservation }; clauses: string[] }[];
  effects: Changed[];
  offices: Office[];
}

/** The canonical text as it is read (docs/integrators/formats.md). */
export interface AgreedText {
  path: string;
  names: Names;
  parties: string[];
  authentic: Lang[];
  prevailing: Lang | null;
  amends: string | null;
  force: { on: InForce['on']; date: number | null; trigger: string | null; days: number | null } | null;
  expires_at: number | null;
  review_at: number | null;
  clauses: { key: string; order: number[]; part: string; heading: Names; term: Names; text: Names }[];
}

export interface Prepared {
  statement: string;
  challenge: string;
  at: number;
  rp_id: string | null;
}

export interface ToSign {
  circle: string;
  agreement: string;
  act: Act;
  signatory: string;
  digest: string;
  reservations: Reservation[];
}

export interface Made {
  signature: string;
  authenticator?: string;
  client?: string;
}

interface NewOffice {
  circle: string;
  names: Names;
  may: Act[];
}

const of = (circle: string, agreement: string): string =>
  `circle=${encodeURIComponent(circle)}&agreement=${encodeURIComponent(agreement)}`;

export const signingApi = {
  view: (circle: string, agreement: string) => json<SigningView>('GET', `/accord/signing?${of(circle, agreement)}`),
  offices: (circle: string) => json<Office[]>('GET', `/accord/signatories?circle=${encodeURIComponent(circle)}`),
  prepare: (asked: ToSign) => json<Prepared>('POST', '/accord/statements', asked),
  sign: (asked: ToSign & Made & { at: number }) => json<SaidRef>('POST', '/accord/signatures', asked),
  take: async (file: File) => (await ask('POST', '/accord/signatures/file', undefined, file)).json() as Promise<SaidRef>,
  nameWithFile: (asked: NewOffice & { key: string }) => json<SaidRef>('POST', '/accord/signatories', asked),
  beginPasskey: () => json<{ challenge: string; algorithms: number[] }>('POST', '/accord/passkeys'),
  nameWithPasskey: (asked: NewOffice & { credential: unknown; rp_id: string; origin: string; challenge: string }) =>
    json<SaidRef>('POST', '/accord/signatories/passkey', asked),
  revoke: (circle: string, ref: string, reason: string) =>
    json<SaidRef>('POST', '/accord/signatories/revoke', { circle, ref, reason }),
  exportPath: (circle: string, agreement: string, form: Form) => `/accord/export?${of(circle, agreement)}&form=${form}`,
};
