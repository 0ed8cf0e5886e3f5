// What these numbers can and cannot say: docs/numbers.md, as short as it can be said.

export const numbers = {
  title: 'What these numbers can and cannot say',
  parts: {
    unknown: { about: 'Unknown is not safe', text: 'Ground is covered, open or unknown. Unknown: no elevation there, or a party has said nothing. It never counts as covered and never as open.' },
    rate: { about: 'A count is not a rate', text: 'What patrols and posts found is divided by the effort of looking; what was reported stands apart, and the two are never added. Where nobody looked there is no rate: unknown. The effort is that of the present week, taken to have held all the time.' },
    loop: { about: 'The loop', text: 'A patrol finds incidents where it goes. Whoever sends patrols where incidents were found sends them back to the same ground, whatever the truth. Dividing by effort weakens the loop and does not break it.' },
    interval: { about: 'The interval', text: 'If the model holds, the true rate lies inside nine times in ten. Two places whose intervals overlap much are not ranked by their middle. A place without incidents has an upper end above zero.' },
    steering: { about: 'Who steers the map', text: 'A side can leave incidents out, or invent them. So each rank and each cluster is shown again without each side’s reports. What falls far then rests on that side’s word: a reason to ask, no proof.' },
    clusters: { about: 'Clusters', text: 'The scan finds incidents that are closer in place and time together than place or time alone explain. A place that always reports more, or a day on which everybody does, raises no alarm. p is the share of shuffled worlds with one as striking; it is not the probability that the cluster is real and says nothing of causes. With a scan every day at 0.05, expect an alarm without reason every third week. A changed habit of reporting raises one too: ask that first.' },
    sight: { about: 'Probability of sight', text: 'Heights of a model are wrong by some metres. The cover is laid again on some tens of grounds that could be the true one; the share of them in which ground is seen is its probability. It speaks of heights alone: not of weather, dust, trees that the model does not know, or whether anybody looks. That errors are alike everywhere and hang together over so many metres is an assumption, and it is yours to choose.' },
    expected: { about: 'Open ground to expect', text: 'The bounds hold nine of ten drawn grounds. Inside one listed gap ground can only close, because a gap is what the stated heights leave open; what opens elsewhere is in the sum of the whole area.' },
    travel: { about: 'Travel times', text: 'Never one number: as good as could be, as usual, and on wet ground. Which of them the rule uses is chosen and stands in the answer. Tables of speed are not measurements of this ground.' },
    lines: { about: 'Lines', text: 'A line bounds the ground that is asked about. It does not say who holds what lies behind it, and nothing counts as covered because it lies there.' },
    silent: { about: 'What no figure corrects', text: 'Incidents that nobody found and nobody reported; a place where people stopped reporting; a kind of incident that one side names otherwise.' },
  },
};
