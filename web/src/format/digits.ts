// Digits: Latin inside the program, Eastern Arabic on the page where chosen; all three sets are read.

export type Digits = 'arab' | 'latn';

const ARABIC = '٠١٢٣٤٥٦٧٨٩';
const PERSIAN = '۰۱۲۳۴۵۶۷۸۹';

/** The same text with Latin digits in the chosen set. */
export function inDigits(text: string, digits: Digits): string {
  return digits === 'latn' ? text : text.replace(/[0-9]/g, (d) => ARABIC[Number(d)] ?? d);
}

/** The same text with any of the three sets of digits as Latin ones. */
export function latinDigits(text: string): string {
  return text
    .replace(/[٠-٩]/g, (d) => String(ARABIC.indexOf(d)))
    .replace(/[۰-۹]/g, (d) => String(PERSIAN.indexOf(d)));
}

/** A whole number with groups of three: 12,400 in English, ١٢٬٤٠٠ in Eastern Arabic digits. */
export function groupedNumber(value: number, digits: Digits): string {
  const grouped = String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, digits === 'arab' ? '٬' : ',');
  return inDigits(grouped, digits);
}
