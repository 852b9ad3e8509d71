# Logistic regression by gradient descent: probability = 1 / (1 + exp(-(b + wx * x + wy * y))).
BEGIN { FS = "," }
NR > 1 { x[++n] = $1; y[n] = $2; kind[n] = $3 }
END {
    print "epoch,loss" > "loss.csv"
    for (epoch = 1; epoch <= epochs; epoch++) {
        loss = gb = gx = gy = 0
        for (i = 1; i <= n; i++) {
            p = 1 / (1 + exp(-(b + wx * x[i] + wy * y[i])))
            loss -= log((kind[i] ? p : 1 - p) + 1e-12)
            gb += p - kind[i]; gx += (p - kind[i]) * x[i]; gy += (p - kind[i]) * y[i]
        }
        b -= rate * gb / n; wx -= rate * gx / n; wy -= rate * gy / n
        printf "%d,%.6f\n", epoch, loss / n > "loss.csv"
        if (epoch % 50 == 0)
            printf "epoch %d: loss %.4f\n", epoch, loss / n
    }
    printf "b,x,y\n%.6f,%.6f,%.6f\n", b, wx, wy > "weights.csv"
    printf "{\"loss\": %.4f, \"points\": %d}\n", loss / n, n > "training.json"
}
