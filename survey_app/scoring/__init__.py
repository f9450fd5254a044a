"""From verified values and an estimate to points, stars, gaps and the final run."""
