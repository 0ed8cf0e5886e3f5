// What must outlive the page and the browser itself: drafts, and what is said but not yet answered for. IndexedDB with
// `strict` durability is on the disk when it says so; localStorage may lose its last seconds to a killed browser.
// Where the browser has none (a private window), things last as long as the page, and that is said.

type Part = 'drafts' | 'outbox' | 'files';

const NAME = 'tansiq';
const PARTS: readonly Part[] = ['drafts', 'outbox', 'files'];

interface Laid {
  id: string;
}

const loose = new Map<Part, Map<string, unknown>>(PARTS.map((part) => [part, new Map()]));
let opening: Promise<IDBDatabase | null> | null = null;

function open(): Promise<IDBDatabase | null> {
  opening ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        for (const part of PARTS) request.result.createObjectStore(part, { keyPath: 'id' });
      };
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opening;
}

/** True where what is laid in lasts longer than the page. */
export async function lasts(): Promise<boolean> {
  return (await open()) !== null;
}

async function change(part: Part, work: (store: IDBObjectStore) => void): Promise<boolean> {
  const database = await open();
  if (!database) return false;
  return new Promise((resolve) => {
    try {
      const transaction = database.transaction(part, 'readwrite', { durability: 'strict' });
      transaction.oncomplete = () => resolve(true);
      transaction.onerror = transaction.onabort = () => resolve(false);
      work(transaction.objectStore(part));
      // not left to the end of the task: a page that goes away in it would take this with it
      transaction.commit();
    } catch {
      resolve(false);
    }
  });
}

/** True once it is on the disk. */
export async function layIn<T extends Laid>(part: Part, value: T): Promise<boolean> {
  if (await change(part, (store) => store.put(value))) return true;
  loose.get(part)?.set(value.id, value);
  return false;
}

export async function takeOut(part: Part, id: string): Promise<void> {
  loose.get(part)?.delete(id);
  await change(part, (store) => store.delete(id));
}

export async function everything<T extends Laid>(part: Part): Promise<T[]> {
  const rest = [...(loose.get(part)?.values() ?? [])] as T[];
  const database = await open();
  if (!database) return rest;
  const held = await new Promise<T[]>((resolve) => {
    try {
      const request = database.transaction(part).objectStore(part).getAll();
      request.onsuccess = () => resolve(request.result as T[]);
      request.onerror = () => resolve([]);
    } catch {
      resolve([]);
    }
  });
  return [...held, ...rest];
}

/** A UUIDv7 (RFC 9562, 5.7). `crypto.randomUUID` is missing on pages without TLS that are not on loopback. */
export function newId(now: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(now / 0x1_0000));
  view.setUint16(4, now % 0x1_0000);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

/** Other tabs of this browser hear that something was laid in or taken out. */
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('tansiq.drawer');

export function ring(): void {
  channel?.postMessage(0);
}

export function whenRung(then: () => void): () => void {
  channel?.addEventListener('message', then);
  return () => channel?.removeEventListener('message', then);
}

/** Runs alone among all tabs, where the browser can see to it. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return work();
  return navigator.locks.request(`tansiq.${name}`, work) as Promise<T>;
}

/** Holds a name for this tab as long as it lives; null where another tab holds it. The answer gives it back. */
export function hold(name: string): Promise<(() => void) | null> {
  if (!('locks' in navigator)) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    void navigator.locks.request(`tansiq.${name}`, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((release) => resolve(() => release()));
    });
  });
}
