"""Where a node keeps things: the only room that speaks SQL. A leaf: it knows rows, not what they mean."""
