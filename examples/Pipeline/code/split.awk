# Sends the points to test.csv and train.csv: as evenly as it goes, always the same ones.
NR == 1 { print > "test.csv"; print > "train.csv"; next }
int(NR * test) > int((NR - 1) * test) { print > "test.csv"; next }
{ print > "train.csv" }
