"""The month on one page: what an owner wants to know, and what to do next."""
