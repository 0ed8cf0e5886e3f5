/* The ledgers of one author in three epochs of a circle: which of them go on after a restore or after the marks
   were lost. A row of steps.pml is the ledger of an epoch; the marks of all epochs lie in one folder and are lost
   together, the backup holds the ledgers of all epochs. The others sign an epoch's number once. */

#ifndef ENTRIES
#define ENTRIES 2
#endif
#define NH 32
#define HIST byte
#ifndef EPOCHS
#define EPOCHS 3
#endif
#define AUTHORS EPOCHS
#define MEMBERS 1
#define FORKED false
#include "steps.pml"
#include "histories.pml"

int left[EPOCHS];
int made[EPOCHS];
#define LEFT(e, h) (IN(left[e], h))

bit sealed[EPOCHS];          /* in the store: the next epoch's ledger was opened, this one is at its end */
HIST kept[EPOCHS] = NONE;    /* the one backup */
HIST kept_shown[EPOCHS] = NONE;
bit kept_halted[EPOCHS];
bit kept_sealed[EPOCHS];
byte agreed;                 /* the newest epoch that all who stay have signed, this party among them */
HIST named[EPOCHS] = NONE;   /* what the opening entry that left names as the last head of the epoch before */

/* Once a head of the next epoch was about to leave, this one is over, whatever the store remembers. */
#ifdef OLD_EPOCH_GOES_ON
#define OVER(e) false
#else
#define OVER(e) (e + 1 < EPOCHS && mark[(e + 1) % EPOCHS] > EMPTY)
#endif
#define MAY(e) (store[e] != NONE && !sealed[e] && !OVER(e) && MAY_SIGN(e))

inline let(e, h) {
#ifdef P1
    assert((left[e] & ~friends[h]) == 0);
#endif
#ifdef SEALED
    assert(e + 1 >= EPOCHS || left[(e + 1) % EPOCHS] == 0 || PRE(h, named[(e + 1) % EPOCHS]));
#endif
    if
    :: e > 0 && left[e] == 0 -> named[e] = store[(e + EPOCHS - 1) % EPOCHS]
    :: else
    fi;
    left[e] = left[e] | BIT(h);
#ifdef REACH_NEXT_EPOCH
    assert(!(e == 2 && !MARKED(0)))
#endif
}

/* The mark of an epoch's ledger is opened when the node signs the epoch, never when it enters it: an epoch for which
   there is no mark may have been entered before the marks were lost. */
inline agree() {
    agreed++;
#ifndef OPEN_MARK_AT_ENTRY
    mark[agreed] = EMPTY
#endif
}

#ifdef OPEN_MARK_AT_ENTRY
#define MAY_ENTER(e) (agreed >= e && store[e] == NONE)
#else
#define MAY_ENTER(e) (agreed >= e && store[e] == NONE && MARKED(e))
#endif

inline enter(e) {
    store[e] = EMPTY;
    shown[e] = EMPTY;
    sealed[e - 1] = 1;
    if
    :: !MARKED(e) -> mark[e] = EMPTY
    :: else
    fi
}

inline keep() {
    x = 0;
    do
    :: x < EPOCHS ->
        kept[x] = store[x]; kept_shown[x] = shown[x]; kept_halted[x] = halted[x]; kept_sealed[x] = sealed[x]; x++
    :: else -> break
    od;
    x = 0
}

inline restore() {
    x = 0;
    do
    :: x < EPOCHS ->
        store[x] = kept[x]; shown[x] = kept_shown[x]; halted[x] = kept_halted[x]; sealed[x] = kept_sealed[x];
        start(x); x++
    :: else -> break
    od;
    x = 0
}

inline hear(e, h) {
    if
    :: CAN_PULL(e, h) -> pull(e, h)
    :: MUST_STOP(e, h) -> stop(e)
    :: else
    fi
}

#define HEARS(e, h) :: d_step { store[e] != NONE && LEFT(e, h) && CAN_HEAR(e, h) -> hear(e, h) }
#define LEDGER(e) \
    :: d_step { MAY(e) && ROOM(e, made[e]) -> x = NEXT(e, made[e]); made[e] = made[e] | BIT(x); append(e, x); x = 0 } \
    :: d_step { MAY(e) && CAN_MARK(e, store[e]) -> raise_mark(e, store[e]) } \
    :: d_step { store[e] != NONE && !OVER(e) && CAN_SHOW(e, mark[e]) -> reveal(e, mark[e]); let(e, shown[e]) } \
    :: d_step { CAN_FOLLOW(e) -> follow(e) } \
    :: d_step { CAN_ASK(e) -> ask(e) } \
    EACH(HEARS, e)

active proctype world() {
    d_step {
        number_histories();
        x = 1;
        do
        :: x < EPOCHS -> store[x] = NONE; shown[x] = NONE; mark[x] = NONE; x++
        :: else -> break
        od;
        keep()
    }
end:
    do
    LEDGER(0)
    LEDGER(1)
#if EPOCHS == 3
    LEDGER(2)
#endif
    :: d_step { agreed < EPOCHS - 1 -> agree() }
#if EPOCHS == 3
    :: d_step { MAY_ENTER(1) && store[2] == NONE -> enter(1) }
    :: d_step { MAY_ENTER(2) && (store[1] != NONE || !MARKED(1)) -> enter(2) }
#else
    :: d_step { MAY_ENTER(1) -> enter(1) }
#endif
#ifdef MARK_LOST
    :: d_step { mark[0] != NONE || mark[EPOCHS - 2] != NONE || mark[EPOCHS - 1] != NONE ->
        mark[0] = NONE; mark[EPOCHS - 2] = NONE; mark[EPOCHS - 1] = NONE }
#endif
    :: d_step { true -> keep() }
    :: d_step { true -> restore() }
    od
}
