// The key file of the browser and that of the command line are one: what this makes and signs, that opens and checks.

import { expect, test } from 'vitest';
import { fromBase64, toBase64Url, utf8 } from './bytes';
import { KeyRefused, makeKey, publicOf, signWith } from './keyFile';

const VECTOR = `{ "format": "tansiq-key/1", "public": "6XocPCHdo37/myugWuQ+CDDgXvAZgnva9fS2KaTePoE=", "kdf": { "name": "PBKDF2-SHA256", "iterations": 1000000, "salt": "1V5WwE0h9+5gOHU6pRRe/g==" }, "nonce": "2YRBPNKF8utv9t6I", "sealed": "zNcNVlaq61+d0Pu5JlPcI3/vL7GXq40UpvsKdlTC9zlCRC69MEsv613taxvnyOWH" }`;
const SIGNED = '9BbP4MAKHRrYVg6j56u3y0feiDu9WFnFkop7lg-Ltn8ac3bw1m9vVO6vldD2ImSdw8Nd-sAZ70FKafcN7he9Aw';

test('a key that was made here signs here and holds under its public key', async () => {
  const made = await makeKey('several words in a row');
  expect(publicOf(made.file)).toBe(made.public);
  const signature = await signWith(made.file, 'several words in a row', utf8('ڕێککەوتن'));
  const key = await crypto.subtle.importKey('raw', fromBase64(made.public), { name: 'Ed25519' }, false, ['verify']);
  expect(await crypto.subtle.verify({ name: 'Ed25519' }, key, fromBase64(signature), utf8('ڕێککەوتن'))).toBe(true);
});

test('another passphrase, another file and weak rounds are refused', async () => {
  const { file } = await makeKey('several words in a row');
  await expect(signWith(file, 'other words in a row', utf8('x'))).rejects.toEqual(new KeyRefused('passphrase'));
  for (const other of ['{}', 'no json', file.replace('1000000', '1000')]) {
    await expect(signWith(other, 'several words in a row', utf8('x'))).rejects.toEqual(new KeyRefused('file'));
  }
});

test('a file that the command line made opens here', async () => {
  const file = VECTOR;
  const signature = await signWith(file, 'several words in a row', utf8('text'));
  expect(toBase64Url(fromBase64(signature))).toBe(SIGNED);
});
