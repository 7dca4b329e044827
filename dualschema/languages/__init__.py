"""How languages spell names, texts, comments and types: what several targets of one share."""
