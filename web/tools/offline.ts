// Writes the worker that opens the page while the node does not answer: offline/worker.js with the files of this build.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** A backdrop of a whole country is asked for in parts, and the page can be written in without it. */
const LEFT = /\.(pmtiles|map)$/;

export function offline(): Plugin {
  return {
    name: 'offline',
    generateBundle(_, bundle) {
      const built = Object.values(bundle).filter(({ fileName }) => !LEFT.test(fileName));
      const files = ['/index.html', '/mark.svg', ...built.map(({ fileName }) => `/${fileName}`)].filter((one, at, all) => all.indexOf(one) === at).sort();
      const worker = readFileSync(new URL('../offline/worker.js', import.meta.url), 'utf8');
      const digest = createHash('sha256').update(worker);
      // names of built files carry the digest of what is in them; the page itself does not
      for (const one of built) digest.update(one.fileName).update(one.type === 'asset' ? one.source : one.code);
      const source = worker.replace('__FILES__', JSON.stringify(files)).replace('__VERSION__', digest.digest('hex').slice(0, 16));
      this.emitFile({ type: 'asset', fileName: 'offline.js', source });
    },
  };
}
