// Hashes, trees and signatures: RFC 6962, C2SP signed-note, tlog-checkpoint and tlog-cosignature, RFC 9901 digests.
// Nothing here knows the page. Everything is checked over bytes as they stand in the archive.

const encoder = new TextEncoder();
const strictText = new TextDecoder('utf-8', { fatal: true });
const WIDTH = 256;
const ED25519 = 1;
const COSIGNATURE = 4;

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const toUrl64 = (bytes) => toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

function fromBase64(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  return bytes;
}

const fromUrl64 = (text) => fromBase64(text.replace(/-/g, '+').replace(/_/g, '/'));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const leafHash = (entry) => sha256(joined([0], entry));
const nodeHash = (left, right) => sha256(joined([1], left, right));

/** The roots of the trees over the first `sizes` leaves, by size. */
async function rootsAt(leaves, sizes) {
  const wanted = new Set(sizes);
  const roots = new Map();
  const peaks = [];
  for (let count = 0; count <= leaves.length; count += 1) {
    if (wanted.has(count)) {
      let root = null;
      for (const peak of peaks.slice().reverse()) root = root === null ? peak : await nodeHash(peak, root);
      roots.set(count, root ?? (await sha256(new Uint8Array())));
    }
    if (count === leaves.length) break;
    let hash = leaves[count];
    for (let rest = count; rest % 2 === 1; rest = Math.floor(rest / 2)) hash = await nodeHash(peaks.pop(), hash);
    peaks.push(hash);
  }
  return roots;
}

/** Text and signatures of a signed note. */
function readNote(bytes) {
  const whole = strictText.decode(bytes);
  const gap = whole.lastIndexOf('\n\n');
  if (gap < 0 || !whole.endsWith('\n')) throw new Error('note');
  const signatures = whole
    .slice(gap + 2, -1)
    .split('\n')
    .map((line) => {
      const found = /^— (\S+) (\S+)$/.exec(line);
      if (found === null) throw new Error('note');
      const blob = fromBase64(found[2]);
      return { name: found[1], key: toHex(blob.slice(0, 4)), payload: blob.slice(4) };
    });
  return { text: whole.slice(0, gap + 1), signatures };
}

/** Origin, size and root of a checkpoint note. */
function readHead(bytes) {
  const note = readNote(bytes);
  const lines = note.text.split('\n');
  if (lines.length !== 4 || !/^(0|[1-9][0-9]{0,14})$/.test(lines[1])) throw new Error('checkpoint');
  return { note, origin: lines[0], size: Number(lines[1]), root: fromBase64(lines[2]) };
}

async function keyId(name, type, publicKey) {
  return toHex((await sha256(joined(encoder.encode(`${name}\n`), [type], publicKey))).slice(0, 4));
}

/** Whether this browser knows Ed25519; older ones do not. */
async function knowsEd25519() {
  try {
    await crypto.subtle.importKey('raw', new Uint8Array(32).fill(9), { name: 'Ed25519' }, false, ['verify']);
    return true;
  } catch (error) {
    return error.name !== 'NotSupportedError';
  }
}

async function ed25519(publicKey, signature, message) {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature, message);
  } catch {
    return false;
  }
}

/** Whether the log's own signature stands on a head and holds. */
async function logSigned(head, publicKey) {
  const key = await keyId(head.origin, ED25519, publicKey);
  const found = head.note.signatures.filter((one) => one.name === head.origin && one.key === key);
  if (found.length === 0) return false;
  for (const one of found) {
    if (!(await ed25519(publicKey, one.payload, encoder.encode(head.note.text)))) return false;
  }
  return true;
}

/** The receipts on a head by the mirror keys of the members: party, time in seconds, whether it holds. */
async function receiptsOn(head, members, able) {
  const found = [];
  for (const member of members) {
    const name = `${member.party}/mirror`;
    const publicKey = fromBase64(member.mirror);
    const key = await keyId(name, COSIGNATURE, publicKey);
    for (const one of head.note.signatures.filter((each) => each.name === name && each.key === key)) {
      const time = Number(new DataView(one.payload.buffer, one.payload.byteOffset).getBigUint64(0));
      const message = encoder.encode(`cosignature/v1\ntime ${time}\n${head.note.text}`);
      const holds = able ? await ed25519(publicKey, one.payload.slice(8), message) : null;
      found.push({ party: member.party, time, size: head.size, holds });
    }
  }
  return found;
}

/** The pieces of a bundle, each behind its length in two bytes. */
function readBundle(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 2 + view.getUint16(at);
    if (end > bytes.length) throw new Error('bundle');
    pieces.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return pieces;
}

/** Media type and content of an attachment as it travels (TQB1), after its digest was checked. */
function readBlob(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = 21;
  const at = kind + bytes[20] + 4;
  const end = at + view.getUint32(at - 4);
  if (strictText.decode(bytes.subarray(0, 4)) !== 'TQB1' || end > bytes.length) throw new Error('blob');
  return { media: strictText.decode(bytes.subarray(kind, at - 4)), content: bytes.subarray(at, end) };
}

/** Whether bytes really begin like a picture of this kind: nothing else is ever shown as one. */
function isPicture(media, bytes) {
  const begin = toHex(bytes.subarray(0, 12));
  if (media === 'image/png') return begin.startsWith('89504e470d0a1a0a');
  if (media === 'image/jpeg') return begin.startsWith('ffd8ff');
  return media === 'image/webp' && begin.startsWith('52494646') && begin.endsWith('57454250');
}

/** The frames of a disclosure bundle: subject and text. */
function readFrames(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 8 + view.getUint32(at + 4);
    if (end > bytes.length) throw new Error('frames');
    frames.push({ subject: view.getUint32(at), text: strictText.decode(bytes.subarray(at + 8, end)) });
    at = end;
  }
  return frames;
}
