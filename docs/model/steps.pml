/* The steps of one ledger's protocol and the rules that allow them.

   Used by three worlds: ledger.pml (an adversary does whatever it can), epochs.pml (the same over several epochs)
   and trace.pml (a recorded run of the real program decides what happens next). A world says HIST, NH, AUTHORS and
   MEMBERS, and what LEFT and LET mean; docs/model/README.md says what each macro breaks.

   A history stands for a signed tree: size and root in one number. `tin` and `tout` number the tree of histories in
   preorder, so that "is a prefix of" (what a consistency proof shows) is two comparisons. */

#define NONE 0
#define EMPTY 1

hidden short tin[NH];
hidden short tout[NH];

#define PRE(a, b) (tin[a] <= tin[b] && tin[b] < tout[a])
#define AGREE(a, b) (PRE(a, b) || PRE(b, a))

/* The author's side, an instance a row. In the store, and so rolled back with it: store, shown, halted.
   Outside of the backup: mark. In memory: fresh (has signed nothing since it started). */
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
inline append(i, h) { store[i] = h; fresh[i] = 0 }

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

/* An own head comes back from another. */
#define UNKNOWN_HERE(i, h) (!PRE(h, store[i]))
#define RECOVERING(i) (fresh[i] || !MARKED(i) || !PRE(mark[i], store[i]))
#define CAN_PULL(i, h) (UNKNOWN_HERE(i, h) && RECOVERING(i) && !halted[i] && PRE(shown[i], h))
inline pull(i, h) {          /* what was signed and never shown is dropped: nobody has it */
    store[i] = h;
    shown[i] = h;
    if
    :: MARKED(i) && PRE(mark[i], h) -> mark[i] = h
    :: else
    fi
}
#define MUST_STOP(i, h) (UNKNOWN_HERE(i, h) && !CAN_PULL(i, h))
inline stop(i) { halted[i] = 1 }

inline start(i) { fresh[i] = 1 }

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
