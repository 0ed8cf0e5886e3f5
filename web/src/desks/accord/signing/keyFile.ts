// A signatory's key file, made and opened in the browser: the same file that `tansiq sign key` writes.
// docs/integrators/formats.md, "A signatory's key file".

import { fromBase64, type Raw, toBase64, utf8 } from './bytes';

const FORMAT = 'tansiq-key/1';
const ITERATIONS = 1_000_000;
export const SHORTEST = 12;
/** PKCS #8 of an Ed25519 seed (RFC 8410, 7) up to the seed, which browsers take in no other form. */
const PKCS8 = new Uint8Array([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]);

interface KeyFile {
  format: string;
  public: string;
  kdf: { name: string; iterations: number; salt: string };
  nonce: string;
  sealed: string;
}

/** The file is none of ours, or the passphrase does not open it. */
export class KeyRefused extends Error {
  constructor(readonly why: 'file' | 'passphrase' | 'browser') {
    super(why);
  }
}

async function derive(passphrase: string, salt: Raw, iterations: number): Promise<CryptoKey> {
  const words = await crypto.subtle.importKey('raw', utf8(passphrase.normalize('NFKC')), 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(how, words, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** A new key: its file and its public key. */
export async function makeKey(passphrase: string): Promise<{ file: string; public: string }> {
  let pair: CryptoKeyPair;
  try {
    pair = (await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])) as CryptoKeyPair;
  } catch {
    throw new KeyRefused('browser');
  }
  const seed = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)).slice(PKCS8.length);
  const open = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = await derive(passphrase, salt, ITERATIONS);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: open }, key, seed);
  const file: KeyFile = {
    format: FORMAT,
    public: toBase64(open),
    kdf: { name: 'PBKDF2-SHA256', iterations: ITERATIONS, salt: toBase64(salt) },
    nonce: toBase64(nonce),
    sealed: toBase64(sealed),
  };
  return { file: `${JSON.stringify(file, null, 2)}\n`, public: file.public };
}

/** The public key that a file names, without opening it. */
export function publicOf(text: string): string {
  return read(text).public;
}

function read(text: string): KeyFile {
  try {
    const file = JSON.parse(text) as KeyFile;
    const { iterations, name } = file.kdf;
    if (file.format === FORMAT && name === 'PBKDF2-SHA256' && iterations >= 600_000 && iterations <= 10_000_000) return file;
  } catch {
    // said below
  }
  throw new KeyRefused('file');
}

/** Sign bytes with a key file. */
export async function signWith(text: string, passphrase: string, bytes: Raw): Promise<string> {
  const file = read(text);
  const key = await derive(passphrase, fromBase64(file.kdf.salt), file.kdf.iterations);
  let seed: ArrayBuffer;
  try {
    const how = { name: 'AES-GCM', iv: fromBase64(file.nonce), additionalData: fromBase64(file.public) };
    seed = await crypto.subtle.decrypt(how, key, fromBase64(file.sealed));
  } catch {
    throw new KeyRefused('passphrase');
  }
  const whole = new Uint8Array([...PKCS8, ...new Uint8Array(seed)]);
  try {
    const opened = await crypto.subtle.importKey('pkcs8', whole, { name: 'Ed25519' }, false, ['sign']);
    return toBase64(await crypto.subtle.sign({ name: 'Ed25519' }, opened, bytes));
  } catch {
    throw new KeyRefused('browser');
  }
}
