// Files for a statement: a small picture of each is made here; while the node does not answer they lie in this browser.
// The node takes out what a camera wrote beside a picture, always: there is no way to keep it.

import { api, Unanswered } from '../../api/client';
import type { Laid } from '../../state/draft.svelte';
import { everything, layIn, newId, takeOut } from '../../state/drawer';

const SIDE = 160;
/** Larger pictures are not unpacked here: an old machine has not the memory. */
const UNPACKED = 24 << 20;

interface KeptFile {
  id: string;
  file: File;
}

/** A small JPEG of a picture, as a data address; nothing where the browser cannot draw it. Drawn anew, so that nothing
 * that stood beside the picture is in it. */
export async function smallPicture(file: Blob): Promise<string | undefined> {
  if (!file.type.startsWith('image/') || file.size > UNPACKED) return undefined;
  try {
    const whole = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(whole.width, whole.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(whole.width * scale));
    canvas.height = Math.max(1, Math.round(whole.height * scale));
    canvas.getContext('2d')?.drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    return canvas.toDataURL('image/jpeg', 0.7);
  } catch {
    return undefined;
  }
}

/** Lays a file ready on the node, or in this browser while the node does not answer. */
export async function layOne(file: File): Promise<Laid> {
  const small = await smallPicture(file);
  const shown = { name: file.name, ...(small ? { small } : {}) };
  try {
    return { ...(await api.layReady(file)), ...shown };
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    const id = newId(Date.now());
    if (!(await layIn<KeptFile>('files', { id, file }))) throw error;
    return { id, media: file.type || 'application/octet-stream', size: file.size, travels: 0, removed: 0, cleaned: true, local: true, ...shown };
  }
}

/** The same files, those that lay in this browser laid ready on the node now. */
export async function layLocal(laid: readonly Laid[]): Promise<Laid[]> {
  if (!laid.some((one) => one.local)) return [...laid];
  const held = await everything<KeptFile>('files');
  const ready: Laid[] = [];
  for (const one of laid) {
    const kept = one.local ? held.find((found) => found.id === one.id) : undefined;
    if (!kept) {
      ready.push(one);
      continue;
    }
    const { name, small } = one;
    ready.push({ ...(await api.layReady(kept.file)), name, ...(small ? { small } : {}) });
  }
  // only once all of them lie there: a cut in between begins anew
  for (const one of laid) if (one.local) await takeOut('files', one.id);
  return ready;
}

export function takeAway(file: Laid): void {
  if (file.local) void takeOut('files', file.id);
  else void api.takeAway(file.id).catch(() => {}); // after a day it goes by itself
}
