// Every call that the desks make. Nothing here but this node's own /api/v1; refusals become `Refused`.

import { link } from '../state/link.svelte';
import { save } from './save';
import type {
  BundleRequest,
  Column,
  ForkView,
  FoundPlace,
  Lang,
  Ledgers,
  MadeBundle,
  NodeInfo,
  PicturePage,
  PolicyView,
  Proposal,
  Ready,
  RecordView,
  SaidRef,
  SayRequest,
  Session,
  Standing,
  Taken,
  Verdict,
} from './types';

export interface Problem {
  code: string;
  refused: string;
  kept: string;
  next: string;
}

/** The node said no: what was refused, what was kept, what to do next, in the reader's language. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.refused);
  }
}

/** The node did not answer at all. */
export class Unanswered extends Error {}

let language: Lang = 'ar';
let onSignedOut: () => void = () => {};

export function speak(lang: Lang): void {
  language = lang;
}

export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

function asProblem(body: unknown, status: number): Problem {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (key: string): string => (typeof given[key] === 'string' ? given[key] : '');
  return {
    code: text('code') || `http_${status}`,
    refused: text('refused') || text('message') || text('detail') || `${status}`,
    kept: text('kept'),
    next: text('next'),
  };
}

/** So long an answer is waited for, of what can be sent again without harm (ms). */
const PATIENCE = 60_000;

export async function ask(method: string, path: string, body?: unknown, raw?: BodyInit, patience?: number): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': language };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    const payload = raw ?? (body === undefined ? null : JSON.stringify(body));
    response = await fetch(`/api/v1${path}`, { method, headers, body: payload, credentials: 'same-origin', ...(patience ? { signal: AbortSignal.timeout(patience) } : {}) });
  } catch {
    link.up = false;
    throw new Unanswered(path);
  }
  link.up = true;
  if (response.ok) return response;
  if (response.status === 401 && path !== '/session') onSignedOut();
  throw new Refused(response.status, asProblem(await response.json().catch(() => null), response.status));
}

export async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  return (await ask(method, path, body)).json() as Promise<T>;
}

const at = (circle: string, ref: string): string => {
  const [party = '', id = ''] = ref.split('/');
  return `/records/${encodeURIComponent(circle)}/${encodeURIComponent(party)}/${encodeURIComponent(id)}`;
};

export const api = {
  session: () => json<Session>('GET', '/session'),
  signIn: (user: string, password: string) => json<Session>('POST', '/session', { user, password }),
  signOut: () => ask('DELETE', '/session'),
  node: () => json<NodeInfo>('GET', '/node'),
  /** Without reports of incidents where those are too many; `apart` once a page has said that they are. */
  picture: (circle: string, after: number, apart: boolean) =>
    json<PicturePage>('GET', `/picture?circle=${circle}&after=${after}&limit=2000&crowd=apart${apart ? '&apart=true' : ''}`),
  record: (circle: string, ref: string) => json<RecordView>('GET', at(circle, ref)),
  proofAddress: (circle: string, ref: string) => `/api/v1${at(circle, ref)}/proof`,
  proof: async (circle: string, ref: string) => {
    const answer = await ask('GET', `${at(circle, ref)}/proof`);
    const name = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? '';
    return { name, blob: await answer.blob() };
  },
  attachmentAddress: (circle: string, ref: string, digest: string, save = false) =>
    `/api/v1${at(circle, ref)}/attachments/${digest}${save ? '?save=true' : ''}`,
  layReady: async (file: File) => {
    const ending = /\.([a-z0-9]{1,16})$/i.exec(file.name)?.[1] ?? '';
    return (await ask('POST', `/uploads?ending=${ending}`, undefined, file)).json() as Promise<Ready>;
  },
  takeAway: (upload: string) => ask('DELETE', `/uploads/${encodeURIComponent(upload)}`),
  preview: (said: SayRequest) => json<{ columns: Column[] }>('POST', '/records/preview', said),
  say: async (said: SayRequest) =>
    (await ask('POST', '/records', said, undefined, said.once ? PATIENCE : undefined)).json() as Promise<{ refs: SaidRef[] }>,
  tellPreview: (circle: string, ref: string, fields: string[]) =>
    json<{ columns: Column[] }>('POST', `${at(circle, ref)}/tell/preview`, { fields }),
  tell: (circle: string, ref: string, fields: string[]) =>
    json<{ refs: SaidRef[] }>('POST', `${at(circle, ref)}/tell`, { fields }),
  ledgers: () => json<Ledgers>('GET', '/ledgers'),
  checkpoint: async (hash: string) =>
    (await ask('GET', `/ledgers/${encodeURIComponent(hash)}/checkpoint`)).text(),
  verify: async (evidence: Blob) =>
    (await ask('POST', '/verify', undefined, evidence)).json() as Promise<Verdict>,
  erase: (circle: string, ref: string, reason: string) => json<SaidRef>('POST', `${at(circle, ref)}/erase`, { reason }),
  forks: () => json<{ forks: ForkView[] }>('GET', '/forks'),
  standing: () => json<{ ledgers: Standing[] }>('GET', '/standing'),
  onlyOne: () => json<{ ledgers: Standing[] }>('POST', '/standing/only-one', { confirmed: true }),
  policy: (circle: string) => json<PolicyView>('GET', `/circles/${circle}/policy`),
  givePolicy: (circle: string, text: string | null) => json<PolicyView>('PUT', `/circles/${circle}/policy`, { text }),
  epochs: () => json<{ proposals: Proposal[] }>('GET', '/epochs'),
  propose: (circle: string, add: string[], remove: string[]) =>
    json<{ id: string }>('POST', '/epochs', { circle, add, remove }),
  leave: (circle: string) => json<{ circle: string }>('POST', `/circles/${circle}/leave`),
  refuseEpoch: (id: string) => json<{ id: string }>('POST', `/epochs/${id}/refuse`),
  signEpoch: (id: string) => json<{ id: string }>('POST', `/epochs/${id}/sign`),
  makeBundle: (asked: BundleRequest) => json<MadeBundle>('POST', '/bundles', asked),
  readBundle: async (file: File) =>
    (await ask('POST', `/bundles/read?name=${encodeURIComponent(file.name)}`, undefined, file)).json() as Promise<Taken>,
  /** A file of this node, handed to the browser to keep; `path` below /api/v1. */
  download: async (path: string) => {
    const answer = await ask('GET', path);
    const name = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? 'tansiq';
    save(name, await answer.blob());
  },
  places: (q: string, limit = 8) =>
    json<{ places: FoundPlace[] }>('GET', `/places?q=${encodeURIComponent(q)}&limit=${limit}`),
};
