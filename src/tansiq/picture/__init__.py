"""What follows from records: a pure fold, one ledger at a time, so that ledgers may arrive in any order."""
