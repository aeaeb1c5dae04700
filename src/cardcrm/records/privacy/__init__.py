"""All that is held on one contact: giving it out, and forgetting it."""
