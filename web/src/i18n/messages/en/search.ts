// The search box of every desk.

export const search = {
  open: 'Search',
  title: 'Search everything that this node holds',
  hint: 'Words in Arabic, Kurdish or English; a place',
  explain: 'Spellings, letter forms and digits do not matter. A place is found by its name in any of the three languages.',
  none: 'Nothing was found.',
  more: 'Show more',
  nearly: 'Similar name',
  own: 'Not told: only this node sees it',
  behind: (n: string) => `${n} records came in that are not looked through yet.`,
  any: 'Any',
  kind: 'Kind',
  party: 'Party',
  near: 'Near (name, MGRS, degrees)',
  from: 'From',
  to: 'To',
  here: 'Only this circle',
  within: (km: string, place: string) => `Within ${km} of ${place}`,
  reach: 'Distance',
  take: 'Choose a place from the list.',
  roughly: 'May lie there: its place is only roughly known',
};
