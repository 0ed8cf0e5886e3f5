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
