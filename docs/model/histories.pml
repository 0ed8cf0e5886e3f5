/* Histories of up to four entries, for the worlds that are searched exhaustively: a leading bit, then a bit an entry.
   Two continuations of one history differ in one bit; a third at the same place is outside of the bounds. */

#define SIZE(h) ((h) >= 16 -> 4 : ((h) >= 8 -> 3 : ((h) >= 4 -> 2 : ((h) >= 2 -> 1 : 0))))
#define IN(set, h) (((set) >> (h)) & 1)
#define BIT(h) (1 << (h))

hidden int friends[NH];  /* what agrees with a history, a bit each */
hidden byte x;
hidden byte y;

/* A head goes on where nobody went on yet, or else on a branch of its own. */
#define ROOM(i, made) (store[i] < BIT(ENTRIES) && !(IN(made, 2 * store[i]) && IN(made, 2 * store[i] + 1)))
#define NEXT(i, made) (IN(made, 2 * store[i]) -> 2 * store[i] + 1 : 2 * store[i])

/* An option for every history but the empty one. */
#define EACH1(F, k) F(k, 2) F(k, 3)
#define EACH2(F, k) EACH1(F, k) F(k, 4) F(k, 5) F(k, 6) F(k, 7)
#define EACH3(F, k) EACH2(F, k) F(k, 8) F(k, 9) F(k, 10) F(k, 11) F(k, 12) F(k, 13) F(k, 14) F(k, 15)
#define EACH4(F, k) EACH3(F, k) F(k, 16) F(k, 17) F(k, 18) F(k, 19) F(k, 20) F(k, 21) F(k, 22) F(k, 23) \
    F(k, 24) F(k, 25) F(k, 26) F(k, 27) F(k, 28) F(k, 29) F(k, 30) F(k, 31)
#if ENTRIES == 1
#define EACH EACH1
#elif ENTRIES == 2
#define EACH EACH2
#elif ENTRIES == 3
#define EACH EACH3
#else
#define EACH EACH4
#endif

inline number_histories() {
    tin[NONE] = 100; tout[NONE] = 0;
    tin[1] = 0; tout[1] = 31;
    x = 1;
    do
    :: x < 16 ->
        y = (tout[x] - tin[x] - 1) / 2;
        tin[2 * x] = tin[x] + 1; tout[2 * x] = tin[2 * x] + y;
        tin[2 * x + 1] = tout[2 * x]; tout[2 * x + 1] = tout[x];
        x++
    :: else -> break
    od;
    x = 1;
    do
    :: x < 32 ->
        y = 1;
        friends[x] = 0;
        do
        :: y < 32 ->
            if
            :: AGREE(x, y) -> friends[x] = friends[x] | BIT(y)
            :: else
            fi;
            y++
        :: else -> break
        od;
        x++
    :: else -> break
    od;
    x = 0; y = 0
}
