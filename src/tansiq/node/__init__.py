"""One node, assembled from its folder. The only place where rooms are wired together."""
