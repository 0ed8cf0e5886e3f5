// Bytes as the formats write them.

export type Raw = Uint8Array<ArrayBuffer>;

export function toBase64(bytes: ArrayBuffer | Raw): string {
  let text = '';
  for (const one of new Uint8Array(bytes)) text += String.fromCharCode(one);
  return btoa(text);
}

export function fromBase64(text: string): Raw {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

export function toBase64Url(bytes: ArrayBuffer | Raw): string {
  return toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function fromBase64Url(text: string): Raw {
  return fromBase64(text.replace(/-/g, '+').replace(/_/g, '/'));
}

export function utf8(text: string): Raw {
  return new TextEncoder().encode(text) as Raw;
}

export async function sha256(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text)));
  return [...digest].map((one) => one.toString(16).padStart(2, '0')).join('');
}
