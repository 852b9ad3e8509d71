# How many points there are of each kind, and around where.
BEGIN { FS = "," }
NR > 1 { count[$3]++; x[$3] += $1; y[$3] += $2 }
END {
    print "kind,count,x,y"
    for (kind = 0; kind < 2; kind++)
        if (count[kind])
            printf "%d,%d,%.4f,%.4f\n", kind, count[kind], x[kind] / count[kind], y[kind] / count[kind]
}
