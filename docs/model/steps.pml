/* The steps of one ledger's protocol and the rules that allow them.

   Used by three worlds: ledger.pml (an adversary does whatever it can), epochs.pml (the same over several epochs)
   and walk.pml (prints random walks, for tests/model/steps.py, which is these steps once more in Python and judges
   recorded runs of the real program). A world says HIST, NH, AUTHORS and MEMBERS, and what has left;
   docs/model/README.md says what each macro breaks.

   A history stands for a signed tree: size and root in one number. `tin` and `tout` number the tree of histories in
   preorder, so that "is a prefix of" (what a consistency proof shows) is two comparisons. */

#define NONE 0
#define EMPTY 1

hidden short tin[NH];
hidden short tout[NH];

#define PRE(a, b) (tin[a] <= tin[b] && tin[b] < tout[a])
#define AGREE(a, b) (PRE(a, b) || PRE(b, a))

/* The author's side, an instance a row. In the store, and so rolled back with it: store, shown, halted.
   Outside of the backup: mark. In memory: fresh (nobody was asked since it started). */
HIST store[AUTHORS] = EMPTY;
HIST shown[AUTHORS] = EMPTY;
HIST mark[AUTHORS] = EMPTY;
bit halted[AUTHORS];
bit fresh[AUTHORS];

/* The others' side: the largest head accepted, its entries durable; entries in memory; the receipt given. */
HIST held[MEMBERS] = EMPTY;
HIST buf[MEMBERS] = EMPTY;
HIST receipt[MEMBERS] = EMPTY;
bit proof[MEMBERS];

/* Rules of the author */
#define MARKED(i) (mark[i] != NONE)
#ifdef SIGN_WHILE_RECOVERING
#define CAUGHT_UP(i) true
#else
#define CAUGHT_UP(i) PRE(mark[i], store[i])
#endif
#define NOT_STOPPED(i) (!halted[i])
#define MAY_SIGN(i) (MARKED(i) && CAUGHT_UP(i) && NOT_STOPPED(i))

#define CAN_APPEND(i, h) (MAY_SIGN(i) && PRE(store[i], h) && store[i] != h)
inline append(i, h) { store[i] = h }

#define CAN_MARK(i, h) (MAY_SIGN(i) && store[i] == h && mark[i] != h)
inline raise_mark(i, h) { mark[i] = h }

/* What leaves is in the mark, and in the store, so that it can be served. That the node was not halted since it
   raised the mark is looked at again, in the transaction that shows the head. */
#if defined(NO_MARK) || defined(SIGN_WHILE_RECOVERING)
#define MARK_COVERS(i, h) true
#else
#define MARK_COVERS(i, h) PRE(h, mark[i])
#endif
#ifdef SHOW_UNCHECKED
#define STILL_FREE(i) true
#else
#define STILL_FREE(i) (!halted[i])
#endif
#define CAN_SHOW(i, h) (MARKED(i) && MARK_COVERS(i, h) && PRE(h, store[i]) && PRE(shown[i], h) && shown[i] != h && STILL_FREE(i))
inline reveal(i, h) { shown[i] = h }

/* An own head comes back from another, to a halted node as well: that signs nothing all the same. */
#define UNKNOWN_HERE(i, h) (!PRE(h, store[i]))
#define RECOVERING(i) (fresh[i] || !MARKED(i) || !PRE(mark[i], store[i]))
#define CAN_PULL(i, h) (UNKNOWN_HERE(i, h) && RECOVERING(i) && PRE(shown[i], h))
inline pull(i, h) { store[i] = h; shown[i] = h }   /* what was signed and never shown is dropped: nobody has it */
#define MUST_STOP(i, h) (UNKNOWN_HERE(i, h) && !CAN_PULL(i, h))
#define CAN_HEAR(i, h) (UNKNOWN_HERE(i, h) && (!halted[i] || CAN_PULL(i, h)))
inline stop(i) { halted[i] = 1 }

/* The mark follows what was pulled, unless a crash comes before. A mark of another branch stays as it is. */
#ifdef MARK_BY_SIZE
#define CAN_FOLLOW(i) (MARKED(i) && SIZE(shown[i]) > SIZE(mark[i]))
#else
#define CAN_FOLLOW(i) (MARKED(i) && PRE(mark[i], shown[i]) && mark[i] != shown[i])
#endif
inline follow(i) { mark[i] = shown[i] }

/* After a start nothing is known of what others hold; `ask` ends that, whoever answered. */
inline start(i) { fresh[i] = 1 }
#define CAN_ASK(i) (fresh[i])
inline ask(i) { fresh[i] = 0 }

/* Rules of a member */
#define TAKES(j, h) (!proof[j] && PRE(held[j], h) && held[j] != h)
#ifdef SIZE_ONLY
#define CLASHES(j, h) (!proof[j] && !AGREE(held[j], h) && SIZE(h) > SIZE(held[j]))
#else
#define CLASHES(j, h) (!proof[j] && !AGREE(held[j], h))
#endif
#ifdef RECEIPT_BEFORE_DURABLE
#define DURABLE(j, h) (PRE(h, held[j]) || PRE(h, buf[j]))
#else
#define DURABLE(j, h) PRE(h, held[j])
#endif
#define CAN_RECEIPT(j, h) (!proof[j] && DURABLE(j, h) && PRE(receipt[j], h) && receipt[j] != h)
inline give_receipt(j, h) { receipt[j] = h }

/* A proof of a fork is a file: it reaches anybody, the author as well, on any way. FORKED says that there can be one. */
#define CAN_TELL(j) (FORKED && !proof[j])
inline tell(j) { proof[j] = 1 }
#define CAN_TELL_AUTHOR(i) (FORKED && !halted[i])
