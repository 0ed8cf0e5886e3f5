/* A random walk over the steps that prints every state, every guard and every step: tests/model/test_model.py follows
   it with tests/model/steps.py and compares all three. For `spin -T -n<seed>`, never searched. */

#define ENTRIES 2
#define NH 32
#define HIST byte
#define AUTHORS 2
#define MEMBERS 2
#define FORKED forked
bit forked;
#include "steps.pml"
#include "histories.pml"

#ifndef STEPS
#define STEPS 100
#endif

int left;
byte kept = EMPTY;
byte kept_shown = EMPTY;
bit kept_halted;
bit cloned;
byte steps;
byte i;
byte h;

inline let(a) {
    if
    :: (left & ~friends[a]) != 0 -> forked = 1
    :: else
    fi;
    left = left | BIT(a)
}

/* What happens anyway (start, ask) or ends things (a proof) is kept rare. State and guards after a step; the guards in the order of GUARDS in test_model.py. */
inline report() {
    i = 0;
    do
    :: i < 2 ->
        printf("author %d %d %d %d %d %d\n", i, store[i], shown[i], mark[i], halted[i], fresh[i]);
        printf("member %d %d %d %d\n", i, held[i], receipt[i], proof[i]);
        printf("alone %d %d %d %d %d\n", i, CAN_FOLLOW(i), CAN_ASK(i), CAN_TELL(i), CAN_TELL_AUTHOR(i));
        h = 1;
        do
        :: h < 8 ->
            printf("guards %d %d %d %d %d %d %d %d %d %d\n", i, h, CAN_APPEND(i, h), CAN_MARK(i, h), CAN_SHOW(i, h),
                CAN_PULL(i, h), MUST_STOP(i, h), TAKES(i, h), CLASHES(i, h), CAN_RECEIPT(i, h));
            h++
        :: else -> break
        od;
        i++
    :: else -> break
    od;
    steps++; i = 0; h = 0
}

#define WITH(a, b) \
    :: d_step { GO && CAN_APPEND(a, b) -> append(a, b); printf("step append %d %d\n", a, b); report() } \
    :: d_step { GO && CAN_MARK(a, b) -> raise_mark(a, b); printf("step raise_mark %d %d\n", a, b); report() } \
    :: d_step { GO && CAN_SHOW(a, b) -> reveal(a, b); let(b); printf("step reveal %d %d\n", a, b); report() } \
    :: d_step { GO && LEFT(b) && CAN_PULL(a, b) -> pull(a, b); printf("step pull %d %d\n", a, b); report() } \
    :: d_step { GO && steps > 20 && LEFT(b) && !halted[a] && MUST_STOP(a, b) -> stop(a); printf("step stop %d %d\n", a, b); report() } \
    :: d_step { GO && LEFT(b) && TAKES(a, b) -> held[a] = b; printf("step take %d %d\n", a, b); report() } \
    :: d_step { GO && LEFT(b) && CLASHES(a, b) -> proof[a] = 1; printf("step clash %d %d\n", a, b); report() } \
    :: d_step { GO && CAN_RECEIPT(a, b) -> give_receipt(a, b); printf("step give_receipt %d %d\n", a, b); report() }
#define ALONE(a) \
    :: d_step { GO && CAN_FOLLOW(a) -> follow(a); printf("step follow %d 1\n", a); report() } \
    :: d_step { GO && steps % 16 == 0 && CAN_ASK(a) -> ask(a); printf("step ask %d 1\n", a); report() } \
    :: d_step { GO && steps % 4 == 0 && !fresh[a] -> start(a); printf("step start %d 1\n", a); report() } \
    :: d_step { GO && CAN_TELL(a) -> tell(a); printf("step tell %d 1\n", a); report() } \
    :: d_step { GO && steps > 30 && CAN_TELL_AUTHOR(a) -> stop(a); printf("step tell_author %d 1\n", a); report() }
#define GO (steps < STEPS)
#define LEFT(b) (IN(left, b))

active proctype world() {
    d_step { number_histories(); report() }
    do
    EACH(WITH, 0)
    EACH(WITH, 1)
    ALONE(0)
    ALONE(1)
    :: d_step { GO && steps % 8 == 7 && (kept != store[0] || kept_shown != shown[0]) ->
        kept = store[0]; kept_shown = shown[0]; kept_halted = halted[0]; printf("step keep 0 1\n"); report() }
    :: d_step { GO && kept != store[0] ->
        store[0] = kept; shown[0] = kept_shown; halted[0] = kept_halted; start(0); printf("step restore 0 1\n"); report() }
    :: d_step { GO && !cloned && steps > 2 ->
        cloned = 1; store[1] = store[0]; shown[1] = shown[0]; mark[1] = mark[0]; halted[1] = halted[0]; start(1);
        printf("step clone 0 1\n"); report() }
    :: d_step { GO && steps > STEPS - 15 && MARKED(1) -> mark[1] = NONE; start(1); printf("step lose_mark 1 1\n"); report() }
    :: !GO -> break
    :: else -> steps++
    od
}
