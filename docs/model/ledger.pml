/* One ledger in one epoch: its author (and a clone of it), two members, and an adversary that owns the network.

   LEFT is every signed head that ever left: it may reach anybody, at any time, any number of times or never. So loss,
   delay, reordering, repetition, partition, relaying and a bundle on a stick are one thing here. */

#ifndef ENTRIES
#define ENTRIES 3
#endif
#define NH 32
#define HIST byte
#define AUTHORS 2
#define MEMBERS 2
#include "steps.pml"
#include "histories.pml"

int left;              /* heads that left, a bit each */
int made;              /* histories that somebody signed, a bit each: the next one at this place is another branch */
#define LEFT(h) (IN(left, h))
bit forked;            /* two of them contradict each other */
#define FORKED forked

#ifndef BACKUPS
#define BACKUPS 1
#endif
byte kept[BACKUPS] = EMPTY;         /* the backups: store, what it had shown, whether it had halted */
byte kept_shown[BACKUPS] = EMPTY;
bit kept_halted[BACKUPS];
#ifdef P1_OWN
int own[AUTHORS];      /* what each instance showed */
#endif
bit cloned;
bit calm;              /* the adversary has gone, links are up */

#ifdef THIEF
bit stolen;
byte bound;            /* the compromise record: NONE, or the head that it was said at */
bit informed[MEMBERS];
#define INFORMED(j) informed[j]
#ifdef NAMED_BOUND
#define WITHIN(j, h) (!informed[j] || PRE(h, bound))
#else
#ifdef NO_BOUND
#define WITHIN(j, h) true
#else
#define WITHIN(j, h) (!informed[j] || SIZE(h) <= SIZE(bound))
#endif
#endif
#else
#define WITHIN(j, h) true
#define INFORMED(j) false
#endif

/* 1: of an honest author without a clone, whatever leaves agrees with all that left before.
   With a clone: nothing new leaves an instance that has heard of a head it never signed. */
inline let(i, h) {
#ifdef P1
    assert((left & ~friends[h]) == 0);
#endif
#ifdef P1_CLONE
    assert(LEFT(h) || !halted[i]);
#endif
#ifdef P1_OWN
    assert((own[i] & ~friends[h]) == 0);   /* no instance contradicts what it showed itself, restored or not */
    own[i] = own[i] | BIT(h);
#endif
    if
    :: (left & ~friends[h]) != 0 -> forked = 1
    :: else
    fi;
    left = left | BIT(h)
}

/* 2: an accusation holds two heads of that key that contradict each other and had both left. */
inline accuse(a, b) {
#ifdef P2
    assert(!AGREE(a, b) && LEFT(a) && LEFT(b));
#endif
#ifdef P2_NOBODY
    assert(false);     /* an honest author without a clone is never accused at all */
#endif
    skip
}

/* 5: an accepted head never shrinks and never changes branch. */
inline take(j, h) {
#ifdef P5
    assert(PRE(held[j], h));
#endif
#ifdef P8
    assert(!INFORMED(j) || SIZE(h) <= SIZE(bound));
#endif
    held[j] = h
}

inline handle(j, h) {  /* a head reaches a member, which checks and persists in one step */
    if
    :: TAKES(j, h) && WITHIN(j, h) -> take(j, h)
    :: CLASHES(j, h) && (WITHIN(j, h) || SIZE(h) <= SIZE(held[j])) -> accuse(held[j], h); proof[j] = 1
    :: else
    fi
}

inline hear(i, h) {    /* an own head reaches the author */
    if
#ifdef STOP_WHILE_RECOVERING
    :: UNKNOWN_HERE(i, h) ->
#ifdef P1_NEVER_STOPS
        assert(false);
#endif
        stop(i)
#elif defined(ACCUSE_SELF)
    :: !AGREE(store[i], h) -> accuse(store[i], h); left = left | BIT(store[i]); stop(i)
    :: AGREE(store[i], h) && CAN_PULL(i, h) -> pull(i, h)
    :: AGREE(store[i], h) && MUST_STOP(i, h) -> stop(i)
#else
    :: CAN_PULL(i, h) -> pull(i, h)
    :: MUST_STOP(i, h) ->
#ifdef P1_NEVER_STOPS
        assert(false); /* without a clone there is nothing that an honest author never signed */
#endif
        stop(i)
#endif
    :: else
    fi
}

/* 7: with links up and nothing more to send, honest members hold the same; and all that a clear author said. */
#define AUTHOR_CLEAR (MARKED(0) && PRE(mark[0], store[0]) && !halted[0])
inline converged() {
#ifdef FAULTY_MEMBER
    assert(!AUTHOR_CLEAR || (held[0] == store[0] && shown[0] == store[0]));
    assert(AUTHOR_CLEAR || !MARKED(0) || !PRE(mark[0], held[0]))   /* recovery ends */
#else
    assert(proof[0] == proof[1] && (proof[0] || held[0] == held[1]));
#ifndef FAULTY_AUTHOR
    assert(!AUTHOR_CLEAR || proof[0] || (held[0] == store[0] && shown[0] == store[0]));
#ifndef CLONE
    assert(AUTHOR_CLEAR || !MARKED(0) || !(PRE(mark[0], held[0]) || PRE(mark[0], held[1])))
#endif
#endif
#endif
}

#ifdef THIEF
inline inform(j) {
#ifdef NAMED_BOUND
    if
    :: CLASHES(j, bound) -> accuse(held[j], bound); proof[j] = 1
    :: else
    fi;
#endif
    informed[j] = 1
}
#endif

#define HEARS(i, h) :: d_step { !calm && LEFT(h) && CAN_HEAR(i, h) -> hear(i, h) }
/* A member that lies shows heads that the author never signed; they are not genuine. */
#ifdef TAKE_UNSIGNED
#define GENUINE(h) true
#else
#define GENUINE(h) LEFT(h)
#endif
#define DELIVERS(j, h) :: d_step { !calm && GENUINE(h) && (TAKES(j, h) || CLASHES(j, h)) -> handle(j, h) }
#define FETCHES(j, h) :: d_step { !calm && LEFT(h) && buf[j] == EMPTY && TAKES(j, h) && WITHIN(j, h) -> buf[j] = h }

#ifdef NO_MARK
#define OUT(i) store[i]
#else
#ifdef SIGN_WHILE_RECOVERING
#define OUT(i) store[i]
#else
#define OUT(i) mark[i]
#endif
#endif

#define AUTHOR(i, here) \
    :: d_step { here && !calm && MAY_SIGN(i) && ROOM(i, made) -> x = NEXT(i, made); made = made | BIT(x); append(i, x); x = 0 } \
    PUBLISHES(i, here)
#ifdef NO_MARK
#define PUBLISHES(i, here) :: d_step { here && CAN_SHOW(i, OUT(i)) -> reveal(i, OUT(i)); let(i, shown[i]) }
#else
#define PUBLISHES(i, here) \
    :: d_step { here && CAN_MARK(i, store[i]) -> raise_mark(i, store[i]) } \
    :: d_step { here && CAN_SHOW(i, OUT(i)) -> reveal(i, OUT(i)); let(i, shown[i]) } \
    :: d_step { here && CAN_FOLLOW(i) -> follow(i) }
#endif

#define INSTANCE(i, here) \
    :: d_step { here && !calm && !fresh[i] -> start(i) } \
    :: d_step { here && !calm && CAN_ASK(i) -> ask(i) } \
    :: d_step { here && !calm && CAN_TELL_AUTHOR(i) -> stop(i) }

#define BACKS_UP(b) \
    :: d_step { !calm && CHANGED(b) -> kept[b] = store[0]; kept_shown[b] = shown[0]; kept_halted[b] = halted[0] }
#define CHANGED(b) (kept[b] != store[0] || kept_shown[b] != shown[0] || kept_halted[b] != halted[0])
#ifdef REACH_RECOVERING
#define RESTORED assert(PRE(mark[0], store[0]))
#else
#define RESTORED skip
#endif
#define RESTORES(b) \
    :: d_step { !calm && CHANGED(b) -> \
        store[0] = kept[b]; shown[0] = kept_shown[b]; halted[0] = kept_halted[b]; start(0); RESTORED }

#define TELLS(from, j) (calm && (TAKES(j, from) || CLASHES(j, from)))

active proctype world() {
    d_step { number_histories() }
#ifdef FAULTY_AUTHOR
    d_step { left = -1; forked = 1 }   /* it may sign anything, as long as it likes */
#endif
end:
    do
#ifndef FAULTY_AUTHOR
    AUTHOR(0, true)
#ifndef THIEF          /* with a stolen key an own head tells nothing about who signed it */
    INSTANCE(0, true)
    EACH(HEARS, 0)
#endif
#ifdef RESTORE
    BACKS_UP(0)
    RESTORES(0)
#if BACKUPS == 2
    BACKS_UP(1)
    RESTORES(1)
#endif
#endif
#ifdef MARK_LOST
    :: d_step { !calm && MARKED(0) -> mark[0] = NONE; start(0) }
#endif
#ifdef CLONE
    :: d_step { !calm && !cloned ->
        cloned = 1;
#ifdef P1_OWN
        own[1] = own[0];
#endif
        store[1] = store[0]; shown[1] = shown[0]; mark[1] = mark[0]; halted[1] = halted[0]; start(1) }
    AUTHOR(1, cloned)
    INSTANCE(1, cloned)
    EACH(HEARS, 1)
#endif
#endif
#ifndef NO_MEMBERS
    EACH(DELIVERS, 0)
    EACH(DELIVERS, 1)
    :: d_step { !calm && CAN_TELL(0) -> tell(0) }
    :: d_step { !calm && CAN_TELL(1) -> tell(1) }
#endif
#ifdef SLOW
    /* a second request in the same member: checked now, persisted later, lost by a crash in between */
    EACH(FETCHES, 0)
    :: d_step { !calm && buf[0] != EMPTY ->
#ifdef RACE_WITNESS
        take(0, buf[0]);
#else
        handle(0, buf[0]);
#endif
        buf[0] = EMPTY }
    :: d_step { !calm && CAN_RECEIPT(0, buf[0]) -> give_receipt(0, buf[0]) }
    :: d_step { !calm && CAN_RECEIPT(0, held[0]) -> give_receipt(0, held[0]) }
    :: d_step { !calm && buf[0] != EMPTY -> buf[0] = EMPTY;   /* 4: what a receipt says is there after a crash */
#ifdef P4
        assert(PRE(receipt[0], held[0]))
#endif
        }
#endif
#ifdef MEMBER_RESTORE
    /* the only other one to keep a backup: a limit that is stated, not a rule that holds */
    :: d_step { !calm && kept[0] != held[0] -> kept[0] = held[0] }
    :: d_step { !calm && kept[0] != held[0] ->
#ifdef P5
        assert(PRE(held[0], kept[0]));
#endif
        held[0] = kept[0];
#ifdef P4
        assert(PRE(receipt[0], held[0]))
#endif
        }
#endif
#ifdef P3
    /* 3: one of two honest holders of different branches sends anything to the other */
    :: d_step { !calm && (TAKES(0, held[1]) || CLASHES(0, held[1]) || !AGREE(held[0], held[1])) ->
        x = held[0]; handle(0, held[1]);
#ifdef TWO_WAYS
        handle(1, x);
        assert(AGREE(x, held[1]) || proof[0] || proof[1]);
#else
        assert(AGREE(x, held[1]) || proof[0]);
#endif
        x = 0 }
#endif
#ifdef THIEF
    :: d_step { !stolen -> stolen = 1; left = -1; forked = 1 }
    /* the bound is a head that a member holds and that the author knows as its own */
    :: d_step { stolen && bound == NONE && PRE(held[0], store[0]) -> bound = held[0] }
    :: d_step { stolen && bound == NONE && PRE(held[1], store[0]) && held[0] != held[1] -> bound = held[1] }
    :: d_step { bound != NONE && !informed[0] -> inform(0) }
    :: d_step { bound != NONE && !informed[1] -> inform(1) }
#ifdef P8_HONEST
    /* stronger than what is promised: everything that counts at a member that has the record is the author's own */
    :: d_step { informed[0] && !proof[0] -> assert(AGREE(held[0], bound)) }
#endif
#endif
#ifdef P7
    :: d_step { !calm -> calm = 1;
#ifdef REACH_CALM_FORK
        assert(!proof[0])
#endif
        }
    /* the links are up: the author shows, members tell each other and the author what they hold */
#ifndef FAULTY_AUTHOR
    :: d_step { TELLS(shown[0], 0) -> handle(0, shown[0]) }
    :: d_step { calm && CAN_HEAR(0, held[0]) -> hear(0, held[0]) }
#ifdef CLONE
    :: d_step { TELLS(shown[1], 0) -> handle(0, shown[1]) }
    :: d_step { TELLS(shown[1], 1) -> handle(1, shown[1]) }
#endif
#ifndef FAULTY_MEMBER
    :: d_step { TELLS(shown[0], 1) -> handle(1, shown[0]) }
    :: d_step { calm && CAN_HEAR(0, held[1]) -> hear(0, held[1]) }
#endif
#endif
#ifndef FAULTY_MEMBER
#ifndef NO_GOSSIP
    :: d_step { TELLS(held[0], 1) -> handle(1, held[0]) }
    :: d_step { TELLS(held[1], 0) -> handle(0, held[1]) }
    :: d_step { calm && proof[0] && !proof[1] -> proof[1] = 1 }
    :: d_step { calm && proof[1] && !proof[0] -> proof[0] = 1 }
#endif
#endif
    :: else -> converged(); break
#endif
#ifdef REACH_STOPPED
    :: d_step { halted[0] -> assert(false) }
#endif
#ifdef REACH_FORK
    :: d_step { proof[0] -> assert(false) }
#endif
    od
}
