"""RFM over all customers: the grid of scores, and the moves between standings."""
