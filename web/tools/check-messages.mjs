// What the compiler cannot see in the messages: empty ones, Arabic or Sorani ones left in English, Sorani written
// with Arabic's ي and ك or the other way about. Run by `npm run check`; a finding fails the build.

import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../src/i18n/messages/', import.meta.url);
const ALLOWED_LATIN = /^(TLP|MGRS|PDF|Word \(DOCX\)|Akoma Ntoso \(XML\)|[a-z]+(-[a-z]+)+|[A-F] · .*|[1-6] · .*)$/;
const findings = [];

for (const lang of ['en', 'ar', 'ckb']) {
  for (const file of readdirSync(new URL(`${lang}/`, root))) {
    if (file === 'index.ts') continue;
    const lines = readFileSync(new URL(`${lang}/${file}`, root), 'utf8').split('\n');
    lines.forEach((line, i) => {
      if (line.startsWith('import')) return;
      const where = `${lang}/${file}:${i + 1}`;
      for (const [, text] of line.matchAll(/(?:^|[\s(:?])['`]([^'`]*)['`]/g)) {
        const plain = text.replace(/\$\{[^}]*\}/g, '').trim();
        if (text === '') findings.push(`${where} empty message`);
        if (lang === 'en' || plain === '' || ALLOWED_LATIN.test(plain)) continue;
        if (/[A-Za-z]{2,}/.test(plain) && !/[\u0600-\u06ff]/.test(plain)) findings.push(`${where} not translated: ${plain}`);
        if (lang === 'ckb' && /[يكىةهـ]/.test(plain.replace(/ه(?=\u200c|ـ|[\u0600-\u06ff])/g, ''))) findings.push(`${where} Arabic letter in Sorani: ${plain}`);
        if (lang === 'ar' && /[یکەڕڵۆێ]/.test(plain)) findings.push(`${where} Kurdish letter in Arabic: ${plain}`);
      }
    });
  }
}

for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exit(1);
console.log('messages: complete in en, ar, ckb');
