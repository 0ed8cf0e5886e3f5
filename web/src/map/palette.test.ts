import { expect, test } from 'vitest';
import { partyColour } from './palette';

const joc = { id: 'joc' };
const mop = { id: 'mop' };
const coalition = { id: 'coalition' };

test('a party has one colour on every desk, whoever looks and in whatever order the parties come', () => {
  const orders = [
    [joc, mop, coalition],
    [mop, coalition, joc],
    [coalition, joc, mop],
  ];
  for (const party of [joc, mop, coalition]) {
    expect(new Set(orders.map((parties) => partyColour(party.id, parties))).size).toBe(1);
  }
});

test('no two parties of a circle share a colour', () => {
  expect(new Set([joc, mop, coalition].map((party) => partyColour(party.id, [joc, mop, coalition]))).size).toBe(3);
});
