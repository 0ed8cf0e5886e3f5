// Bytes of a text file as text. Old Arabic notepads wrote windows-1256 and say so nowhere: such a text is shown before it is used.

export interface Decoded {
  text: string;
  /** Whether the file said nothing of its letters and was not UTF-8. */
  guessed: boolean;
}

/** UTF-8, or UTF-16 where a mark says so; else windows-1256. `cut` where the bytes may end inside a letter. */
export function decoded(bytes: Uint8Array, cut = false): Decoded {
  const [first, second] = bytes;
  const wide = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  if (wide) return { text: new TextDecoder(wide).decode(bytes), guessed: false };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut }), guessed: false };
  } catch {
    return { text: new TextDecoder('windows-1256').decode(bytes), guessed: true };
  }
}
