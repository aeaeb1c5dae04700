"""Reports about products: baskets, margins, prices, suggestions and alerts."""
