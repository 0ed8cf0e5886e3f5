"""Who may see what: party cards, circles and the release gate. Pure; keys come in as arguments."""
