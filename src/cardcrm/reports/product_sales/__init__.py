"""Reports about products: baskets, margins, figures and prices."""
