"""Side by side with the peers: the same work on the same rows, interleaved, ratios in one run."""
