"""The demand ledger: which rows of tests/demands.yaml are proven, by which tests, and by which kind of evidence."""
