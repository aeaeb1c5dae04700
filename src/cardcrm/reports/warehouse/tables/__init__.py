"""The tables of the star: each module declares one, and stages the rows it is made from."""
