# Tries the weights (first file) on points that training has not seen (second file).
BEGIN { FS = "," }
FNR == 1 { file++; next }
file == 1 { b = $1; wx = $2; wy = $3; next }
{
    p = 1 / (1 + exp(-(b + wx * $1 + wy * $2)))
    loss -= log(($3 ? p : 1 - p) + 1e-12)
    right += (p >= threshold) == $3
    n++
}
END { printf "{\"accuracy\": %.4f, \"log_loss\": %.4f}\n", right / n, loss / n }
