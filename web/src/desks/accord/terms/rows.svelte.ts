// Rows of a form of which each is a rule once it is whole: what is not whole yet is kept with the draft and not said.

import type { Draft } from '../../../state/draft.svelte';

export class Rows<Row extends object> {
  rows = $state.raw<Row[]>([]);

  constructor(
    readonly draft: Draft,
    readonly name: string,
    readonly whole: (row: Row) => boolean,
  ) {
    this.rows = kept<Row>(draft.raw[name]) ?? ((draft.fields[name] ?? []) as Row[]);
  }

  set(rows: Row[]): void {
    this.rows = rows;
    this.draft.raw[this.name] = JSON.stringify(rows);
    this.draft.fields[this.name] = rows.filter(this.whole);
  }
  add(row: Row): void {
    this.set([...this.rows, row]);
  }
  drop(at: number): void {
    this.set(this.rows.filter((_, i) => i !== at));
  }
  /** What is empty is left out of the rule. */
  change(at: number, part: Partial<Row>): void {
    this.set(
      this.rows.map((row, i) => {
        if (i !== at) return row;
        return Object.fromEntries(Object.entries({ ...row, ...part }).filter(([, value]) => value !== null && value !== undefined && value !== '')) as Row;
      }),
    );
  }
}

function kept<Row>(text: string | undefined): Row[] | null {
  try {
    const rows: unknown = JSON.parse(text ?? 'null');
    return Array.isArray(rows) ? (rows as Row[]) : null;
  } catch {
    return null; // a draft of another version is begun anew
  }
}
