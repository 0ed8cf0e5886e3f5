"""What the desk works out about incidents: pure functions over records and texts, with no store and no clock."""
