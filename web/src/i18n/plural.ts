// Counted nouns. Arabic has six plural classes, Sorani and English two.

const ARABIC = new Intl.PluralRules('ar');

/** Arabic: picks the form for `n`; `few` is 3 to 10, `many` 11 to 99, `other` hundreds. */
export function arabicForm(
  n: number,
  forms: { zero?: string; one: string; two: string; few: string; many: string; other?: string },
): string {
  const rule = ARABIC.select(n);
  if (rule === 'zero') return forms.zero ?? forms.many;
  if (rule === 'other') return forms.other ?? forms.many;
  return forms[rule];
}
