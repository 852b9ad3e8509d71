# Makes points of two kinds: x, y, kind. The same seed gives the same points with every awk, so rand() is not used.
function random() {
    state = (state * 16807) % 2147483647
    return state / 2147483647
}
# A number that is normally distributed around 0.
function normal() { return sqrt(-2 * log(random())) * cos(6.283185307179586 * random()) }
BEGIN {
    state = seed
    print "x,y,kind"
    for (i = 0; i < count; i++) {
        kind = i % 2
        printf "%.4f,%.4f,%d\n", 2 * kind - 1 + overlap * normal(), 1 - kind + overlap * normal(), kind
    }
}
