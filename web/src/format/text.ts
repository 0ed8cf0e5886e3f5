// How a text reads: its direction and its language. And text for searching only, never for showing or signing: one letter for the many ways in which Arabic and Kurdish
// keyboards write it, no marks, no zero-width characters, Latin digits.

import type { Lang } from '../api/types';
import { latinDigits } from './digits';

const SAME: Record<string, string> = {
  أ: 'ا', إ: 'ا', آ: 'ا', ٱ: 'ا',
  ك: 'ک', ي: 'ی', ى: 'ی', ئ: 'ی',
  ه: 'ە', ھ: 'ە', ة: 'ە',
  ؤ: 'و', ڕ: 'ر', ڵ: 'ل', ۆ: 'و', ێ: 'ی',
};

export function searchable(text: string): string {
  return latinDigits(text)
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[\u064B-\u065F\u0670\u0640\u200B-\u200F\u2066-\u2069]/g, '')
    .replace(/[أإآٱكيىئهھةؤڕڵۆێ]/g, (letter) => SAME[letter] ?? letter)
    .replace(/\s+/g, ' ')
    .trim();
}

const RTL = /[\u0591-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

/** The direction of a text by its language where that is said, else by its first strong letter. */
export function directionOf(lang: string | null): 'rtl' | 'ltr' | 'auto' {
  if (lang === 'en') return 'ltr';
  return lang === 'ar' || lang === 'ckb' ? 'rtl' : 'auto';
}

export function looksRtl(text: string): boolean {
  return RTL.test(text);
}

const count = (text: string, letters: RegExp): number => text.match(letters)?.length ?? 0;

/** The language that a short text was typed in, by its letters; by the one of the page where they do not tell. */
export function languageOf(text: string, page: Lang): Lang {
  const arabic = count(text, /[\u0620-\u06FF]/g);
  if (count(text, /[a-z]/gi) > arabic) return 'en';
  if (arabic === 0) return page;
  const sorani = count(text, /[ڕڵۆێەڤپچژگ]/g);
  const formal = count(text, /[ةىذضظطصثإأ]/g);
  if (sorani !== formal) return sorani > formal ? 'ckb' : 'ar';
  return page === 'ckb' ? 'ckb' : 'ar';
}
