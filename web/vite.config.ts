import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { offline } from './tools/offline';

// `npm run dev` talks to a node on this machine; TANSIQ_NODE names another address.
const node = process.env['TANSIQ_NODE'] ?? 'http://127.0.0.1:8400';

export default defineConfig({
  base: '/',
  plugins: [svelte(), offline()],
  build: {
    outDir: '../src/tansiq/desk/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2200,
    // Every web server knows what a .js file is; not every one knows .mjs (the map's worker).
    rolldownOptions: {
      output: {
        assetFileNames: ({ names }) => (names[0]?.endsWith('.mjs') ? 'assets/[name]-[hash].js' : 'assets/[name]-[hash][extname]'),
      },
    },
  },
  server: { proxy: { '/api': node } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
